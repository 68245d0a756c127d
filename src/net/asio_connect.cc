#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "net/address.h"
#include "net/asio_socket.h"
#include "net/asio_stream.h"
#include "net/errors.h"

namespace interposer::net {
namespace {

Task<Result<std::vector<Address>>> find_addresses(Endpoint to) {
  std::vector<Address> literal = literal_address(to);
  if (!literal.empty()) co_return literal;
  std::function<Result<std::vector<Address>>()> work = [to] { return resolve(to, false); };
  co_return co_await offload<Result<std::vector<Address>>>(std::move(work));
}

// Waits until the connection in progress has an outcome, then gives its errno (0: connected).
Task<int> connection_outcome(SocketRef socket, TimePoint deadline) {
  for (;;) {
    co_await SocketAwaiter{socket.get(), &socket->writing, Await::kWritable, {}, deadline};
    if (socket->closed) co_return ECANCELED;
    if (socket->writing.expired) co_return ETIMEDOUT;
    if (socket->writing.error != 0) continue;
    int error = 0;
    socklen_t length = sizeof error;
    ::getsockopt(socket->fd(), SOL_SOCKET, SO_ERROR, &error, &length);
    co_return error;
  }
}

Task<Result<std::unique_ptr<Stream>>> connect_one(AsioLoop* loop, Address address,
                                                  TimePoint deadline) {
  const std::string doing = "connecting to " + format_address(address);
  const int fd = ::socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) co_return socket_error(errno, doing);
  const int on = 1;
  if (address.family() != AF_UNIX) ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  int error = ::connect(fd, address.get(), address.length) == 0 ? 0 : errno;
  if (error == 0) co_return make_asio_stream(loop, fd, address.family());
  if (error != EINPROGRESS) {
    ::close(fd);
    co_return socket_error(error, doing);
  }
  int released = -1;
  {
    // A socket of its own for the wait: the finished connection starts with a clean one.
    Result<SocketRef> socket = AsioSocket::create(loop, fd, address.family());
    if (!socket) co_return std::move(socket).error();
    error = co_await connection_outcome(*socket, deadline);
    if (error == 0) released = (*socket)->release();
    (*socket)->close();
  }
  if (error != 0 || released < 0) co_return socket_error(error, doing);
  co_return make_asio_stream(loop, released, address.family());
}

}  // namespace

Task<Result<std::unique_ptr<Stream>>> asio_connect(AsioLoop* loop, Endpoint to,
                                                   TimePoint deadline) {
  Result<std::vector<Address>> addresses = co_await find_addresses(to);
  if (!addresses) co_return std::move(addresses).error();
  Result<std::unique_ptr<Stream>> last =
      make_error(Code::kUnavailable, to.to_string() + " has no address");
  for (std::size_t i = 0; i < addresses->size(); ++i) {
    // Each address gets its share of what is left, so that a dead first one leaves time for others.
    TimePoint until = deadline;
    if (deadline != kNever) {
      const auto left = static_cast<Duration::rep>(addresses->size() - i);
      until = loop->now() + std::max(Duration(0), deadline - loop->now()) / left;
    }
    last = co_await connect_one(loop, (*addresses)[i], until);
    if (last) co_return last;
  }
  co_return last;
}

Task<Result<std::unique_ptr<Stream>>> AsioLoop::connect(Endpoint to, TimePoint deadline) {
  return asio_connect(this, std::move(to), deadline);
}

}  // namespace interposer::net
