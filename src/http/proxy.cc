#include "http/proxy.h"

#include <cstdlib>

#include "base/strings.h"
#include "http/client.h"
#include "net/loop.h"

namespace interposer::http {
namespace {

std::string base64(std::string_view bytes) {
  static constexpr char kDigits[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t group = 0;
    for (std::size_t j = 0; j < 3; ++j) {
      group = group << 8 | (i + j < bytes.size() ? static_cast<unsigned char>(bytes[i + j]) : 0u);
    }
    for (std::size_t j = 0; j < 4; ++j) {
      out.push_back(i + j <= bytes.size() ? kDigits[(group >> (18 - 6 * j)) & 63] : '=');
    }
  }
  return out;
}

std::string environment(const char* upper, const char* lower) {
  if (const char* const value = std::getenv(upper); value != nullptr && *value != 0) return value;
  const char* const value = std::getenv(lower);
  return value == nullptr ? "" : value;
}

}  // namespace

ClientOptions client_options_from_environment() {
  ClientOptions out;
  out.proxy = environment("HTTPS_PROXY", "https_proxy");
  out.no_proxy = environment("NO_PROXY", "no_proxy");
  return out;
}

Result<Proxy> parse_proxy(std::string_view text) {
  if (text.starts_with("https://")) {
    return make_error(Code::kUnsupported, "the proxy's address begins with https://",
                      "use a proxy that is reached by http://");
  }
  if (text.starts_with("http://")) text.remove_prefix(7);
  while (text.ends_with('/')) text.remove_suffix(1);
  Proxy out;
  if (const std::size_t at = text.rfind('@'); at != std::string_view::npos) {
    out.authorization = "Basic " + base64(percent_decode(text.substr(0, at)));
    text.remove_prefix(at + 1);
  }
  Result<net::Endpoint> endpoint = net::Endpoint::parse(text);
  if (!endpoint) return std::move(endpoint).error().within("the proxy's address");
  out.host = endpoint->host;
  out.port = endpoint->port;
  return out;
}

bool bypasses_proxy(std::string_view no_proxy, std::string_view host, std::uint16_t port) {
  net::Endpoint endpoint;
  endpoint.host = std::string(host);
  if (endpoint.loopback()) return true;
  for (std::string_view entry : split(no_proxy, ',')) {
    entry = trim(entry);
    if (entry == "*") return true;
    const std::size_t colon = entry.rfind(':');
    if (colon != std::string_view::npos && entry.find(':') == colon) {
      if (entry.substr(colon + 1) != std::to_string(port)) continue;
      entry = entry.substr(0, colon);
    }
    if (entry.starts_with('*')) entry.remove_prefix(1);
    if (entry.starts_with('.')) entry.remove_prefix(1);
    if (entry.empty() || host.size() < entry.size()) continue;
    const std::size_t before = host.size() - entry.size();
    if (!equals_ignore_case(host.substr(before), entry)) continue;
    if (before == 0 || host[before - 1] == '.') return true;
  }
  return false;
}

}  // namespace interposer::http
