#include "net/asio_stream.h"

#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "net/address.h"
#include "net/asio_socket.h"
#include "net/errors.h"

namespace interposer::net {
namespace {

// After so many operations without a wait a stream lets others run, so that one fast peer cannot
// keep the loop for itself.
constexpr std::uint8_t kInlineOperations = 32;
constexpr std::size_t kMaxPieces = 64;  // of one system call

bool retry(int error) { return error == EAGAIN || error == EWOULDBLOCK || error == EINTR; }

class AsioStream final : public Stream {
 public:
  AsioStream(SocketRef socket, int family) : socket_(std::move(socket)), family_(family) {}
  ~AsioStream() override { socket_->close(); }

  Task<Status> wait_readable(TimePoint deadline) override;
  void cancel_wait() override;
  Task<Result<std::size_t>> read_some(std::span<char> into, TimePoint deadline) override;
  Task<Status> write(std::span<const std::string_view> pieces, TimePoint deadline) override;
  Result<std::size_t> try_read(std::span<char> into) override;
  void shutdown_write() override {
    if (!socket_->closed) ::shutdown(fd(), SHUT_WR);
  }
  void close() override { socket_->close(); }
  std::string peer() const override;
  int peer_uid() const override;

 private:
  int fd() const { return socket_->fd(); }
  // After a wait: an error, or nothing when the operation is to be looked at or tried again.
  Status outcome(const SocketSlot& slot, std::string_view doing) const;

  SocketRef socket_;
  const int family_;
  bool waiting_ = false;  // in wait_readable
  bool wait_cancelled_ = false;
};

Status AsioStream::outcome(const SocketSlot& slot, std::string_view doing) const {
  if (socket_->closed) return closed_error();
  if (slot.expired) return deadline_error(doing);
  if (slot.error != 0 && slot.error != ECANCELED) return socket_error(slot.error, doing);
  return {};
}

void AsioStream::cancel_wait() {
  if (!waiting_) return;
  wait_cancelled_ = true;
  socket_->cancel();
}

Task<Status> AsioStream::wait_readable(TimePoint deadline) {
  const SocketRef socket = socket_;
  wait_cancelled_ = false;
  for (;;) {
    if (socket->closed) co_return closed_error();
    waiting_ = true;
    co_await SocketAwaiter{socket.get(), &socket->reading, Await::kReadable, {}, deadline};
    if (socket->closed) co_return closed_error();  // and this stream may be gone
    waiting_ = false;
    if (wait_cancelled_) co_return closed_error();
    const SocketSlot& slot = socket->reading;
    if (!slot.expired && slot.error == 0) {
      socket->likely_readable = true;
      co_return Status{};
    }
    Status failed = outcome(slot, "waiting for the peer");
    if (!failed) co_return failed;
  }
}

Task<Result<std::size_t>> AsioStream::read_some(std::span<char> into, TimePoint deadline) {
  const SocketRef socket = socket_;
  for (;;) {
    if (socket->closed) co_return closed_error();
    if (socket->likely_readable && socket->inline_operations < kInlineOperations) {
      socket->inline_operations += 1;
      const ssize_t got = ::recv(fd(), into.data(), into.size(), MSG_DONTWAIT);
      socket->likely_readable = got == static_cast<ssize_t>(into.size());
      if (got >= 0) co_return static_cast<std::size_t>(got);
      if (!retry(errno)) co_return socket_error(errno, "reading");
    }
    co_await SocketAwaiter{socket.get(), &socket->reading, Await::kReceive, into, deadline};
    const SocketSlot& slot = socket->reading;
    if (slot.error == 0 && !socket->closed) {
      socket->likely_readable = slot.bytes == into.size();
      co_return slot.bytes;
    }
    Status failed = outcome(slot, "reading");
    if (!failed) co_return std::move(failed).error();
  }
}

Result<std::size_t> AsioStream::try_read(std::span<char> into) {
  if (socket_->closed) return closed_error();
  const ssize_t got = ::recv(fd(), into.data(), into.size(), MSG_DONTWAIT);
  if (got >= 0) return static_cast<std::size_t>(got);
  if (retry(errno)) return would_block_error();
  return socket_error(errno, "reading");
}

// Takes `sent` bytes off the front of the pieces that are left.
void consume(std::array<iovec, kMaxPieces>& pieces, std::size_t& first, std::size_t count,
             std::size_t sent) {
  while (first < count && sent >= pieces[first].iov_len) {
    sent -= pieces[first].iov_len;
    first += 1;
  }
  if (first < count) {
    pieces[first].iov_base = static_cast<char*>(pieces[first].iov_base) + sent;
    pieces[first].iov_len -= sent;
  }
}

// Tries to hand everything to the kernel now. 0 when done, else errno; `first` has moved on.
int send_now(int fd, std::array<iovec, kMaxPieces>& pieces, std::size_t& first, std::size_t count) {
  while (first < count) {
    msghdr message{};
    message.msg_iov = &pieces[first];
    message.msg_iovlen = count - first;
    const ssize_t sent = ::sendmsg(fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) return errno;
    consume(pieces, first, count, static_cast<std::size_t>(sent));
  }
  return 0;
}

Task<Status> AsioStream::write(std::span<const std::string_view> all, TimePoint deadline) {
  const SocketRef socket = socket_;
  while (!all.empty()) {
    std::array<iovec, kMaxPieces> pieces;
    std::size_t count = 0;
    for (; count < std::min(all.size(), kMaxPieces); ++count) {
      pieces[count].iov_base = const_cast<char*>(all[count].data());
      pieces[count].iov_len = all[count].size();
    }
    all = all.subspan(count);
    std::size_t first = 0;
    for (;;) {
      if (socket->closed) co_return closed_error();
      if (socket->inline_operations < kInlineOperations) {
        socket->inline_operations += 1;
        const int error = send_now(fd(), pieces, first, count);
        if (error == 0) break;
        if (!retry(error)) co_return socket_error(error, "writing");
      }
      co_await SocketAwaiter{socket.get(), &socket->writing, Await::kWritable, {}, deadline};
      Status failed = outcome(socket->writing, "writing");
      if (!failed) co_return failed;
    }
  }
  co_return Status{};
}

std::string AsioStream::peer() const {
  if (socket_->closed) return "closed";
  if (family_ == AF_UNIX) return "unix:uid=" + std::to_string(peer_uid());
  Address address;
  address.length = sizeof address.storage;
  if (::getpeername(fd(), address.get(), &address.length) != 0) return "gone";
  return format_address(address);
}

int AsioStream::peer_uid() const {
  if (family_ != AF_UNIX || socket_->closed) return -1;
  ucred credentials{};
  socklen_t length = sizeof credentials;
  if (::getsockopt(fd(), SOL_SOCKET, SO_PEERCRED, &credentials, &length) != 0) return -1;
  return static_cast<int>(credentials.uid);
}

}  // namespace

Result<std::unique_ptr<Stream>> make_asio_stream(AsioLoop* loop, int fd, int family) {
  IP_TRY(SocketRef socket, AsioSocket::create(loop, fd, family));
  return std::unique_ptr<Stream>(new AsioStream(std::move(socket), family));
}

}  // namespace interposer::net
