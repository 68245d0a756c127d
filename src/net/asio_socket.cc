#include "net/asio_socket.h"

#include <unistd.h>

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <cerrno>

#include "net/errors.h"

namespace interposer::net {

namespace asio = boost::asio;
using ErrorCode = boost::system::error_code;

SocketRef::SocketRef(AsioSocket* socket) : socket_(socket) { socket_->references += 1; }
SocketRef::SocketRef(const SocketRef& other) : SocketRef(other.socket_) {}
SocketRef::~SocketRef() {
  if (socket_ != nullptr && --socket_->references == 0) delete socket_;
}

namespace {

// What Asio calls; it carries the sequence number of the operation that it completes.
struct Completion {
  SocketRef socket;
  SocketSlot* slot;
  std::uint32_t sequence;

  void operator()(const ErrorCode& error, std::size_t bytes = 0) const {
    if (sequence != slot->sequence || !slot->waiter) return;
    socket->loop->disarm(slot);
    const bool end = error == asio::error::eof;
    slot->error = end ? 0 : error.value();
    slot->bytes = end ? 0 : bytes;
    std::exchange(slot->waiter, {}).resume();
  }
};

class RealSocket final : public AsioSocket {
 public:
  explicit RealSocket(AsioLoop* owner) : AsioSocket(owner), socket_(owner->io()) {}

  ErrorCode assign(int fd, int family) {
    ErrorCode failure;
    socket_.assign(asio::generic::stream_protocol(family, 0), fd, failure);
    return failure;
  }

  int fd() const override { return const_cast<Socket&>(socket_).native_handle(); }
  void cancel() override {
    ErrorCode ignored;
    socket_.cancel(ignored);
  }
  int release() override {
    ErrorCode failure;
    const int fd = socket_.release(failure);
    return failure ? -1 : fd;
  }

 private:
  using Socket =
      asio::basic_stream_socket<asio::generic::stream_protocol, asio::io_context::executor_type>;

  void do_close() override {
    ErrorCode ignored;
    socket_.close(ignored);
  }
  void start(SocketSlot* slot, Await kind, std::span<char> into) override {
    Completion completion{SocketRef(this), slot, slot->sequence};
    switch (kind) {
      case Await::kReceive:
        socket_.async_receive(asio::buffer(into.data(), into.size()), std::move(completion));
        break;
      case Await::kReadable:
        socket_.async_wait(asio::socket_base::wait_read, std::move(completion));
        break;
      case Await::kWritable:
        socket_.async_wait(asio::socket_base::wait_write, std::move(completion));
        break;
    }
  }

  Socket socket_;
};

void expire(Deadline* deadline) {
  auto* const slot = static_cast<SocketSlot*>(deadline);
  slot->expired = true;
  slot->socket->cancel();
}

}  // namespace

AsioSocket::AsioSocket(AsioLoop* owner) : loop(owner) {
  for (SocketSlot* slot : {&reading, &writing}) {
    slot->socket = this;
    slot->expire = &interposer::net::expire;
  }
}

Result<SocketRef> AsioSocket::create(AsioLoop* loop, int fd, int family) {
  auto* const real = new RealSocket(loop);
  SocketRef socket(real);
  const ErrorCode failure = real->assign(fd, family);
  if (failure) {
    ::close(fd);
    return socket_error(failure.value(), "registering a connection");
  }
  return socket;
}

void AsioSocket::close() {
  if (closed) return;
  closed = true;
  loop->disarm(&reading);
  loop->disarm(&writing);
  do_close();
}

void SocketAwaiter::await_suspend(std::coroutine_handle<> h) {
  slot->waiter = h;
  slot->expired = false;
  slot->sequence += 1;
  socket->inline_operations = 0;
  if (deadline != kNever) socket->loop->arm(slot, deadline);
  socket->start(slot, kind, into);
}

// Destroyed while suspended: the operation must not touch the buffer or the coroutine any more.
SocketAwaiter::~SocketAwaiter() {
  if (!slot->waiter) return;
  slot->waiter = {};
  slot->sequence += 1;
  socket->loop->disarm(slot);
  socket->cancel();
}

}  // namespace interposer::net
