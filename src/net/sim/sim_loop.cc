#include "net/sim/sim_loop.h"

#include "net/sim/sim_stream.h"

namespace interposer::net::sim {

World::World(std::uint64_t seed, Network network)
    : state_(seed), network_(network), now_(std::chrono::hours(24)) {}

World::~World() { events_.clear(); }

// SplitMix64 (Steele, Lea, Flood 2014): small, and good enough to choose faults.
std::uint64_t World::random() {
  state_ += 0x9E3779B97F4A7C15ull;
  std::uint64_t z = state_;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
  return z ^ (z >> 31);
}

std::uint64_t World::random_below(std::uint64_t bound) { return bound == 0 ? 0 : random() % bound; }

bool World::chance(double probability) {
  if (probability <= 0) return false;
  return static_cast<double>(random() >> 11) * 0x1.0p-53 < probability;
}

Duration World::latency() {
  const auto spread =
      static_cast<std::uint64_t>((network_.latency_max - network_.latency_min).count());
  return network_.latency_min + Duration(static_cast<Duration::rep>(random_below(spread + 1)));
}

SimLoop* World::host(const std::string& name) {
  std::unique_ptr<SimLoop>& slot = hosts_[name];
  if (!slot) slot = std::make_unique<SimLoop>(this, name);
  return slot.get();
}

void World::set_unreachable(const std::string& name, bool unreachable) {
  unreachable_[name] = unreachable;
}

World::EventId World::schedule(SimLoop* on, TimePoint when, Loop::Callback f) {
  const EventId id{std::max(when, now_), next_event_++};
  events_.emplace(id, std::make_pair(on, std::move(f)));
  return id;
}

bool World::run_until(const std::function<bool()>& done, Duration limit) {
  const TimePoint end = now_ + limit;
  while (!done()) {
    if (events_.empty() || events_.begin()->first.first > end) return false;
    auto node = events_.extract(events_.begin());
    now_ = node.key().first;
    SimLoop::enter(node.mapped().first);
    node.mapped().second();
    SimLoop::enter(nullptr);
  }
  return true;
}

void SimLoop::post(Callback f) { world_->schedule(this, world_->now(), std::move(f)); }

Loop::TimerId SimLoop::start_timer(TimePoint when, Callback f) {
  const TimerId id = next_timer_++;
  if (when == kNever) return id;
  timers_[id] = world_->schedule(this, when, [this, id, f = std::move(f)] {
    timers_.erase(id);
    f();
  });
  return id;
}

void SimLoop::cancel_timer(TimerId id) {
  const auto found = timers_.find(id);
  if (found == timers_.end()) return;
  world_->cancel(found->second);
  timers_.erase(found);
}

void SimLoop::offload(Callback work, Callback done) {
  const TimePoint when = world_->now() + world_->latency();
  world_->schedule(this, when, [work = std::move(work), done = std::move(done)] {
    work();
    done();
  });
}

std::string SimLoop::address_key(const Endpoint& e) const {
  if (e.unix_socket) return name_ + "|unix:" + e.host;
  const bool own = e.loopback() || e.host == "0.0.0.0" || e.host == "::";
  return (own ? name_ : e.host) + "|" + std::to_string(e.port);
}

Result<std::unique_ptr<Listener>> SimLoop::listen(const Endpoint& at, ListenOptions options) {
  Endpoint bound = at;
  if (!bound.unix_socket && bound.port == 0) bound.port = world_->next_port_++;
  const std::string key = address_key(bound);
  std::weak_ptr<Listening>& slot = world_->listening_[key];
  if (const auto other = slot.lock(); other && !other->closed) {
    return make_error(Code::kFailedPrecondition,
                      "listening on " + bound.to_string() + ": the address is in use",
                      "choose another address", "address_in_use");
  }
  auto listening = std::make_shared<Listening>();
  listening->loop = this;
  listening->address = bound.to_string();
  listening->backlog = static_cast<std::size_t>(options.backlog);
  slot = listening;
  return std::unique_ptr<Listener>(new SimListener(std::move(listening)));
}

Task<Result<std::unique_ptr<Stream>>> SimLoop::connect(Endpoint to, TimePoint deadline) {
  const TimePoint arrival = world_->now() + world_->latency();
  const std::string target = to.unix_socket || to.loopback() ? name_ : to.host;
  if (world_->unreachable_[target] || world_->unreachable_[name_] || arrival > deadline) {
    co_await sleep_until(deadline);
    co_return make_error(Code::kDeadlineExceeded,
                         "connecting to " + to.to_string() + ": no answer in time");
  }
  co_await sleep_until(arrival);
  const std::shared_ptr<Listening> listening = world_->listening_[address_key(to)].lock();
  if (!listening || listening->closed || listening->waiting.size() >= listening->backlog) {
    co_return make_error(Code::kUnavailable,
                         "connecting to " + to.to_string() + ": connection refused",
                         "is the server running there?", "refused");
  }
  auto [mine, theirs] = make_sim_pair(this, listening->loop, to.unix_socket);
  listening->waiting.push_back(std::move(theirs));
  listening->wake();
  co_return std::move(mine);
}

void SimLoop::run() {
  world_->run_until([this] { return stopping_; });
  world_->run_until([this] { return nursery_.running() == 0; });
}

namespace {

Task<void> run_and_note(Task<void> task, bool* done) {
  {
    const Task<void> owned = std::move(task);
    co_await owned;
  }
  *done = true;
}

Status finish(std::unique_ptr<World> world, SimLoop* local, const bool& done) {
  if (world->run_until([&] { return done && local->nursery().running() == 0; })) return {};
  const double seconds =
      std::chrono::duration<double>(world->now().time_since_epoch()).count() - 24 * 3600;
  // Its coroutines wait for ever; destroying the world under them would hide where.
  (void)world.release();
  return make_error(
      Code::kInternal,
      "deadlock: nothing left to happen after " + std::to_string(seconds) + " simulated seconds",
      "a wait without a deadline, or a task that was not joined", "deadlock");
}

}  // namespace

Status run(std::uint64_t seed, Task<void> task, Network network) {
  auto world = std::make_unique<World>(seed, network);
  SimLoop* const local = world->host("local");
  bool done = false;
  local->post([&] { local->nursery().spawn(run_and_note(std::move(task), &done)); });
  return finish(std::move(world), local, done);
}

Status run(std::uint64_t seed, const std::function<Task<void>(World*)>& scenario, Network network) {
  auto world = std::make_unique<World>(seed, network);
  World* const raw = world.get();
  SimLoop* const local = world->host("local");
  bool done = false;
  local->post([&] { local->nursery().spawn(run_and_note(scenario(raw), &done)); });
  return finish(std::move(world), local, done);
}

}  // namespace interposer::net::sim
