#include "http/body_reader.h"

#include <algorithm>

#include "net/loop.h"

namespace interposer::http {

void BodyReader::start(const Framing& framing) {
  framing_ = framing;
  left_ = framing.length;
  const bool nothing = framing.kind == Framing::Kind::kLength && framing.length == 0;
  done_ = framing.kind == Framing::Kind::kNone || nothing;
}

Error BodyReader::truncated() const {
  return make_error(Code::kUnavailable, "the peer closed the connection inside a body", {},
                    "truncated");
}

void BodyReader::settle() {
  buffer_->consume(shown_);
  shown_ = 0;
}

// Given pieces stay at the front of the buffer until the next call. A chunked piece leaves a gap
// behind it (its framing): the gap is counted in shown_.
Result<std::string_view> BodyReader::take_ready() {
  settle();
  if (done_ || buffer_->empty()) return std::string_view{};
  if (framing_.kind == Framing::Kind::kChunked) {
    IP_TRY(const ChunkedDecoder::Step step, chunks_.decode(buffer_->bytes()));
    const std::string_view out = buffer_->view().substr(0, step.produced);
    shown_ = step.consumed;
    done_ = chunks_.done();
    return out;
  }
  std::size_t size = buffer_->view().size();
  if (framing_.kind == Framing::Kind::kLength) {
    size = static_cast<std::size_t>(std::min<std::uint64_t>(size, left_));
    left_ -= size;
    done_ = left_ == 0;
  }
  shown_ = size;
  return buffer_->view().substr(0, size);
}

// One read into the buffer; sees the end of the stream.
net::Task<Status> BodyReader::fill(TimePoint deadline) {
  const std::span<char> room = buffer_->room();
  Result<std::size_t> got = co_await stream_->read_some(room, deadline);
  if (!got) co_return std::move(got).error();
  if (*got == 0) {
    if (framing_.kind != Framing::Kind::kUntilClose) co_return truncated();
    done_ = true;
  }
  buffer_->filled(*got);
  co_return Status{};
}

net::Task<Result<std::string_view>> BodyReader::read(TimePoint deadline) {
  for (;;) {
    Result<std::string_view> ready = take_ready();
    if (!ready || !ready->empty() || done_) co_return ready;
    settle();
    Status filled = co_await fill(deadline);
    if (!filled) co_return std::move(filled).error();
  }
}

net::Task<Status> BodyReader::read_exactly(std::string* out, net::Loop* loop, Duration between,
                                           TimePoint total) {
  std::size_t at = out->size();
  // A declared length is a promise, not a fact: memory grows with what comes.
  constexpr std::size_t kStep = 1024 * 1024;
  while (left_ > 0) {
    if (at == out->size()) {
      out->resize(at + static_cast<std::size_t>(std::min<std::uint64_t>(left_, kStep)));
    }
    const std::span<char> room(out->data() + at, out->size() - at);
    const TimePoint deadline = std::min(total, time_after(loop->now(), between));
    Result<std::size_t> got = co_await stream_->read_some(room, deadline);
    if (!got) co_return std::move(got).error();
    if (*got == 0) co_return truncated();
    at += *got;
    left_ -= *got;
  }
  out->resize(at);
  done_ = true;
  co_return Status{};
}

net::Task<Status> BodyReader::read_all(std::string* out, std::size_t max_bytes, net::Loop* loop,
                                       Duration between, TimePoint total) {
  const auto too_large = [max_bytes] {
    return make_error(Code::kTooLarge, "the body is over " + std::to_string(max_bytes) + " bytes",
                      "send less", "body_too_large");
  };
  if (left() > max_bytes) co_return too_large();
  if (framing_.kind == Framing::Kind::kLength) {
    // A little more, so that a reader which looks past the end (simdjson) needs no copy.
    constexpr std::size_t kBehind = 64;
    out->reserve(static_cast<std::size_t>(std::min<std::uint64_t>(left_, 1024 * 1024)) + kBehind);
  }
  for (;;) {
    Result<std::string_view> ready = take_ready();
    if (!ready) co_return std::move(ready).error();
    if (out->size() + ready->size() > max_bytes) co_return too_large();
    out->append(*ready);
    if (done_) co_return Status{};
    settle();
    if (framing_.kind == Framing::Kind::kLength) {
      co_return co_await read_exactly(out, loop, between, total);
    }
    const TimePoint deadline = std::min(total, time_after(loop->now(), between));
    Status filled = co_await fill(deadline);
    if (!filled) co_return filled;
  }
}

}  // namespace interposer::http
