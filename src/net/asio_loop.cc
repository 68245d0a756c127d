#include "net/asio_loop.h"

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include "base/ids.h"

namespace interposer::net {

namespace asio = boost::asio;

struct AsioLoop::Impl {
  using Clock = std::chrono::steady_clock;
  using Timer =
      asio::basic_waitable_timer<Clock, asio::wait_traits<Clock>, asio::io_context::executor_type>;

  // One thread runs it and touches its sockets; others may post.
  asio::io_context io{BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO};
  asio::executor_work_guard<asio::io_context::executor_type> work{io.get_executor()};
  Timer timer{io};
};

AsioLoop::AsioLoop(const LoopOptions& options)
    : impl_(std::make_unique<Impl>()), pool_(OffloadPool::shared(options.blocking_threads)) {}

AsioLoop::~AsioLoop() = default;

asio::io_context& AsioLoop::io() { return impl_->io; }

std::uint64_t AsioLoop::random() {
  std::uint64_t value = 0;
  fill_random({reinterpret_cast<unsigned char*>(&value), sizeof value});
  return value;
}

void AsioLoop::post(Callback f) { asio::post(impl_->io.get_executor(), std::move(f)); }

Loop::TimerId AsioLoop::start_timer(TimePoint when, Callback f) {
  const TimerId id = next_timer_++;
  timers_.emplace(std::make_pair(when, id), std::move(f));
  timer_times_.emplace(id, when);
  schedule();
  return id;
}

void AsioLoop::cancel_timer(TimerId id) {
  const auto found = timer_times_.find(id);
  if (found == timer_times_.end()) return;
  timers_.erase({found->second, id});
  timer_times_.erase(found);
  // The system timer stays: a wake-up without work is cheaper than setting it twice.
}

void AsioLoop::arm(Deadline* d, TimePoint when) {
  if (wheel_.armed() == 0) wheel_.advance(now());  // it stood still while nothing was armed
  wheel_.arm(d, when);
  if (when >= wheel_tick_) return;
  wheel_tick_ = wheel_.next_tick();
  schedule();
}

void AsioLoop::schedule() {
  const TimePoint first = timers_.empty() ? kNever : timers_.begin()->first.first;
  const TimePoint next = std::min(first, wheel_tick_);
  if (next >= scheduled_) return;
  scheduled_ = next;
  impl_->timer.expires_at(next);
  impl_->timer.async_wait([this](const boost::system::error_code& ec) {
    if (!ec) on_timer();
  });
}

void AsioLoop::on_timer() {
  scheduled_ = kNever;
  const TimePoint current = now();
  if (wheel_tick_ <= current) {
    wheel_.advance(current);
    wheel_tick_ = wheel_.next_tick();
  }
  // Only those due now: a callback that starts a timer for "now" waits its turn.
  while (!timers_.empty() && timers_.begin()->first.first <= current) {
    auto node = timers_.extract(timers_.begin());
    timer_times_.erase(node.key().second);
    node.mapped()();
  }
  schedule();
}

void AsioLoop::offload(Callback work, Callback done) {
  offloaded_ += 1;
  pool_->run([this, work = std::move(work), done = std::move(done)]() mutable {
    work();
    post([this, done = std::move(done)] {
      offloaded_ -= 1;
      done();
    });
  });
}

void AsioLoop::run() {
  set_current(this);
  impl_->io.run();
  impl_->io.restart();
  while (nursery_.running() != 0 || offloaded_ != 0) {
    if (impl_->io.stopped()) impl_->io.restart();  // a second stop() changes nothing
    impl_->io.run_one();
  }
  set_current(nullptr);
}

void AsioLoop::stop() { impl_->io.stop(); }

std::unique_ptr<Loop> make_loop(const LoopOptions& options) {
  return std::make_unique<AsioLoop>(options);
}

}  // namespace interposer::net
