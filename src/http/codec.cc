#include "http/codec.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

#include "base/strings.h"
#include "http/scan.h"

namespace interposer::http {
namespace {

constexpr auto kTokenBytes = [] {
  std::array<bool, 256> table{};
  for (unsigned c = '0'; c <= '9'; ++c) table[c] = true;
  for (unsigned c = 'a'; c <= 'z'; ++c) table[c] = true;
  for (unsigned c = 'A'; c <= 'Z'; ++c) table[c] = true;
  for (const char c :
       {'!', '#', '$', '%', '&', '\'', '*', '+', '-', '.', '^', '_', '`', '|', '~'}) {
    table[static_cast<unsigned char>(c)] = true;
  }
  return table;
}();

Error bad(std::string message) {
  return make_error(Code::kInvalidArgument, std::move(message), {}, "http_400");
}

Error refused(Code code, std::string message, std::string kind) {
  return make_error(code, std::move(message), {}, std::move(kind));
}

Error too_large(std::size_t limit) {
  return refused(Code::kTooLarge, "the head is over " + std::to_string(limit) + " bytes",
                 "http_431");
}

// Finds the empty line that ends a head, from `scanned` on; 0 when it has not come. Every line must
// end in CRLF.
Result<std::size_t> find_end(std::string_view bytes, std::size_t& scanned, const Limits& limits) {
  while (scanned < bytes.size()) {
    const void* const found = std::memchr(bytes.data() + scanned, '\n', bytes.size() - scanned);
    if (found == nullptr) break;
    const auto at = static_cast<std::size_t>(static_cast<const char*>(found) - bytes.data());
    if (at >= limits.head_bytes) return too_large(limits.head_bytes);
    if (at == 0 || bytes[at - 1] != '\r') return bad("a line ends in LF without CR");
    scanned = at + 1;
    if (at >= 3 && bytes[at - 2] == '\n') return at + 1;
  }
  if (bytes.size() > limits.head_bytes) return too_large(limits.head_bytes);
  return std::size_t{0};
}

// The next line without its CRLF; the text is known to hold one.
std::string_view take_line(std::string_view& text) {
  const std::size_t end = text.find("\r\n");
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end + 2);
  return line;
}

std::string_view trim_blanks(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// The fields that decide about framing and the connection, seen while parsing.
struct Special {
  int content_lengths = 0;
  int transfer_encodings = 0;
  int hosts = 0;
  std::string_view content_length;
  std::string_view transfer_encoding;
  std::string_view host;
  std::string_view expect;
  bool close = false;
  bool keep_alive = false;
};

void note_special(Special& special, std::string_view name, std::string_view value) {
  // The length tells most fields apart without comparing.
  switch (name.size()) {
    case 4:
      if (!equals_ignore_case(name, "host")) return;
      special.hosts += 1;
      special.host = value;
      return;
    case 6:
      if (equals_ignore_case(name, "expect")) special.expect = value;
      return;
    case 10:
      if (!equals_ignore_case(name, "connection")) return;
      special.close = special.close || list_contains(value, "close");
      special.keep_alive = special.keep_alive || list_contains(value, "keep-alive");
      return;
    case 14:
      if (!equals_ignore_case(name, "content-length")) return;
      special.content_lengths += 1;
      special.content_length = value;
      return;
    case 17:
      if (!equals_ignore_case(name, "transfer-encoding")) return;
      special.transfer_encodings += 1;
      special.transfer_encoding = value;
      return;
    default:
      return;
  }
}

// `text` holds the field lines and the empty line.
Status parse_fields(std::string_view text, const Limits& limits, Headers& out, Special& special) {
  constexpr std::size_t kUsualFields = 16;
  out.reserve(std::min(kUsualFields, limits.header_fields));
  std::size_t count = 0;
  for (;;) {
    const std::string_view line = take_line(text);
    if (line.empty()) return {};
    if (++count > limits.header_fields) {
      return refused(Code::kTooLarge,
                     "more than " + std::to_string(limits.header_fields) + " header fields",
                     "http_431");
    }
    if (line[0] == ' ' || line[0] == '\t') return bad("a folded header field");
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return bad("a header field without a colon");
    const std::string_view name = line.substr(0, colon);
    const std::string_view value = trim_blanks(line.substr(colon + 1));
    if (!valid_token(name)) return bad("a header field's name is not a token");
    if (find_control(value) != std::string_view::npos) {
      return bad("a control character in the header field " + std::string(name));
    }
    note_special(special, name, value);
    out.add(std::string(name), std::string(value));
  }
}

Result<Framing> read_framing(const Special& special, bool http_1_0) {
  Framing framing;
  if (special.transfer_encodings > 0) {
    if (special.content_lengths > 0) return bad("Content-Length beside Transfer-Encoding");
    if (http_1_0) return bad("Transfer-Encoding in HTTP/1.0");
    if (special.transfer_encodings > 1 ||
        !equals_ignore_case(special.transfer_encoding, "chunked")) {
      return refused(Code::kUnsupported, "a transfer encoding other than chunked", "http_501");
    }
    framing.kind = Framing::Kind::kChunked;
    return framing;
  }
  if (special.content_lengths == 0) return framing;
  if (special.content_lengths > 1) return bad("more than one Content-Length");
  constexpr std::size_t kMaxDigits = 18;  // below 2^63
  const std::string_view text = special.content_length;
  const bool digits = text.find_first_not_of("0123456789") == std::string_view::npos;
  if (text.empty() || text.size() > kMaxDigits || !digits) return bad("a bad Content-Length");
  std::from_chars(text.data(), text.data() + text.size(), framing.length);
  framing.kind = Framing::Kind::kLength;
  return framing;
}

bool valid_host(std::string_view host) {
  if (host.empty()) return false;
  for (const char c : host) {
    const bool good = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                      std::string_view("-._~:[]%!$&'()*+,;=").find(c) != std::string_view::npos;
    if (!good) return false;
  }
  return true;
}

// Turns "http://host/path" into "/path"; its host must be the Host field's.
Status origin_form(std::string& target, const std::string& method, std::string_view host) {
  if (target.starts_with('/')) return {};
  if (target == "*" && method == "OPTIONS") return {};
  std::string_view rest = target;
  if (rest.size() < 8) return bad("the request target is not a path");
  if (equals_ignore_case(rest.substr(0, 7), "http://"))
    rest.remove_prefix(7);
  else if (equals_ignore_case(rest.substr(0, 8), "https://"))
    rest.remove_prefix(8);
  else
    return bad("the request target is not a path");
  const std::size_t slash = rest.find_first_of("/?");
  if (!equals_ignore_case(rest.substr(0, slash), host)) {
    return bad("the request target names another host than Host");
  }
  std::string path(slash == std::string_view::npos ? "" : rest.substr(slash));
  if (!path.starts_with('/')) path.insert(path.begin(), '/');
  target = std::move(path);
  return {};
}

Result<bool> parse_version(std::string_view text) {
  if (text == "HTTP/1.1") return false;
  if (text == "HTTP/1.0") return true;
  const bool version = text.size() == 8 && text.starts_with("HTTP/") && text[6] == '.' &&
                       text[5] >= '0' && text[5] <= '9' && text[7] >= '0' && text[7] <= '9';
  if (!version) return bad("a bad HTTP version");
  return refused(Code::kUnsupported, "HTTP versions other than 1.0 and 1.1", "http_505");
}

Status parse_request_line(std::string_view line, RequestHead& head, bool& http_1_0) {
  const std::size_t first = line.find(' ');
  const std::size_t last = line.rfind(' ');
  if (first == std::string_view::npos || first == last) return bad("a bad request line");
  const std::string_view method = line.substr(0, first);
  const std::string_view target = line.substr(first + 1, last - first - 1);
  if (!valid_token(method)) return bad("the method is not a token");
  if (target.empty()) return bad("an empty request target");
  if (target.size() > kMaxTargetBytes) {
    return refused(Code::kTooLarge,
                   "the request target is over " + std::to_string(kMaxTargetBytes) + " bytes",
                   "http_414");
  }
  for (const char c : target) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= 0x20 || byte >= 0x7f || byte == '#') return bad("a bad byte in the request target");
  }
  IP_TRY(http_1_0, parse_version(line.substr(last + 1)));
  head.method = std::string(method);
  head.target = std::string(target);
  return {};
}

}  // namespace

