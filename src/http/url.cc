#include <charconv>

#include "base/strings.h"
#include "http/client.h"

namespace interposer::http {
namespace {

Error bad(std::string_view text, std::string_view why) {
  // The text may hold a password: only its scheme and length are said.
  return make_error(Code::kInvalidArgument,
                    "not a URL (" + std::string(why) +
                        "): " + std::string(text.substr(0, text.find("://"))) + "://...",
                    "write it as http://host:port/path or https://host/path");
}

}  // namespace

Result<Url> Url::parse(std::string_view text) {
  Url out;
  const std::size_t scheme_end = text.find("://");
  if (scheme_end == std::string_view::npos) return bad("", "no scheme");
  out.scheme = to_lower(text.substr(0, scheme_end));
  if (out.scheme != "http" && out.scheme != "https") return bad(text, "unknown scheme");
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= 0x20 || byte >= 0x7f) return bad(text, "a space, control or non-ASCII character");
  }
  const std::string_view rest = text.substr(scheme_end + 3);
  const std::size_t slash = rest.find_first_of("/?#");
  const std::string_view authority = rest.substr(0, slash);
  std::string_view path = slash == std::string_view::npos ? "" : rest.substr(slash);
  path = path.substr(0, path.find('#'));
  out.path = path.starts_with('/') ? std::string(path) : "/" + std::string(path);
  if (authority.find('@') != std::string_view::npos) return bad(text, "a user or password in it");
  std::string_view host = authority;
  std::string_view port;
  const std::size_t colon = authority.rfind(':');
  const std::size_t bracket = authority.rfind(']');
  if (colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket)) {
    host = authority.substr(0, colon);
    port = authority.substr(colon + 1);
    if (port.empty()) return bad(text, "no port after the colon");
  }
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (host.empty() || host.find_first_of("[]\\") != std::string_view::npos) {
    return bad(text, "no host");
  }
  out.host = to_lower(host);
  out.port = out.scheme == "https" ? 443 : 80;
  if (!port.empty()) {
    const auto [end, failure] = std::from_chars(port.data(), port.data() + port.size(), out.port);
    if (failure != std::errc() || end != port.data() + port.size() || out.port == 0) {
      return bad(text, "a bad port");
    }
  }
  return out;
}

std::string Url::to_string() const {
  if (scheme == "unix") return "unix:" + host + path;
  const bool v6 = host.find(':') != std::string::npos;
  const bool usual = (scheme == "https" && port == 443) || (scheme == "http" && port == 80);
  return scheme + "://" + (v6 ? "[" + host + "]" : host) +
         (usual ? std::string() : ":" + std::to_string(port)) + path;
}

}  // namespace interposer::http
