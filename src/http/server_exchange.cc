#include <array>
#include <charconv>

#include "base/json.h"
#include "http/server_impl.h"
#include "http/write_parts.h"

namespace interposer::http {
namespace {

constexpr std::size_t kHeadReserve = 320;         // bytes of a usual answer's head
constexpr std::size_t kMaxPipelined = 64 * 1024;  // bytes read ahead while a handler works
constexpr std::size_t kMaxDrained = 256 * 1024;   // bytes of an unread body worth a connection
constexpr Duration kDrainTime = std::chrono::seconds(2);

std::string error_body(int status, const Error& error) {
  JsonWriter json;
  json.begin_object().key("error").begin_object();
  json.field("code", status >= 500 ? "server_error" : "bad_request");
  json.field("type", status >= 500 ? "server_error" : "invalid_request_error");
  json.field("message", error.message);
  if (!error.remedy.empty()) json.field("remedy", error.remedy);
  json.end_object().end_object();
  return json.take();
}

bool bodiless(int status) { return status < 200 || status == 204 || status == 304; }

}  // namespace

ExchangeImpl::ExchangeImpl(ServerImpl* server, Connection* connection)
    : server_(server),
      connection_(connection),
      buffer_(server->pool()),
      parser_(server->options().limits),
      body_(connection->stream.get(), &buffer_),
      since_(server->loop()->now()) {
  connection->active = this;
}

ExchangeImpl::~ExchangeImpl() { connection_->active = nullptr; }

std::stop_token ExchangeImpl::gone() const {
  if (!gone_) {
    gone_.emplace();
    if (lost_) gone_->request_stop();
  }
  return gone_->get_token();
}

void ExchangeImpl::lost() {
  lost_ = true;
  if (gone_) gone_->request_stop();
}

TimePoint ExchangeImpl::body_deadline() const {
  return time_after(server_->loop()->now(), server_->options().body_timeout);
}

net::Task<Status> ExchangeImpl::read_head() {
  const TimePoint deadline = time_after(since_, server_->options().head_timeout);
  buffer_.append(connection_->leftover);
  connection_->leftover.clear();
  for (;;) {
    Result<std::size_t> end = parser_.parse(buffer_.view());
    if (!end) co_return co_await refuse(std::move(end).error());
    if (*end > 0) {
      buffer_.consume(*end);
      break;
    }
    const std::span<char> room = buffer_.room();
    Result<std::size_t> got = co_await connection_->stream->read_some(room, deadline);
    if (!got && got.error().code == Code::kDeadlineExceeded && !buffer_.empty()) {
      co_return co_await refuse(make_error(
          Code::kDeadlineExceeded, "the request's head did not come in time", {}, "http_408"));
    }
    if (!got) co_return std::move(got).error();
    if (*got == 0) co_return make_error(Code::kCancelled, "the client left");
    buffer_.filled(*got);
  }
  body_.start(parser_.framing);
  keep_alive_ = parser_.keep_alive;
  owes_continue_ = parser_.expect_continue;
  co_return Status{};
}

// The answer to what cannot be parsed; after it the connection's bytes mean nothing.
net::Task<Status> ExchangeImpl::refuse(Error error) {
  ResponseHead head;
  head.status = status_of(error);
  head.headers.add("Content-Type", "application/json");
  keep_alive_ = false;
  std::string body = error_body(head.status, error);
  const Status sent = co_await respond(std::move(head), std::move(body));
  if (sent) co_await linger();
  co_return error;
}

net::Task<Status> ExchangeImpl::send(std::span<const std::string_view> pieces) {
  Status sent = co_await write_parts(connection_->stream.get(), pieces, server_->loop(),
                                     server_->options().write_timeout);
  if (!sent) {
    phase_ = Phase::kBroken;
    lost();
  }
  co_return sent;
}

net::Task<Status> ExchangeImpl::send_continue() {
  if (!owes_continue_) co_return Status{};
  owes_continue_ = false;
  if (!buffer_.empty() || phase_ != Phase::kUnanswered) co_return Status{};
  const std::array<std::string_view, 1> pieces = {"HTTP/1.1 100 Continue\r\n\r\n"};
  co_return co_await send(pieces);
}

net::Task<Result<std::string>> ExchangeImpl::read_body(std::size_t max_bytes) {
  const bool fits = body_.left() <= max_bytes;
  if (fits) {
    IP_CO_OK(co_await send_continue());
  }
  std::string out;
  Status read = co_await body_.read_all(&out, max_bytes, server_->loop(),
                                        server_->options().body_timeout, kNever);
  if (!read) {
    if (read.error().kind == "truncated") lost();
    co_return std::move(read).error();
  }
  co_return out;
}

net::Task<Result<std::string>> ExchangeImpl::read_some() {
  IP_CO_OK(co_await send_continue());
  Result<std::string_view> piece = co_await body_.read(body_deadline());
  if (!piece) {
    if (piece.error().kind == "truncated") lost();
    co_return std::move(piece).error();
  }
  co_return std::string(*piece);
}

std::string ExchangeImpl::begin_head(const ResponseHead& head) {
  std::string out;
  out.reserve(kHeadReserve);
  append_status_line(out, head.status);
  append_fields(out, head.headers);
  if (!head.headers.has("Date")) out.append(server_->date());
  // A body that nobody will read to its end, or a server that stops, ends the connection.
  if (server_->stopping() || owes_continue_) keep_alive_ = false;
  if (!keep_alive_)
    out.append("Connection: close\r\n");
  else if (parser_.http_1_0)
    out.append("Connection: keep-alive\r\n");
  return out;
}

net::Task<Status> ExchangeImpl::respond(ResponseHead head, std::string body) {
  if (phase_ != Phase::kUnanswered) {
    co_return make_error(Code::kInternal, "a request was answered twice");
  }
  phase_ = Phase::kDone;
  std::string out = begin_head(head);
  if (!bodiless(head.status)) {
    char digits[24];
    char* const end = std::to_chars(digits, digits + sizeof digits, body.size()).ptr;
    out.append("Content-Length: ").append(digits, end).append("\r\n");
  }
  out.append("\r\n");
  const bool with_body = !bodiless(head.status) && parser_.head.method != "HEAD";
  const std::array<std::string_view, 2> pieces = {out, body};
  const std::span<const std::string_view> used(pieces.data(), with_body && !body.empty() ? 2 : 1);
  co_return co_await send(used);
}

net::Task<Status> ExchangeImpl::start(ResponseHead head) {
  if (phase_ != Phase::kUnanswered) {
    co_return make_error(Code::kInternal, "a request was answered twice");
  }
  phase_ = Phase::kStreaming;
  chunked_ = !parser_.http_1_0;
  if (!chunked_) keep_alive_ = false;  // HTTP/1.0: the end of the connection ends the body
  std::string out = begin_head(head);
  if (chunked_ && !bodiless(head.status)) out.append("Transfer-Encoding: chunked\r\n");
  if (bodiless(head.status)) chunked_ = false;
  out.append("\r\n");
  const std::array<std::string_view, 1> pieces = {out};
  co_return co_await send(pieces);
}

net::Task<Status> ExchangeImpl::write(std::string_view bytes) {
  if (phase_ == Phase::kBroken) co_return make_error(Code::kUnavailable, "the client has gone");
  if (phase_ != Phase::kStreaming) {
    co_return make_error(Code::kInternal, "a write outside of start() and finish()");
  }
  // An empty chunk would end the body.
  if (bytes.empty() || parser_.head.method == "HEAD") co_return Status{};
  if (!chunked_) {
    const std::array<std::string_view, 1> pieces = {bytes};
    co_return co_await send(pieces);
  }
  std::array<char, 20> size;
  const std::array<std::string_view, 3> pieces = {chunk_head(size, bytes.size()), bytes, "\r\n"};
  co_return co_await send(pieces);
}

net::Task<Status> ExchangeImpl::finish() {
  if (phase_ == Phase::kBroken) co_return make_error(Code::kUnavailable, "the client has gone");
  if (phase_ != Phase::kStreaming) {
    co_return make_error(Code::kInternal, "finish() without start()");
  }
  phase_ = Phase::kDone;
  if (!chunked_ || parser_.head.method == "HEAD") co_return Status{};
  const std::array<std::string_view, 1> pieces = {"0\r\n\r\n"};
  co_return co_await send(pieces);
}

bool ExchangeImpl::wants_watch(TimePoint before) const {
  return gone_ && !watching_ && !lost_ && since_ <= before && body_.done();
}

// Runs beside the handler once the body has been read. Bytes that come belong to a pipelined
// request; the end of the stream means that nobody waits for the answer (a client that only closed
// its sending side is taken for gone too, as nginx does: the two look the same from here).
net::Task<void> ExchangeImpl::watch() {
  watching_ = true;
  body_.settle();
  while (buffer_.view().size() < kMaxPipelined) {
    const Status ready = co_await connection_->stream->wait_readable(kNever);
    if (!ready) {
      if (phase_ != Phase::kDone && ready.error().kind != "cancelled") lost();
      break;
    }
    const Result<std::size_t> got = connection_->stream->try_read(buffer_.room());
    if (!got && got.error().kind == "would_block") continue;
    if (!got || *got == 0) {
      lost();
      break;
    }
    buffer_.filled(*got);
  }
  watch_done_.fire();
}

net::Task<void> ExchangeImpl::end_watch() {
  if (!watching_) co_return;
  connection_->stream->cancel_wait();
  co_await watch_done_;
}

// Reads over what the handler left of the body, if that is cheaper than a new connection.
net::Task<bool> ExchangeImpl::drain() {
  if (body_.done()) co_return true;
  if (owes_continue_ || body_.left() > kMaxDrained) co_return false;
  const TimePoint deadline = server_->loop()->now() + kDrainTime;
  for (std::size_t total = 0; total <= kMaxDrained;) {
    const Result<std::string_view> piece = co_await body_.read(deadline);
    if (!piece) co_return false;
    total += piece->size();
    if (body_.done()) co_return true;
  }
  co_return false;
}

// Closing with unread bytes makes the kernel send a reset, which can destroy the answer on its way:
// say that nothing more comes, and read over what still arrives.
net::Task<void> ExchangeImpl::linger() {
  connection_->stream->shutdown_write();
  const TimePoint deadline = server_->loop()->now() + kDrainTime;
  for (std::size_t total = 0; total < kMaxDrained;) {
    buffer_.consume(buffer_.view().size());
    const Result<std::size_t> got =
        co_await connection_->stream->read_some(buffer_.room(), deadline);
    if (!got || *got == 0) co_return;
    total += *got;
  }
}

net::Task<bool> ExchangeImpl::complete() {
  co_await end_watch();
  if (phase_ == Phase::kUnanswered) {
    ResponseHead head;
    head.status = 500;
    head.headers.add("Content-Type", "application/json");
    const Error error = make_error(Code::kInternal, "the request was not answered");
    std::string body = error_body(500, error);
    const Status sent = co_await respond(std::move(head), std::move(body));
    if (!sent) co_return false;
  }
  // A stream that was not finished must not look whole: the connection breaks off.
  if (phase_ != Phase::kDone) co_return false;
  const bool drained = co_await drain();
  if (!drained) {
    co_await linger();
    co_return false;
  }
  body_.settle();
  connection_->leftover.assign(buffer_.view());
  co_return keep_alive_;
}

}  // namespace interposer::http
