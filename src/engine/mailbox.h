// How other threads reach a scheduler's thread: a bounded queue and a bell.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "engine/task.h"

namespace interposer::engine {

struct Submission {
  GenerateTask task;
  std::shared_ptr<Sink> sink;
  std::shared_ptr<std::atomic<bool>> cancelled;
  TimePoint at{};  // when it was submitted
};

// Thread-safe.
class Mailbox {
 public:
  // kResourceExhausted, kind "overloaded", when `capacity` tasks wait (here or in the scheduler);
  // kUnavailable after stop().
  Status put(Submission submission, std::size_t capacity);
  void ring();
  void stop();
  bool stopping() const { return stopping_.load(std::memory_order_relaxed); }

  // The scheduler's side. `waiting`: how many tasks it holds itself that have no place yet.
  std::vector<Submission> take(std::size_t waiting);
  // For a submission, a ring or stop; false: the deadline came first.
  bool wait_until(TimePoint deadline);

 private:
  mutable std::mutex mutex_;
  std::condition_variable bell_;
  std::deque<Submission> queue_;
  std::size_t waiting_ = 0;
  bool rung_ = false;
  std::atomic<bool> stopping_{false};
};

}  // namespace interposer::engine
