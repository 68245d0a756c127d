#include <charconv>

#include "base/strings.h"
#include "http/codec.h"
#include "http/scan.h"

namespace interposer::http {
namespace {

// Framing and the connection are the codec's business, whatever a handler put into the headers.
bool ours(std::string_view name) {
  switch (name.size()) {
    case 7:
      return equals_ignore_case(name, "upgrade") || equals_ignore_case(name, "trailer");
    case 10:
      return equals_ignore_case(name, "connection") || equals_ignore_case(name, "keep-alive");
    case 14:
      return equals_ignore_case(name, "content-length");
    case 17:
      return equals_ignore_case(name, "transfer-encoding");
    default:
      return false;
  }
}

}  // namespace

void append_field(std::string& out, std::string_view name, std::string_view value) {
  if (!valid_token(name)) return;
  out.append(name);
  out.append(": ");
  for (std::size_t at = find_control(value); at != std::string_view::npos;
       at = find_control(value)) {
    out.append(value.substr(0, at));
    out.push_back(' ');
    value.remove_prefix(at + 1);
  }
  out.append(value);
  out.append("\r\n");
}

void append_status_line(std::string& out, int status) {
  char digits[12];
  const auto [end, failure] = std::to_chars(digits, digits + sizeof digits, status);
  out.append("HTTP/1.1 ");
  out.append(digits, end);
  out.push_back(' ');
  out.append(reason_phrase(status));
  out.append("\r\n");
}

void append_fields(std::string& out, const Headers& headers) {
  for (const auto& [name, value] : headers.items()) {
    if (!ours(name)) append_field(out, name, value);
  }
}

}  // namespace interposer::http
