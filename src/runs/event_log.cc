#include "runs/event_log.h"

#include <algorithm>
#include <utility>

#include "net/loop.h"

namespace interposer::runs {

// One parked reader. It is woken through its own loop, never from the writer's stack.
struct EventLog::Waiter : std::enable_shared_from_this<Waiter> {
  explicit Waiter(net::Loop* l) : loop(l) {}
  net::Loop* loop;
  net::Event event;

  void post() {
    loop->post([self = shared_from_this()] { self->event.fire(); });
  }
};

bool EventLog::put(std::string_view object, LogEvent* stored) {
  LogEvent event;
  event.n = next_n_++;
  event.json.reserve(object.size() + 16);
  event.json.append("{\"n\":").append(std::to_string(event.n)).append(",").append(object.substr(1));
  bytes_ += event.json.size();
  if (stored != nullptr) *stored = event;
  events_.push_back(std::move(event));
  return true;
}

bool EventLog::append(std::string_view object, LogEvent* stored) {
  {
    const std::lock_guard lock(mutex_);
    if (closed_ || bytes_ + object.size() > max_bytes_) return false;
    put(object, stored);
  }
  wake();
  return true;
}

bool EventLog::close(std::string_view last_object, LogEvent* stored) {
  {
    const std::lock_guard lock(mutex_);
    if (closed_) return false;
    put(last_object, stored);
    closed_ = true;
  }
  wake();
  return true;
}

void EventLog::wake() {
  std::vector<std::shared_ptr<Waiter>> waiters;
  {
    const std::lock_guard lock(mutex_);
    waiters.swap(waiters_);
  }
  for (const auto& waiter : waiters) waiter->post();
}

bool EventLog::closed() const {
  const std::lock_guard lock(mutex_);
  return closed_;
}

std::int64_t EventLog::last() const {
  const std::lock_guard lock(mutex_);
  return next_n_ - 1;
}

std::size_t EventLog::bytes() const {
  const std::lock_guard lock(mutex_);
  return bytes_;
}

std::vector<LogEvent> EventLog::read(std::int64_t after, std::size_t max_bytes, bool* end) const {
  std::vector<LogEvent> out;
  const std::lock_guard lock(mutex_);
  const auto from =
      std::upper_bound(events_.begin(), events_.end(), after,
                       [](std::int64_t n, const LogEvent& event) { return n < event.n; });
  std::size_t taken = 0;
  auto it = from;
  for (; it != events_.end() && (out.empty() || taken + it->json.size() <= max_bytes); ++it) {
    taken += it->json.size();
    out.push_back(*it);
  }
  *end = closed_ && it == events_.end();
  return out;
}

std::vector<LogEvent> EventLog::all() const {
  const std::lock_guard lock(mutex_);
  return events_;
}

net::Task<void> EventLog::wait(std::int64_t after, TimePoint until, std::stop_token stop) {
  const std::shared_ptr<EventLog> self = shared_from_this();
  net::Loop* loop = net::Loop::current();
  const auto waiter = std::make_shared<Waiter>(loop);
  {
    const std::lock_guard lock(mutex_);
    if (has_after(after)) co_return;
    waiters_.push_back(waiter);
  }
  const bool timed = until != kNever;
  net::Loop::TimerId timer = 0;
  if (timed) timer = loop->start_timer(until, [waiter] { waiter->event.fire(); });
  {
    const std::stop_callback on_stop(stop, [waiter] { waiter->post(); });
    co_await waiter->event;
  }
  if (timed) loop->cancel_timer(timer);
  const std::lock_guard lock(mutex_);
  std::erase(waiters_, waiter);
}

}  // namespace interposer::runs
