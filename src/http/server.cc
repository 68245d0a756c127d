#include "http/server.h"

#include <ctime>

#include "base/log.h"
#include "http/server_impl.h"

namespace interposer::http {
namespace {

constexpr Duration kSweep = std::chrono::milliseconds(50);
constexpr Duration kOverloadPause = std::chrono::milliseconds(20);

}  // namespace

std::unique_ptr<Server> Server::create(net::Loop* loop, Handler handler, ServerOptions options) {
  return std::make_unique<ServerImpl>(loop, std::move(handler), std::move(options));
}

ServerImpl::ServerImpl(net::Loop* loop, Handler handler, ServerOptions options)
    : loop_(loop), handler_(std::move(handler)), options_(std::move(options)) {}

void ServerImpl::serve(std::unique_ptr<net::Listener> listener) {
  net::Listener* const raw = listener.get();
  listeners_.push_back(std::move(listener));
  nursery_.spawn(accept_from(raw));
}

net::Task<void> ServerImpl::accept_from(net::Listener* listener) {
  while (!stopping_) {
    if (connection_count_ >= options_.connections) {
      co_await net::sleep_for(kOverloadPause);
      continue;
    }
    Result<std::unique_ptr<net::Stream>> stream = co_await listener->accept();
    if (stream) {
      nursery_.spawn(serve_connection(*std::move(stream)));
      continue;
    }
    if (stream.error().code == Code::kCancelled) co_return;
    log::warn("accepting failed", {{"reason", stream.error().to_string()}});
    co_await net::sleep_for(kOverloadPause);
  }
}

net::Task<void> ServerImpl::serve_connection(std::unique_ptr<net::Stream> stream) {
  Connection connection;
  connection.stream = std::move(stream);
  connection.next = first_connection_;
  if (first_connection_ != nullptr) first_connection_->previous = &connection;
  first_connection_ = &connection;
  connection_count_ += 1;
  co_await serve_requests(&connection);
  if (connection.stream) connection.stream->close();
  if (connection.next != nullptr) connection.next->previous = connection.previous;
  (connection.previous != nullptr ? connection.previous->next : first_connection_) =
      connection.next;
  connection_count_ -= 1;
}

net::Task<void> ServerImpl::serve_requests(Connection* connection) {
  if (options_.tls) {
    const TimePoint deadline = time_after(loop_->now(), options_.head_timeout);
    Result<std::unique_ptr<net::Stream>> secure =
        co_await options_.tls->handshake(std::move(connection->stream), "", deadline);
    if (!secure) co_return;
    connection->stream = *std::move(secure);
  }
  bool open = true;
  while (open && !stopping_) {
    if (connection->leftover.empty()) {
      connection->idle = true;
      const Status ready = co_await connection->stream->wait_readable(
          time_after(loop_->now(), options_.idle_timeout));
      connection->idle = false;
      if (!ready) co_return;
    }
    open = co_await serve_request(connection);
  }
}

net::Task<bool> ServerImpl::serve_request(Connection* connection) {
  ExchangeImpl exchange(this, connection);
  const Status head = co_await exchange.read_head();
  if (!head) co_return false;
  add_active(&exchange);
  co_await handler_(&exchange);
  remove_active(&exchange);
  co_return co_await exchange.complete();
}

net::Task<void> ServerImpl::stop(TimePoint deadline) {
  stopping_ = true;
  for (const auto& listener : listeners_) listener->close();
  for (Connection* c = first_connection_; c != nullptr; c = c->next) {
    if (c->idle) c->stream->close();
  }
  net::Loop::TimerId timer = 0;
  if (deadline != kNever) timer = loop_->start_timer(deadline, [this] { abort_all(); });
  co_await nursery_.join();
  if (timer != 0) loop_->cancel_timer(timer);
  if (sweep_timer_ != 0) loop_->cancel_timer(sweep_timer_);
  sweep_timer_ = 0;
}

void ServerImpl::abort_all() {
  for (Connection* c = first_connection_; c != nullptr; c = c->next) {
    if (c->stream) c->stream->close();
  }
  // Giving up may end exchanges at once: each time the list is read anew.
  for (ExchangeImpl* x = first_active_; x != nullptr;) {
    if (x->gone().stop_requested()) {
      x = x->next;
      continue;
    }
    x->lost();
    x = first_active_;
  }
}

const std::string& ServerImpl::date() {
  const TimePoint now = loop_->now();
  if (date_.empty() || now - date_at_ >= std::chrono::seconds(1)) {
    date_at_ = now;
    const std::time_t seconds = wall_now_ms() / 1000;
    std::tm utc{};
    gmtime_r(&seconds, &utc);
    char text[64];
    date_.assign(text,
                 std::strftime(text, sizeof text, "Date: %a, %d %b %Y %H:%M:%S GMT\r\n", &utc));
  }
  return date_;
}

void ServerImpl::add_active(ExchangeImpl* exchange) {
  exchange->next = first_active_;
  if (first_active_ != nullptr) first_active_->previous = exchange;
  first_active_ = exchange;
  schedule_sweep();
}

void ServerImpl::remove_active(ExchangeImpl* exchange) {
  if (exchange->next != nullptr) exchange->next->previous = exchange->previous;
  (exchange->previous != nullptr ? exchange->previous->next : first_active_) = exchange->next;
}

void ServerImpl::schedule_sweep() {
  if (sweep_timer_ != 0 || first_active_ == nullptr) return;
  sweep_timer_ = loop_->start_timer(loop_->now() + kSweep, [this] {
    sweep_timer_ = 0;
    sweep();
  });
}

// Requests that take longer get a watch for their client's leaving; short ones never pay for it.
void ServerImpl::sweep() {
  const TimePoint before = loop_->now() - kSweep;
  for (ExchangeImpl* x = first_active_; x != nullptr;) {
    if (!x->wants_watch(before)) {
      x = x->next;
      continue;
    }
    nursery_.spawn(x->watch());
    x = first_active_;  // starting it may have ended exchanges
  }
  schedule_sweep();
}

}  // namespace interposer::http
