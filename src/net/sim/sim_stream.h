// Connections of the simulated network (internal to net/sim).
#pragma once

#include <coroutine>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <utility>

#include "net/sim/sim_loop.h"
#include "net/stream.h"

namespace interposer::net::sim {

// One waiting operation of a direction. It is resumed by an event of its own, never inside the
// call that woke it: as on the real side.
struct SimSlot {
  std::coroutine_handle<> waiter;
  std::uint64_t sequence = 0;
  bool expired = false;
};

// One side of a connection.
struct SimSocket : std::enable_shared_from_this<SimSocket> {
  SimLoop* loop = nullptr;
  std::weak_ptr<SimSocket> other;
  std::string arrived;         // bytes that can be read
  std::size_t on_the_way = 0;  // bytes sent to this side that have not arrived
  TimePoint last_arrival{};    // of what was sent to this side
  SimSlot reading;
  SimSlot writing;
  bool end = false;  // the other side's end has arrived
  bool reset = false;
  bool closed = false;  // by this side
  bool shut = false;    // this side's sending
  bool wait_cancelled = false;
  bool unix_socket = false;

  void wake(SimSlot* slot, bool expired = false);
  std::size_t room() const;      // bytes that may be sent to this side now
  void send(std::string bytes);  // to this side
  void send_end();
  void send_reset();
  void close();

 private:
  void deliver(std::string bytes);
  void get_reset();
  TimePoint arrival_time();
  bool lost() const;
};

struct SimAwaiter {
  SimSocket* socket;
  SimSlot* slot;
  TimePoint deadline;
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> h);
  void await_resume() const noexcept {}
  ~SimAwaiter();
};

struct Listening {
  SimLoop* loop = nullptr;
  std::string address;
  std::size_t backlog = 0;
  std::deque<std::unique_ptr<Stream>> waiting;
  std::coroutine_handle<> acceptor;
  bool closed = false;
  void wake();
};

class SimListener final : public Listener {
 public:
  explicit SimListener(std::shared_ptr<Listening> state) : state_(std::move(state)) {}
  ~SimListener() override { close(); }
  Task<Result<std::unique_ptr<Stream>>> accept() override;
  void close() override;
  std::string address() const override { return state_->address; }

 private:
  std::shared_ptr<Listening> state_;
};

std::pair<std::unique_ptr<Stream>, std::unique_ptr<Stream>> make_sim_pair(SimLoop* a, SimLoop* b,
                                                                          bool unix_socket);

}  // namespace interposer::net::sim
