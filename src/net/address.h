// Socket addresses of the operating system (internal to net).
#pragma once

#include <sys/socket.h>

#include <string>
#include <vector>

#include "base/result.h"
#include "net/loop.h"

namespace interposer::net {

struct Address {
  sockaddr_storage storage{};
  socklen_t length = 0;

  int family() const { return storage.ss_family; }
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
  sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
};

// Addresses written as such, and unix sockets, never block; empty when `e` holds a name.
std::vector<Address> literal_address(const Endpoint& e);

// Asks the system's resolver: blocks. At most eight addresses.
Result<std::vector<Address>> resolve(const Endpoint& e, bool passive);

std::string format_address(const Address& address);  // "127.0.0.1:80", "unix:/path"

}  // namespace interposer::net
