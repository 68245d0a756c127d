// Reads a message's body by its framing (internal to http): used by both sides.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "http/buffer.h"
#include "http/chunked.h"
#include "http/codec.h"
#include "net/loop.h"
#include "net/task.h"

namespace interposer::http {

class BodyReader {
 public:
  // Both must outlive the reader. `buffer` may hold the body's first bytes already.
  BodyReader(net::Stream* stream, Buffer* buffer) : stream_(stream), buffer_(buffer) {}

  void start(const Framing& framing);
  bool done() const { return done_; }
  // What a Content-Length promised and has not come yet; 0 for the other framings.
  std::uint64_t left() const { return framing_.kind == Framing::Kind::kLength ? left_ : 0; }
  Framing::Kind kind() const { return framing_.kind; }
  // Bytes in the buffer that the body has not taken.
  std::size_t unread() const { return buffer_->view().size() - shown_; }

  // Takes back what the last call gave away: the buffer then begins after it.
  void settle();

  // What is there without waiting; empty when nothing is. Valid until the next call.
  Result<std::string_view> take_ready();
  // At least one byte, or empty at the end of the body. Valid until the next call.
  net::Task<Result<std::string_view>> read(TimePoint deadline);
  // Appends the whole rest, reading straight into `out` where the length is known. More than
  // `max_bytes` in all: kTooLarge. Each wait lasts at most `between`, all of them until `total`.
  net::Task<Status> read_all(std::string* out, std::size_t max_bytes, net::Loop* loop,
                             Duration between, TimePoint total);

 private:
  net::Task<Status> fill(TimePoint deadline);
  net::Task<Status> read_exactly(std::string* out, net::Loop* loop, Duration between,
                                 TimePoint total);
  Error truncated() const;

  net::Stream* stream_;
  Buffer* buffer_;
  Framing framing_;
  ChunkedDecoder chunks_;
  std::uint64_t left_ = 0;
  std::size_t shown_ = 0;  // bytes at the buffer's front that the last call gave away
  bool done_ = true;
};

}  // namespace interposer::http
