// The heart of a real socket (internal to net): Boost.Asio's reactor tells when, the system calls
// are made by the streams and listeners.
#pragma once

#include <coroutine>
#include <cstdint>
#include <span>
#include <utility>

#include "net/asio_loop.h"
#include "net/deadline_wheel.h"

namespace interposer::net {

struct AsioSocket;

// Counted reference (one loop, so not atomic): completions that arrive after a close still find
// their socket's memory.
class SocketRef {
 public:
  explicit SocketRef(AsioSocket* socket);
  SocketRef(const SocketRef& other);
  SocketRef(SocketRef&& other) noexcept : socket_(std::exchange(other.socket_, nullptr)) {}
  SocketRef& operator=(SocketRef) = delete;
  ~SocketRef();
  AsioSocket* operator->() const { return socket_; }
  AsioSocket* get() const { return socket_; }

 private:
  AsioSocket* socket_;
};

// One direction of a socket: the operation that runs in it, if any.
struct SocketSlot : Deadline {
  AsioSocket* socket = nullptr;
  std::coroutine_handle<> waiter;
  std::uint32_t sequence = 0;  // tells a stale completion from the current one
  bool expired = false;
  int error = 0;          // errno; ECANCELED when the operation was aborted
  std::size_t bytes = 0;  // received; 0 without an error is the end of the stream
};

enum class Await : std::uint8_t { kReceive, kReadable, kWritable };

struct AsioSocket {
  // Takes the file descriptor, also when it fails.
  static Result<SocketRef> create(AsioLoop* loop, int fd, int family);
  virtual ~AsioSocket() = default;

  virtual int fd() const = 0;
  virtual void cancel() = 0;  // both directions
  virtual int release() = 0;  // gives the file descriptor away; -1 when it cannot
  void close();

  AsioLoop* loop;
  SocketSlot reading;
  SocketSlot writing;
  std::uint32_t references = 0;
  std::uint8_t inline_operations = 0;  // without suspending, since the last suspension
  bool closed = false;
  bool likely_readable = false;  // the last read filled its buffer

 protected:
  explicit AsioSocket(AsioLoop* owner);
  virtual void do_close() = 0;

 private:
  friend struct SocketAwaiter;
  virtual void start(SocketSlot* slot, Await kind, std::span<char> into) = 0;
};

// Suspends until the operation is done, its deadline passes, or the socket is closed. After it,
// look at slot.expired, socket.closed and slot.error, in this order; an aborted operation without
// any of these was disturbed by the other direction's cancellation and is to be started again.
struct SocketAwaiter {
  AsioSocket* socket;
  SocketSlot* slot;
  Await kind;
  std::span<char> into;
  TimePoint deadline;

  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> h);
  void await_resume() const noexcept {}
  ~SocketAwaiter();
};

}  // namespace interposer::net
