// The real loop (internal to net): Boost.Asio's io_context on one thread.
#pragma once

#include <map>
#include <memory>
#include <utility>

#include "net/deadline_wheel.h"
#include "net/loop.h"
#include "net/nursery.h"
#include "net/offload_pool.h"

namespace boost::asio {
class io_context;
}

namespace interposer::net {

class AsioLoop final : public Loop {
 public:
  explicit AsioLoop(const LoopOptions& options);
  ~AsioLoop() override;

  TimePoint now() const override { return steady_now(); }
  std::uint64_t random() override;
  void post(Callback f) override;
  TimerId start_timer(TimePoint when, Callback f) override;
  void cancel_timer(TimerId id) override;
  Task<Result<std::unique_ptr<Stream>>> connect(Endpoint to, TimePoint deadline) override;
  Result<std::unique_ptr<Listener>> listen(const Endpoint& at, ListenOptions options) override;
  void offload(Callback work, Callback done) override;
  Nursery& nursery() override { return nursery_; }
  void run() override;
  void stop() override;

  boost::asio::io_context& io();
  // Every operation of a stream that can wait has its deadline here.
  void arm(Deadline* d, TimePoint when);
  void disarm(Deadline* d) { wheel_.disarm(d); }

 private:
  struct Impl;

  void on_timer();
  void schedule();

  std::unique_ptr<Impl> impl_;
  std::shared_ptr<OffloadPool> pool_;
  std::map<std::pair<TimePoint, TimerId>, Callback> timers_;
  std::map<TimerId, TimePoint> timer_times_;
  TimerId next_timer_ = 1;
  TimePoint scheduled_ = kNever;  // what the one system timer is set to
  DeadlineWheel wheel_;
  TimePoint wheel_tick_ = kNever;
  std::size_t offloaded_ = 0;  // calls whose `done` has not run
  Nursery nursery_;
};

}  // namespace interposer::net