int status_of(const Error& error) {
  int status = 400;
  if (error.kind.starts_with("http_")) {
    std::from_chars(error.kind.data() + 5, error.kind.data() + error.kind.size(), status);
  }
  return status;
}

bool valid_token(std::string_view text) {
  for (const char c : text) {
    if (!kTokenBytes[static_cast<unsigned char>(c)]) return false;
  }
  return !text.empty();
}

bool valid_field_value(std::string_view text) {
  return find_control(text) == std::string_view::npos;
}

bool list_contains(std::string_view list, std::string_view token) {
  for (;;) {
    const std::size_t comma = list.find(',');
    if (equals_ignore_case(trim_blanks(list.substr(0, comma)), token)) return true;
    if (comma == std::string_view::npos) return false;
    list.remove_prefix(comma + 1);
  }
}

Result<std::size_t> RequestParser::parse(std::string_view bytes) {
  // One empty line before a request is forgiven (RFC 9112 2.2).
  const std::size_t skip = bytes.starts_with("\r\n") ? 2 : 0;
  IP_TRY(const std::size_t end, find_end(bytes.substr(skip), scanned_, limits_));
  if (end == 0) return std::size_t{0};
  std::string_view text = bytes.substr(skip, end);
  IP_OK(parse_request_line(take_line(text), head, http_1_0));
  Special special;
  IP_OK(parse_fields(text, limits_, head.headers, special));
  if (special.hosts > 1) return bad("more than one Host");
  if (special.hosts == 0 && !http_1_0) return bad("Host is missing");
  if (special.hosts == 1 && !valid_host(special.host)) return bad("a bad Host");
  if (head.method == "CONNECT") {
    return refused(Code::kUnsupported, "CONNECT is not served", "http_501");
  }
  IP_OK(origin_form(head.target, head.method, special.host));
  IP_TRY(framing, read_framing(special, http_1_0));
  if (!special.expect.empty()) {
    if (!equals_ignore_case(special.expect, "100-continue")) {
      return refused(Code::kUnsupported, "an unknown expectation", "http_417");
    }
    expect_continue = !http_1_0 && framing.kind != Framing::Kind::kNone;
  }
  keep_alive = http_1_0 ? special.keep_alive && !special.close : !special.close;
  return skip + end;
}

