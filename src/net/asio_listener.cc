#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "base/log.h"
#include "net/address.h"
#include "net/asio_socket.h"
#include "net/asio_stream.h"
#include "net/errors.h"

namespace interposer::net {
namespace {

// Without free file descriptors accept() fails at once and for ever: wait, connections queue up in
// the kernel meanwhile.
constexpr Duration kAcceptPause = std::chrono::milliseconds(100);

bool out_of_resources(int error) {
  return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

// The peer may have gone before it was accepted: its error says nothing about the listener.
bool passing(int error) {
  return error == ECONNABORTED || error == EINTR || error == EPROTO || error == EPERM;
}

class AsioListener final : public Listener {
 public:
  // The listening socket waits with the machinery of any socket.
  AsioListener(SocketRef socket, std::string address, std::string path)
      : socket_(std::move(socket)), address_(std::move(address)), path_(std::move(path)) {}
  ~AsioListener() override { close(); }

  Task<Result<std::unique_ptr<Stream>>> accept() override;
  void close() override {
    if (!socket_->closed && !path_.empty()) ::unlink(path_.c_str());
    socket_->close();
  }
  std::string address() const override { return address_; }

 private:
  SocketRef socket_;
  std::string address_;
  std::string path_;  // of a unix socket: removed with the listener
};

Task<Result<std::unique_ptr<Stream>>> AsioListener::accept() {
  const SocketRef socket = socket_;
  for (;;) {
    if (socket->closed) co_return closed_error();
    sockaddr_storage from{};
    socklen_t length = sizeof from;
    const int fd = ::accept4(socket->fd(), reinterpret_cast<sockaddr*>(&from), &length,
                             SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0) {
      const int on = 1;
      if (from.ss_family != AF_UNIX) ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      co_return make_asio_stream(socket->loop, fd, from.ss_family);
    }
    const int error = errno;
    if (passing(error)) continue;
    if (out_of_resources(error)) {
      log::warn("accepting connections pauses",
                {{"reason", socket_error(error, "accept").to_string()}});
      co_await sleep_for(kAcceptPause);
      continue;
    }
    if (error != EAGAIN && error != EWOULDBLOCK) co_return socket_error(error, "accepting");
    co_await SocketAwaiter{socket.get(), &socket->reading, Await::kReadable, {}, kNever};
  }
}

// A socket file whose server died is removed; one that still answers is somebody's.
Status remove_stale(const Endpoint& at, const Address& address) {
  struct stat info{};
  if (::lstat(at.host.c_str(), &info) != 0) return {};
  if (!S_ISSOCK(info.st_mode)) {
    return make_error(Code::kFailedPrecondition, at.host + " exists and is not a socket",
                      "move it away");
  }
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return socket_error(errno, "listening on " + at.to_string());
  const bool answered = ::connect(fd, address.get(), address.length) == 0 || errno == EAGAIN;
  ::close(fd);
  if (answered) return socket_error(EADDRINUSE, "listening on " + at.to_string());
  ::unlink(at.host.c_str());
  return {};
}

int open_listening(const Address& address, const ListenOptions& options) {
  const int fd = ::socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return -1;
  const int on = 1;
  bool good = true;
  if (address.family() == AF_UNIX) {
    good = ::fchmod(fd, 0600) == 0;  // before bind: the file is never open to others
  } else {
    good = ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0;
    if (address.family() == AF_INET6) ::setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    if (options.reuse_port) {
      good = good && ::setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) == 0;
    }
  }
  if (good && ::bind(fd, address.get(), address.length) == 0 &&
      ::listen(fd, options.backlog) == 0) {
    return fd;
  }
  const int error = errno;
  ::close(fd);
  errno = error;
  return -1;
}

}  // namespace

Result<std::unique_ptr<Listener>> make_asio_listener(AsioLoop* loop, const Endpoint& at,
                                                     const ListenOptions& options) {
  IP_TRY(const std::vector<Address> addresses, resolve(at, true));
  if (addresses.empty()) {
    return make_error(Code::kInvalidArgument, at.to_string() + " has no address");
  }
  const Address& address = addresses.front();
  if (at.unix_socket) {
    IP_OK(remove_stale(at, address));
  }
  const std::string doing = "listening on " + at.to_string();
  const int fd = open_listening(address, options);
  if (fd < 0) return socket_error(errno, doing);
  Address bound;
  bound.length = sizeof bound.storage;
  if (::getsockname(fd, bound.get(), &bound.length) != 0) {
    ::close(fd);
    return socket_error(errno, doing);
  }
  IP_TRY(SocketRef socket, AsioSocket::create(loop, fd, bound.family()));
  return std::unique_ptr<Listener>(new AsioListener(std::move(socket), format_address(bound),
                                                    at.unix_socket ? at.host : std::string()));
}

Result<std::unique_ptr<Listener>> AsioLoop::listen(const Endpoint& at, ListenOptions options) {
  return make_asio_listener(this, at, options);
}

}  // namespace interposer::net
