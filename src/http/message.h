// The parts of HTTP/1.1 that the program speaks in (RFC 9110, RFC 9112).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace interposer::http {

// Header fields in order, names compared without case. Values are trimmed.
class Headers {
 public:
  void add(std::string name, std::string value) {
    items_.emplace_back(std::move(name), std::move(value));
  }
  void reserve(std::size_t count) { items_.reserve(count); }
  void set(std::string_view name, std::string value);  // replaces all of that name
  void remove(std::string_view name);
  std::optional<std::string_view> get(std::string_view name) const;  // the first
  bool has(std::string_view name) const { return get(name).has_value(); }
  const std::vector<std::pair<std::string, std::string>>& items() const { return items_; }

 private:
  std::vector<std::pair<std::string, std::string>> items_;
};

struct RequestHead {
  std::string method;
  std::string target;  // origin form, as it came: "/v1/models?x=1"
  Headers headers;
  std::string_view path() const;   // before '?', still percent-encoded
  std::string_view query() const;  // after '?'
  // The decoded value of a query parameter.
  std::optional<std::string> parameter(std::string_view name) const;
};

struct ResponseHead {
  int status = 200;
  Headers headers;
};

std::string_view reason_phrase(int status);

// Limits of every connection (server and client side).
struct Limits {
  std::size_t head_bytes = 64 * 1024;
  std::size_t header_fields = 128;
  std::size_t body_bytes = 32 * 1024 * 1024;    // of a body that is buffered whole
  std::size_t upload_bytes = 64 * 1024 * 1024;  // of a declared upload
};

}  // namespace interposer::http
