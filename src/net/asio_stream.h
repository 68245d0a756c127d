// Sockets of the real loop (internal to net).
#pragma once

#include <memory>
#include <string>

#include "net/asio_loop.h"
#include "net/stream.h"

namespace interposer::net {

// Takes the file descriptor of a connected, non-blocking socket. `family` as of socket(2).
Result<std::unique_ptr<Stream>> make_asio_stream(AsioLoop* loop, int fd, int family);

Result<std::unique_ptr<Listener>> make_asio_listener(AsioLoop* loop, const Endpoint& at,
                                                     const ListenOptions& options);

Task<Result<std::unique_ptr<Stream>>> asio_connect(AsioLoop* loop, Endpoint to, TimePoint deadline);

}  // namespace interposer::net
