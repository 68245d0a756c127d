// Keeps web pages from driving a server that needs no key: DNS rebinding (Host), other sites'
// scripts (Origin, Sec-Fetch-Site), and forms, which can POST anywhere but not as JSON
// (Content-Type).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "http/message.h"

namespace interposer::api {

struct GuardOptions {
  std::vector<std::string> hosts;  // names beside loopback that may stand in Host, without port
};

// True for "localhost", 127.0.0.0/8 and [::1], with or without a port.
bool loopback_host(std::string_view host);

// kPermissionDenied (403), kind "foreign_host" or "foreign_origin"; kUnsupported, kind
// "unsupported_media_type" (415). A unix socket has no web pages: only the content type is looked
// at.
Status guard(const http::RequestHead& head, const GuardOptions& options, bool unix_socket);

// "Authorization: Bearer KEY", else "x-api-key: KEY"; nullopt: none given.
std::optional<std::string_view> bearer_key(const http::RequestHead& head);

}  // namespace interposer::api
