#include <algorithm>

#include "http/client_impl.h"
#include "http/write_parts.h"

namespace interposer::http {
namespace {

constexpr int kMaxInterim = 8;  // 1xx answers before the real one
// What a server may have said before it stopped reading a request.
constexpr Duration kEarlyAnswer = std::chrono::seconds(1);

Error phase(Error error, std::string_view name) {
  error.kind = std::string(name);
  return error;
}

}  // namespace

ResponseImpl::ResponseImpl(std::shared_ptr<ConnectionPool> pool,
                           std::shared_ptr<ConnectionPool::Group> group,
                           std::unique_ptr<net::Stream> stream, const Limits& limits,
                           Deadlines deadlines, bool head_request, std::stop_token stop)
    : pool_(std::move(pool)),
      group_(std::move(group)),
      stream_(std::move(stream)),
      limits_(limits),
      deadlines_(deadlines),
      head_request_(head_request),
      buffer_(pool_->blocks()),
      parser_(limits, head_request),
      body_(stream_.get(), &buffer_) {
  guard_.emplace(pool_->loop(), stream_.get(), std::move(stop));
}

net::Task<Status> ResponseImpl::exchange(std::span<const std::string_view> pieces,
                                         bool* untouched) {
  *untouched = true;
  net::Loop* const loop = pool_->loop();
  Status written =
      co_await write_parts(stream_.get(), pieces, loop, deadlines_.headers, deadlines_.total);
  TimePoint until = std::min(deadlines_.total, time_after(loop->now(), deadlines_.headers));
  if (!written) {
    if (written.error().kind != "reset") co_return failed(phase(written.error(), "write"));
    until = std::min(until, loop->now() + kEarlyAnswer);
  }
  Status read = co_await read_head(until, untouched);
  if (!read && !written) co_return failed(phase(written.error(), "write"));
  if (!read) co_return failed(phase(read.error(), "headers"));
  if (!written) parser_.keep_alive = false;
  body_.start(parser_.framing);
  if (body_.done()) finish();
  co_return Status{};
}

net::Task<Status> ResponseImpl::read_head(TimePoint deadline, bool* untouched) {
  for (int interim = 0; interim <= kMaxInterim;) {
    Result<std::size_t> end = parser_.parse(buffer_.view());
    if (!end) {
      co_return make_error(Code::kUnavailable,
                           "the server's answer is not HTTP: " + end.error().message);
    }
    if (*end > 0) {
      buffer_.consume(*end);
      if (parser_.head.status >= 200) co_return Status{};
      if (parser_.head.status == 101) break;
      parser_ = ResponseParser(limits_, head_request_);
      interim += 1;
      continue;
    }
    const std::span<char> room = buffer_.room();
    const Result<std::size_t> got = co_await stream_->read_some(room, deadline);
    if (!got) co_return got.error();
    if (*got == 0) {
      co_return make_error(Code::kUnavailable, "the server closed the connection without an answer",
                           {}, "reset");
    }
    *untouched = false;
    buffer_.filled(*got);
  }
  co_return make_error(Code::kUnavailable, "the server's interim answers do not end");
}

Error ResponseImpl::failed(Error error) {
  if (guard_ && guard_->stopped()) {
    error = make_error(Code::kCancelled, "the request was stopped");
  }
  stop();
  error_ = error;
  return error;
}

void ResponseImpl::stop() {
  guard_.reset();
  if (stream_) stream_->close();
  if (!ended_ && !error_) error_ = make_error(Code::kCancelled, "the request was stopped");
}

void ResponseImpl::finish() {
  ended_ = true;
  guard_.reset();
  const bool reusable = parser_.keep_alive && body_.kind() != Framing::Kind::kUntilClose;
  if (!stream_ || !reusable) {
    if (stream_) stream_->close();
    return;
  }
  // Bytes after the answer belong to no request: such a connection cannot be trusted.
  const std::size_t unread = body_.unread();
  if (unread == 0)
    pool_->give(group_, std::move(stream_));
  else
    stream_->close();
}

net::Task<Result<std::string_view>> ResponseImpl::read_view() {
  if (error_) co_return *error_;
  if (ended_) co_return std::string_view{};
  const TimePoint deadline =
      std::min(deadlines_.total, time_after(pool_->loop()->now(), deadlines_.read));
  Result<std::string_view> piece = co_await body_.read(deadline);
  if (!piece) {
    Error error = std::move(piece).error();
    if (error.kind == "http_400") error = make_error(Code::kUnavailable, error.message, {}, "body");
    co_return failed(std::move(error));
  }
  if (body_.done()) finish();
  co_return piece;
}

net::Task<Result<std::string>> ResponseImpl::read() {
  Result<std::string_view> piece = co_await read_view();
  if (!piece) co_return std::move(piece).error();
  co_return std::string(*piece);
}

net::Task<Result<std::string>> ResponseImpl::read_all(std::size_t max_bytes) {
  std::string out;
  if (!ended_ && !error_ && body_.left() > max_bytes) {
    co_return failed(make_error(
        Code::kTooLarge, "the answer's body is over " + std::to_string(max_bytes) + " bytes"));
  }
  constexpr std::uint64_t kAtOnce = 1024 * 1024;  // bytes: a declared length is a promise only
  if (!ended_ && !error_) out.reserve(static_cast<std::size_t>(std::min(body_.left(), kAtOnce)));
  for (;;) {
    Result<std::string_view> piece = co_await read_view();
    if (!piece) co_return std::move(piece).error();
    if (piece->empty()) co_return out;
    if (out.size() + piece->size() > max_bytes) {
      co_return failed(make_error(
          Code::kTooLarge, "the answer's body is over " + std::to_string(max_bytes) + " bytes"));
    }
    out.append(*piece);
  }
}

}  // namespace interposer::http
