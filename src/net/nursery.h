// The owner of running tasks: every task has an owner that joins it.
#pragma once

#include <cstddef>
#include <functional>

#include "net/task.h"

namespace interposer::net {

// Belongs to one loop. Must be empty (joined) when destroyed.
class Nursery {
 public:
  Nursery() = default;
  Nursery(const Nursery&) = delete;
  Nursery& operator=(const Nursery&) = delete;
  ~Nursery();

  // Starts the task now, on this thread; it runs to its first suspension before spawn returns.
  void spawn(Task<void> task);
  std::size_t running() const { return running_; }
  // Resumes when no task is left (at once when there is none). One waiter at a time.
  Task<void> join();

 private:
  friend struct NurseryRunner;
  std::size_t running_ = 0;
  std::coroutine_handle<> joiner_;
};

}  // namespace interposer::net
