#include "net/sim/sim_stream.h"

#include <algorithm>
#include <cerrno>

#include "net/errors.h"

namespace interposer::net::sim {

void SimSocket::wake(SimSlot* slot, bool expired) {
  if (!slot->waiter) return;
  const std::uint64_t sequence = slot->sequence;
  loop->post([self = shared_from_this(), slot, sequence, expired] {
    if (slot->sequence != sequence || !slot->waiter) return;
    slot->expired = expired;
    std::exchange(slot->waiter, {}).resume();
  });
}

std::size_t SimSocket::room() const {
  const std::size_t window = loop->world()->network().window;
  const std::size_t used = arrived.size() + on_the_way;
  return used >= window ? 0 : window - used;
}

bool SimSocket::lost() const {
  const std::shared_ptr<SimSocket> peer = other.lock();
  const auto& gone = loop->world()->unreachable_;
  const auto is_gone = [&](const std::string& name) {
    const auto found = gone.find(name);
    return found != gone.end() && found->second;
  };
  return is_gone(loop->name()) || (peer && is_gone(peer->loop->name()));
}

TimePoint SimSocket::arrival_time() {
  World* const world = loop->world();
  Duration delay = world->latency();
  if (world->chance(world->network().stall)) delay += world->network().stall_time;
  last_arrival = std::max(last_arrival, world->now() + delay);
  return last_arrival;
}

void SimSocket::send(std::string bytes) {
  World* const world = loop->world();
  const std::size_t segment = std::max<std::size_t>(1, world->network().segment);
  on_the_way += bytes.size();
  for (std::size_t at = 0; at < bytes.size(); at += segment) {
    if (world->chance(world->network().reset)) return send_reset();
    world->schedule(loop, arrival_time(),
                    [self = shared_from_this(), part = bytes.substr(at, segment)]() mutable {
                      self->deliver(std::move(part));
                    });
  }
}

void SimSocket::deliver(std::string bytes) {
  on_the_way -= std::min(on_the_way, bytes.size());
  if (reset || lost()) return;
  if (closed) {
    // Nobody reads here any more: the sender learns it as a reset.
    if (const auto peer = other.lock()) peer->send_reset();
    return;
  }
  arrived.append(bytes);
  wake(&reading);
}

void SimSocket::send_end() {
  loop->world()->schedule(loop, arrival_time(), [self = shared_from_this()] {
    if (self->lost()) return;
    self->end = true;
    self->wake(&self->reading);
  });
}

void SimSocket::send_reset() {
  loop->world()->schedule(loop, arrival_time(), [self = shared_from_this()] {
    if (self->lost()) return;
    self->get_reset();
    if (const auto peer = self->other.lock()) peer->get_reset();
  });
}

void SimSocket::get_reset() {
  reset = true;
  wake(&reading);
  wake(&writing);
}

void SimSocket::close() {
  if (closed) return;
  closed = true;
  wake(&reading);
  wake(&writing);
  const std::shared_ptr<SimSocket> peer = other.lock();
  if (!peer || reset) return;
  // As Linux does: unread bytes at a close become a reset.
  if (!arrived.empty())
    peer->send_reset();
  else if (!shut)
    peer->send_end();
}

void SimAwaiter::await_suspend(std::coroutine_handle<> h) {
  slot->waiter = h;
  slot->expired = false;
  const std::uint64_t sequence = ++slot->sequence;
  if (deadline == kNever) return;
  socket->loop->start_timer(deadline, [self = socket->shared_from_this(), slot = slot, sequence] {
    if (slot->sequence != sequence || !slot->waiter) return;
    slot->expired = true;
    std::exchange(slot->waiter, {}).resume();
  });
}

SimAwaiter::~SimAwaiter() {
  if (!slot->waiter) return;
  slot->waiter = {};
  slot->sequence += 1;
}

namespace {

class SimStream final : public Stream {
 public:
  explicit SimStream(std::shared_ptr<SimSocket> socket) : socket_(std::move(socket)) {}
  ~SimStream() override { socket_->close(); }

  Task<Status> wait_readable(TimePoint deadline) override;
  void cancel_wait() override {
    if (!waiting_) return;
    socket_->wait_cancelled = true;
    socket_->wake(&socket_->reading);
  }
  Task<Result<std::size_t>> read_some(std::span<char> into, TimePoint deadline) override;
  Task<Status> write(std::span<const std::string_view> pieces, TimePoint deadline) override;
  Result<std::size_t> try_read(std::span<char> into) override;
  void shutdown_write() override;
  void close() override { socket_->close(); }
  std::string peer() const override {
    const std::shared_ptr<SimSocket> other = socket_->other.lock();
    if (socket_->unix_socket) return "unix:uid=0";
    return (other ? other->loop->name() : "gone") + ":1";
  }
  int peer_uid() const override { return socket_->unix_socket ? 0 : -1; }

