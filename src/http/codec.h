// HTTP/1.1 message heads, strictly (RFC 9110, RFC 9112): bytes in, values out, no input or output
// of its own. Whatever two implementations could read differently is refused: that is where request
// smuggling lives. A parser looks at all bytes that have come so far, so that feeding them in any
// pieces gives the same result as at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "http/message.h"

namespace interposer::http {

inline constexpr std::size_t kMaxTargetBytes = 16 * 1024;

// How the bytes after a head are to be read.
struct Framing {
  enum class Kind : std::uint8_t { kNone, kLength, kChunked, kUntilClose };
  Kind kind = Kind::kNone;
  std::uint64_t length = 0;  // of kLength, bytes
};

// The status that answers a parse error: 400, 413, 414, 417, 431, 501 or 505.
int status_of(const Error& error);

class RequestParser {
 public:
  explicit RequestParser(const Limits& limits) : limits_(limits) {}

  // `bytes` are all that came since the last head's end. Gives the head's length when it is
  // complete (the body starts there), 0 when more is needed.
  Result<std::size_t> parse(std::string_view bytes);

  RequestHead head;
  Framing framing;
  bool keep_alive = true;
  bool http_1_0 = false;
  bool expect_continue = false;

 private:
  Limits limits_;
  std::size_t scanned_ = 0;
};

class ResponseParser {
 public:
  // `head_request`: the answer to a HEAD has no body whatever its fields say.
  ResponseParser(const Limits& limits, bool head_request)
      : limits_(limits), head_request_(head_request) {}

  Result<std::size_t> parse(std::string_view bytes);  // as above

  ResponseHead head;
  Framing framing;
  bool keep_alive = true;

 private:
  Limits limits_;
  bool head_request_;
  std::size_t scanned_ = 0;
};

bool valid_token(std::string_view text);        // RFC 9110 5.6.2
bool valid_field_value(std::string_view text);  // no control characters but HTAB
// A comma-separated list that holds `token`, compared without case.
bool list_contains(std::string_view list, std::string_view token);

// Writers. What cannot stand in a field (line ends, control characters) is replaced by a space, so
// that a value never becomes a second field.
void append_field(std::string& out, std::string_view name, std::string_view value);
void append_status_line(std::string& out, int status);
void append_fields(std::string& out, const Headers& headers);  // but framing and connection fields

}  // namespace interposer::http