Result<std::size_t> ResponseParser::parse(std::string_view bytes) {
  IP_TRY(const std::size_t end, find_end(bytes, scanned_, limits_));
  if (end == 0) return std::size_t{0};
  std::string_view text = bytes.substr(0, end);
  const std::string_view line = take_line(text);
  if (line.size() < 12 || line[8] != ' ') return bad("a bad status line");
  IP_TRY(const bool http_1_0, parse_version(line.substr(0, 8)));
  const auto [stop, failure] = std::from_chars(line.data() + 9, line.data() + 12, head.status);
  const bool spaced = line.size() == 12 || line[12] == ' ';
  if (failure != std::errc() || stop != line.data() + 12 || head.status < 100 || !spaced) {
    return bad("a bad status line");
  }
  if (find_control(line) != std::string_view::npos) return bad("a bad status line");
  Special special;
  IP_OK(parse_fields(text, limits_, head.headers, special));
  IP_TRY(framing, read_framing(special, http_1_0));
  const bool bodiless =
      head_request_ || head.status < 200 || head.status == 204 || head.status == 304;
  if (bodiless)
    framing = Framing{};
  else if (framing.kind == Framing::Kind::kNone)
    framing.kind = Framing::Kind::kUntilClose;
  keep_alive = http_1_0 ? special.keep_alive && !special.close : !special.close;
  if (framing.kind == Framing::Kind::kUntilClose) keep_alive = false;
  return end;
}

}  // namespace interposer::http
