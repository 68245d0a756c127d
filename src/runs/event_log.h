// A numbered log of JSON events that one task writes and any number of readers replay and follow.
// Thread-safe: the writer may be a blocking thread (an ingest), readers may live on any loop. A
// reader holds a position and nothing else, so that a slow one costs no memory beside the log.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "net/task.h"

namespace interposer::runs {

struct LogEvent {
  std::int64_t n = 0;  // from 1, without gaps
  std::string json;    // {"n":1,"type":...}
};

class EventLog : public std::enable_shared_from_this<EventLog> {
 public:
  // Of the whole log. append() beyond it is refused; close() with a last event is not.
  explicit EventLog(std::size_t max_bytes, std::int64_t first_n = 1)
      : max_bytes_(max_bytes), next_n_(first_n) {}

  // `object` is a JSON object that begins with its type: {"type":...}; its number is put before.
  // Gives the finished event, or nothing when the log is full or closed.
  bool append(std::string_view object, LogEvent* stored = nullptr);
  // The last event; nothing follows. A second close changes nothing (false).
  bool close(std::string_view last_object, LogEvent* stored = nullptr);

  bool closed() const;
  std::int64_t last() const;  // number of the newest event; 0: none yet
  std::size_t bytes() const;

  // Events after number `after`, in order: at least one when there is one, at most about
  // `max_bytes` of JSON. *end: the last event of a closed log is among them, or was before.
  std::vector<LogEvent> read(std::int64_t after, std::size_t max_bytes, bool* end) const;
  std::vector<LogEvent> all() const;

  // Resumes on the caller's loop when there is an event after `after`, the log is closed, `until`
  // passed or `stop` was asked for.
  net::Task<void> wait(std::int64_t after, TimePoint until, std::stop_token stop);

 private:
  struct Waiter;
  bool put(std::string_view object, LogEvent* stored);
  void wake();
  bool has_after(std::int64_t after) const { return closed_ || next_n_ - 1 > after; }

  const std::size_t max_bytes_;
  mutable std::mutex mutex_;
  std::int64_t next_n_;
  std::vector<LogEvent> events_;
  std::size_t bytes_ = 0;
  bool closed_ = false;
  std::vector<std::shared_ptr<Waiter>> waiters_;
};

}  // namespace interposer::runs
