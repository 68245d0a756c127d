// Byte streams. All operations belong to the stream's loop; at most one read-side and one
// write-side operation run at a time. close() makes those in progress end with kCancelled; a passed
// deadline ends them with kDeadlineExceeded; a reset with kUnavailable. Read buffers are the
// caller's and are only touched while the operation runs.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "net/task.h"

namespace interposer::net {

class Stream {
 public:
  virtual ~Stream() = default;

  // Waits until read_some would not block (data, end, or error). Holds no buffer: idle keep-alive
  // connections wait here. Also how a server notices that a waiting client has gone.
  virtual Task<Status> wait_readable(TimePoint deadline) = 0;
  // A wait_readable in progress ends with kCancelled (after this returns); the stream stays usable.
  virtual void cancel_wait() = 0;

  // At least one byte, or 0 at the end of the stream.
  virtual Task<Result<std::size_t>> read_some(std::span<char> into, TimePoint deadline) = 0;

  // All of the pieces, in order (one gathered write where the system can).
  virtual Task<Status> write(std::span<const std::string_view> pieces, TimePoint deadline) = 0;

  // Without suspending: what can be read now. kUnavailable with kind "would_block" when nothing is.
  virtual Result<std::size_t> try_read(std::span<char> into) = 0;

  virtual void shutdown_write() = 0;
  virtual void close() = 0;  // idempotent

  virtual std::string peer() const = 0;        // "127.0.0.1:43210", "unix:uid=0"
  virtual int peer_uid() const { return -1; }  // of a unix socket's other side, else -1
};

class Listener {
 public:
  virtual ~Listener() = default;
  virtual Task<Result<std::unique_ptr<Stream>>> accept() = 0;  // kCancelled after close()
  virtual void close() = 0;
  virtual std::string address() const = 0;  // with the real port where 0 was asked for
};

}  // namespace interposer::net
