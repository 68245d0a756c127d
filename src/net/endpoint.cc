#include <charconv>

#include "base/strings.h"
#include "net/loop.h"

namespace interposer::net {
namespace {

constexpr std::string_view kUnixPrefix = "unix:";
constexpr std::size_t kMaxUnixPath = 107;  // bytes (sockaddr_un)

Error bad(std::string_view text, std::string message) {
  return make_error(Code::kInvalidArgument,
                    "address '" + std::string(text) + "': " + std::move(message),
                    "write it as 127.0.0.1:8080, [::1]:8080 or unix:/path");
}

}  // namespace

Result<Endpoint> Endpoint::parse(std::string_view text) {
  Endpoint out;
  if (text.starts_with(kUnixPrefix)) {
    out.host = std::string(text.substr(kUnixPrefix.size()));
    out.unix_socket = true;
    if (out.host.empty()) return bad(text, "no path");
    if (out.host.size() > kMaxUnixPath) return bad(text, "the path is over 107 bytes");
    return out;
  }
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return bad(text, "no port");
  std::string_view host = text.substr(0, colon);
  const std::string_view port = text.substr(colon + 1);
  const bool bracketed = host.starts_with('[') && host.ends_with(']') && host.size() > 2;
  if (bracketed) host = host.substr(1, host.size() - 2);
  if (host.empty()) return bad(text, "no host");
  if (!bracketed && host.find(':') != std::string_view::npos) {
    return bad(text, "an IPv6 address stands in brackets");
  }
  if (host.find_first_of("[]/ \t\r\n") != std::string_view::npos) return bad(text, "not a host");
  const auto [end, failure] = std::from_chars(port.data(), port.data() + port.size(), out.port);
  if (failure != std::errc() || end != port.data() + port.size()) {
    return bad(text, "the port is not a number from 0 to 65535");
  }
  out.host = std::string(host);
  return out;
}

std::string Endpoint::to_string() const {
  if (unix_socket) return std::string(kUnixPrefix) + host;
  const bool v6 = host.find(':') != std::string::npos;
  return (v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

bool Endpoint::loopback() const {
  if (unix_socket || host == "::1" || equals_ignore_case(host, "localhost")) return true;
  // 127.0.0.0/8, written as an address: a name that only starts so is not one.
  return host.starts_with("127.") && host.find_first_not_of("0123456789.") == std::string::npos;
}

}  // namespace interposer::net
