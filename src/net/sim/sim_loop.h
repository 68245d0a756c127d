// A simulated world for tests: one thread, virtual time, named hosts, a network that misbehaves on
// order. The same seed gives the same run.
//
//   net::Task<void> scenario() { ... net::Loop::current()->connect(...) ... }
//   ASSERT_TRUE(net::sim::run(seed, scenario()).ok());
//
// Addresses: each host has its own loopback; another host is reached by its name ("server:80").
// Nothing here may be called from other threads.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "net/loop.h"
#include "net/nursery.h"

namespace interposer::net::sim {

// How the network behaves. Bytes of a direction always arrive in order.
struct Network {
  Duration latency_min = std::chrono::microseconds(50);
  Duration latency_max = std::chrono::milliseconds(2);
  std::size_t segment = 64 * 1024;  // bytes that travel together; 1: everything dribbles
  std::size_t read_most = 0;        // a read gives 1 to this many bytes (0: what is there)
  std::size_t window = 256 * 1024;  // bytes sent and not read yet: then writers wait
  double reset = 0;                 // chance that a segment is replaced by a reset
  double stall = 0;                 // chance that a segment comes `stall_time` later
  Duration stall_time = std::chrono::seconds(30);
};

class SimLoop;
struct Listening;

class World {
 public:
  explicit World(std::uint64_t seed, Network network = {});
  ~World();
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  SimLoop* host(const std::string& name);  // made when new
  Network& network() { return network_; }
  // Packets to and from it are lost from now on: no answer, no reset.
  void set_unreachable(const std::string& name, bool unreachable);

  TimePoint now() const { return now_; }
  std::uint64_t random();
  std::uint64_t random_below(std::uint64_t bound);
  bool chance(double probability);
  // Runs events until `done`; false when none is left or `limit` of virtual time passed before.
  bool run_until(const std::function<bool()>& done, Duration limit = std::chrono::hours(24));
  std::uint64_t events() const { return next_event_; }

 private:
  friend class SimLoop;
  friend struct SimSocket;
  friend class SimListener;
  using EventId = std::pair<TimePoint, std::uint64_t>;

  EventId schedule(SimLoop* on, TimePoint when, Loop::Callback f);
  void cancel(const EventId& id) { events_.erase(id); }
  Duration latency();

  std::uint64_t state_;
  Network network_;
  TimePoint now_;
  std::uint64_t next_event_ = 1;
  std::map<EventId, std::pair<SimLoop*, Loop::Callback>> events_;
  std::map<std::string, std::unique_ptr<SimLoop>> hosts_;
  std::map<std::string, std::weak_ptr<Listening>> listening_;
  std::map<std::string, bool> unreachable_;
  std::uint16_t next_port_ = 40000;
};

class SimLoop final : public Loop {
 public:
  SimLoop(World* world, std::string name) : world_(world), name_(std::move(name)) {}

  TimePoint now() const override { return world_->now(); }
  std::uint64_t random() override { return world_->random(); }
  void post(Callback f) override;
  TimerId start_timer(TimePoint when, Callback f) override;
  void cancel_timer(TimerId id) override;
  Task<Result<std::unique_ptr<Stream>>> connect(Endpoint to, TimePoint deadline) override;
  Result<std::unique_ptr<Listener>> listen(const Endpoint& at, ListenOptions options) override;
  void offload(Callback work, Callback done) override;
  Nursery& nursery() override { return nursery_; }
  void run() override;
  void stop() override { stopping_ = true; }

  World* world() const { return world_; }
  const std::string& name() const { return name_; }

 private:
  friend class World;
  static void enter(Loop* loop) { set_current(loop); }
  std::string address_key(const Endpoint& e) const;

  World* world_;
  std::string name_;
  std::map<TimerId, World::EventId> timers_;
  TimerId next_timer_ = 1;
  bool stopping_ = false;
  Nursery nursery_;
};

// Runs `task` on the host "local" of a new world to its end, then the host's nursery. An error when
// everything waits for ever (kInternal, kind "deadlock"): what hangs is then left as it is.
Status run(std::uint64_t seed, Task<void> task, Network network = {});

// The same where the scenario needs the world itself (other hosts, changing conditions).
Status run(std::uint64_t seed, const std::function<Task<void>(World*)>& scenario,
           Network network = {});

}  // namespace interposer::net::sim
