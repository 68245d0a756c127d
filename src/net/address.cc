#include "net/address.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <cstring>

namespace interposer::net {

std::vector<Address> literal_address(const Endpoint& e) {
  Address out;
  if (e.unix_socket) {
    auto* const un = reinterpret_cast<sockaddr_un*>(&out.storage);
    if (e.host.size() >= sizeof un->sun_path) return {};
    un->sun_family = AF_UNIX;
    std::memcpy(un->sun_path, e.host.c_str(), e.host.size() + 1);
    out.length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + e.host.size() + 1);
    return {out};
  }
  auto* const v4 = reinterpret_cast<sockaddr_in*>(&out.storage);
  if (inet_pton(AF_INET, e.host.c_str(), &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
    v4->sin_port = htons(e.port);
    out.length = sizeof *v4;
    return {out};
  }
  auto* const v6 = reinterpret_cast<sockaddr_in6*>(&out.storage);
  if (inet_pton(AF_INET6, e.host.c_str(), &v6->sin6_addr) == 1) {
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(e.port);
    out.length = sizeof *v6;
    return {out};
  }
  return {};
}

Result<std::vector<Address>> resolve(const Endpoint& e, bool passive) {
  constexpr std::size_t kMaxAddresses = 8;
  std::vector<Address> out = literal_address(e);
  if (!out.empty()) return out;
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = passive ? AI_PASSIVE : AI_ADDRCONFIG;
  addrinfo* found = nullptr;
  const int failure = ::getaddrinfo(e.host.c_str(), std::to_string(e.port).c_str(), &hints, &found);
  if (failure != 0) {
    return make_error(Code::kUnavailable,
                      "the name " + e.host + " cannot be resolved: " + ::gai_strerror(failure),
                      "check the name and this machine's DNS", "resolve");
  }
  for (const addrinfo* at = found; at != nullptr && out.size() < kMaxAddresses; at = at->ai_next) {
    Address address;
    std::memcpy(&address.storage, at->ai_addr, at->ai_addrlen);
    address.length = at->ai_addrlen;
    out.push_back(address);
  }
  ::freeaddrinfo(found);
  return out;
}

std::string format_address(const Address& address) {
  Endpoint e;
  char text[INET6_ADDRSTRLEN] = {};
  if (address.family() == AF_UNIX) {
    e.unix_socket = true;
    e.host = reinterpret_cast<const sockaddr_un*>(&address.storage)->sun_path;
  } else if (address.family() == AF_INET) {
    const auto* const v4 = reinterpret_cast<const sockaddr_in*>(&address.storage);
    e.host = inet_ntop(AF_INET, &v4->sin_addr, text, sizeof text);
    e.port = ntohs(v4->sin_port);
  } else {
    const auto* const v6 = reinterpret_cast<const sockaddr_in6*>(&address.storage);
    e.host = inet_ntop(AF_INET6, &v6->sin6_addr, text, sizeof text);
    e.port = ntohs(v6->sin6_port);
  }
  return e.to_string();
}

}  // namespace interposer::net
