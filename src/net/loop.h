// The one seam for clock, network and randomness. A Loop is one thread's event loop: the real one
// (asio_loop.cc, Boost.Asio over epoll) or the simulated one (sim/sim_loop.h: virtual time, a
// network with partial reads, delays, resets and stalls, all from one seed).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "net/stream.h"
#include "net/task.h"

namespace interposer::net {

// "127.0.0.1:8080", "[::1]:80", "unix:/path". Names are resolved by connect().
struct Endpoint {
  std::string host;  // name, address, or the path of a unix socket
  std::uint16_t port = 0;
  bool unix_socket = false;

  static Result<Endpoint> parse(std::string_view text);
  std::string to_string() const;
  bool loopback() const;  // a loopback address, "localhost", or a unix socket
};

struct ListenOptions {
  bool reuse_port = false;  // several loops on one port
  int backlog = 1024;       // connections
};

class Nursery;

class Loop {
 public:
  using Callback = std::function<void()>;
  using TimerId = std::uint64_t;

  virtual ~Loop() = default;

  static Loop* current();  // the loop that runs on this thread; nullptr elsewhere

  virtual TimePoint now() const = 0;
  virtual std::uint64_t random() = 0;
  virtual void post(Callback f) = 0;  // from any thread; runs on the loop, in order
  virtual TimerId start_timer(TimePoint when, Callback f) = 0;  // on the loop's thread only
  virtual void cancel_timer(TimerId id) = 0;

  virtual Task<Result<std::unique_ptr<Stream>>> connect(Endpoint to, TimePoint deadline) = 0;
  virtual Result<std::unique_ptr<Listener>> listen(const Endpoint& at, ListenOptions options) = 0;

  // Runs `work` on the shared pool of blocking threads (disk, SQLite, name look-ups), then
  // `done` on this loop. The simulated loop runs both at a simulated time.
  virtual void offload(Callback work, Callback done) = 0;

  virtual Nursery& nursery() = 0;  // joined before run() returns

  virtual void run() = 0;   // until stop(); then waits for the nursery
  virtual void stop() = 0;  // from any thread

 protected:
  static void set_current(Loop* loop);
};

// Resumes the awaiting coroutine at `when` on its loop.
Task<void> sleep_until(TimePoint when);
Task<void> sleep_for(Duration d);

// Runs a blocking function on the pool and gives its value back on the calling loop.
//   Result<std::string> text = co_await net::offload<Result<std::string>>(std::move(f));
template <class T>
Task<T> offload(std::function<T()> f);

struct LoopOptions {
  std::size_t blocking_threads = 4;  // shared by all loops of the process
};
std::unique_ptr<Loop> make_loop(const LoopOptions& options = {});

// An awaitable that parks one coroutine until fire() is called on the same loop.
class Event {
 public:
  void fire();
  bool fired() const { return fired_; }
  struct Awaiter {
    Event* event;
    bool await_ready() const noexcept { return event->fired_; }
    void await_suspend(std::coroutine_handle<> h) const noexcept { event->waiter_ = h; }
    void await_resume() const noexcept {}
  };
  Awaiter operator co_await() { return Awaiter{this}; }

 private:
  std::coroutine_handle<> waiter_;
  bool fired_ = false;
};

template <class T>
Task<T> offload(std::function<T()> f) {
  Event event;
  std::optional<T> out;
  Loop::current()->offload([&out, &f] { out.emplace(f()); }, [&event] { event.fire(); });
  co_await event;
  co_return std::move(*out);
}

}  // namespace interposer::net
