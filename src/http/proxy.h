// Which proxy an https request goes through (internal to http).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace interposer::http {

struct Proxy {
  std::string host;
  std::uint16_t port = 0;
  std::string authorization;  // value of Proxy-Authorization; empty without a user
};

// "http://[user:password@]host:port"; the scheme may be absent.
Result<Proxy> parse_proxy(std::string_view text);

// NO_PROXY as curl reads it: a comma-separated list of hosts and domains (with or without a leading
// dot; a domain covers its subdomains), each with an optional port; "*" means all. Loopback never
// goes through a proxy.
bool bypasses_proxy(std::string_view no_proxy, std::string_view host, std::uint16_t port);

}  // namespace interposer::http