 private:
  bool readable() const { return !socket_->arrived.empty() || socket_->end || socket_->reset; }

  std::shared_ptr<SimSocket> socket_;
  bool waiting_ = false;
};

Task<Status> SimStream::wait_readable(TimePoint deadline) {
  const std::shared_ptr<SimSocket> socket = socket_;
  socket->wait_cancelled = false;
  for (;;) {
    if (socket->closed) co_return closed_error();
    if (readable()) co_return Status{};
    waiting_ = true;
    co_await SimAwaiter{socket.get(), &socket->reading, deadline};
    if (socket->closed) co_return closed_error();
    waiting_ = false;
    if (socket->wait_cancelled) co_return closed_error();
    if (socket->reading.expired) co_return deadline_error("waiting for the peer");
  }
}

Result<std::size_t> SimStream::try_read(std::span<char> into) {
  if (socket_->closed) return closed_error();
  if (socket_->reset) return socket_error(ECONNRESET, "reading");
  if (socket_->arrived.empty()) {
    if (socket_->end) return std::size_t{0};
    return would_block_error();
  }
  std::size_t size = std::min(into.size(), socket_->arrived.size());
  World* const world = socket_->loop->world();
  if (const std::size_t most = world->network().read_most; most > 0) {
    size = std::min<std::size_t>(size, 1 + world->random_below(most));
  }
  std::copy_n(socket_->arrived.data(), size, into.data());
  socket_->arrived.erase(0, size);
  if (const auto peer = socket_->other.lock()) peer->wake(&peer->writing);
  return size;
}

Task<Result<std::size_t>> SimStream::read_some(std::span<char> into, TimePoint deadline) {
  const std::shared_ptr<SimSocket> socket = socket_;
  for (;;) {
    Result<std::size_t> got = try_read(into);
    if (got || got.error().kind != "would_block") co_return got;
    co_await SimAwaiter{socket.get(), &socket->reading, deadline};
    if (socket->closed) co_return closed_error();
    if (socket->reading.expired) co_return deadline_error("reading");
  }
}

Task<Status> SimStream::write(std::span<const std::string_view> pieces, TimePoint deadline) {
  const std::shared_ptr<SimSocket> socket = socket_;
  std::string all;
  for (const std::string_view piece : pieces) all.append(piece);
  while (!all.empty()) {
    if (socket->closed || socket->shut) co_return closed_error();
    const std::shared_ptr<SimSocket> peer = socket->other.lock();
    if (socket->reset || !peer) co_return socket_error(EPIPE, "writing");
    const std::size_t size = std::min(all.size(), peer->room());
    if (size > 0) {
      peer->send(all.substr(0, size));
      all.erase(0, size);
      continue;
    }
    co_await SimAwaiter{socket.get(), &socket->writing, deadline};
    if (socket->closed) co_return closed_error();
    if (socket->writing.expired) co_return deadline_error("writing");
  }
  co_return Status{};
}

void SimStream::shutdown_write() {
  if (socket_->closed || socket_->shut) return;
  socket_->shut = true;
  if (const auto peer = socket_->other.lock()) peer->send_end();
}

}  // namespace

void Listening::wake() {
  if (!acceptor) return;
  loop->post([h = std::exchange(acceptor, {})] { h.resume(); });
}

namespace {

struct AcceptAwaiter {
  Listening* state;
  bool await_ready() const noexcept { return state->closed || !state->waiting.empty(); }
  void await_suspend(std::coroutine_handle<> h) const noexcept { state->acceptor = h; }
  void await_resume() const noexcept {}
};

}  // namespace

Task<Result<std::unique_ptr<Stream>>> SimListener::accept() {
  const std::shared_ptr<Listening> state = state_;
  while (!state->closed && state->waiting.empty()) co_await AcceptAwaiter{state.get()};
  if (state->closed) co_return closed_error();
  std::unique_ptr<Stream> first = std::move(state->waiting.front());
  state->waiting.pop_front();
  co_return first;
}

void SimListener::close() {
  if (state_->closed) return;
  state_->closed = true;
  state_->waiting.clear();
  state_->wake();
}

std::pair<std::unique_ptr<Stream>, std::unique_ptr<Stream>> make_sim_pair(SimLoop* a, SimLoop* b,
                                                                          bool unix_socket) {
  auto left = std::make_shared<SimSocket>();
  auto right = std::make_shared<SimSocket>();
  left->loop = a;
  right->loop = b;
  left->other = right;
  right->other = left;
  left->unix_socket = right->unix_socket = unix_socket;
  return {std::make_unique<SimStream>(std::move(left)),
          std::make_unique<SimStream>(std::move(right))};
}

}  // namespace interposer::net::sim
