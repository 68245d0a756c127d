#include "api/guard.h"

#include <algorithm>

#include "base/strings.h"

namespace interposer::api {
namespace {

// "host:8080", "[::1]:8080" -> without the port.
std::string_view without_port(std::string_view host) {
  if (host.starts_with('[')) return host.substr(0, host.find(']') + 1);
  return host.substr(0, host.find(':'));
}

bool all_digits_and_dots(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789.") == std::string_view::npos;
}

bool known_host(std::string_view host, const GuardOptions& options) {
  if (loopback_host(host)) return true;
  const std::string_view name = without_port(host);
  return std::any_of(options.hosts.begin(), options.hosts.end(), [&](const std::string& allowed) {
    return equals_ignore_case(allowed, name) || equals_ignore_case(allowed, host);
  });
}

Status check_host(const http::RequestHead& head, const GuardOptions& options) {
  const std::string_view host = head.headers.get("host").value_or("");
  if (known_host(host, options)) return {};
  return make_error(Code::kPermissionDenied,
                    "the Host '" + std::string(host) + "' is not one of this server's names",
                    "use a loopback address, or list the name under 'hosts' in interposer.yaml",
                    "foreign_host");
}

Error foreign_origin(std::string_view origin) {
  return make_error(Code::kPermissionDenied,
                    "requests from the page at '" + std::string(origin) + "' are refused",
                    "open the page that this server itself gives", "foreign_origin");
}

// Another port of the same machine is another origin: what listens there may be anybody's.
Status check_origin(const http::RequestHead& head) {
  if (const auto origin = head.headers.get("origin")) {
    const std::size_t scheme = origin->find("://");
    const std::string_view authority =
        scheme == std::string_view::npos ? std::string_view() : origin->substr(scheme + 3);
    const std::string_view host = head.headers.get("host").value_or("");
    if (authority.empty() || !equals_ignore_case(authority, host)) return foreign_origin(*origin);
  }
  const std::string_view path = head.path();
  const bool api = path.starts_with("/api/") || path.starts_with("/v1/");
  if (api && head.headers.get("sec-fetch-site") == std::string_view("cross-site")) {
    return foreign_origin("another site");
  }
  return {};
}

Status check_content(const http::RequestHead& head) {
  std::string_view wanted;
  if (head.method == "POST" || head.method == "PATCH") wanted = "application/json";
  if (head.method == "PUT") wanted = "application/octet-stream";
  if (wanted.empty()) return {};
  std::string_view type = head.headers.get("content-type").value_or("");
  type = trim(type.substr(0, type.find(';')));
  if (equals_ignore_case(type, wanted)) return {};
  return make_error(Code::kUnsupported,
                    "a " + head.method + " of type '" + std::string(type) + "' is refused",
                    "send Content-Type: " + std::string(wanted), "unsupported_media_type");
}

}  // namespace

bool loopback_host(std::string_view host) {
  const std::string_view name = without_port(host);
  if (equals_ignore_case(name, "localhost") || name == "[::1]") return true;
  return name.starts_with("127.") && all_digits_and_dots(name);
}

Status guard(const http::RequestHead& head, const GuardOptions& options, bool unix_socket) {
  if (!unix_socket) {
    IP_OK(check_host(head, options));
    IP_OK(check_origin(head));
  }
  return check_content(head);
}

std::optional<std::string_view> bearer_key(const http::RequestHead& head) {
  constexpr std::string_view kBearer = "bearer ";
  const auto authorization = head.headers.get("authorization");
  if (authorization && authorization->size() > kBearer.size() &&
      equals_ignore_case(authorization->substr(0, kBearer.size()), kBearer)) {
    return trim(authorization->substr(kBearer.size()));
  }
  return head.headers.get("x-api-key");
}

}  // namespace interposer::api
