#include <unicode/ucnv.h>
#include <unicode/unistr.h>

#include <algorithm>

#include "base/hex.h"
#include "base/strings.h"
#include "base/utf8.h"
#include "knowledge/parse/parsed.h"

namespace interposer::knowledge {
namespace {

// The first byte that starts no code point, or text.size().
std::size_t first_malformed(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    if (static_cast<unsigned char>(text[at]) < 0x80) {
      ++at;
      continue;
    }
    const std::size_t n = utf8_length(text.substr(at));
    if (n == 0) return at;
    at += n;
  }
  return at;
}

std::string from_utf16(std::string_view bytes, bool little) {
  icu::UnicodeString units;
  for (std::size_t i = 2; i + 1 < bytes.size(); i += 2) {
    const auto a = static_cast<unsigned char>(bytes[i]);
    const auto b = static_cast<unsigned char>(bytes[i + 1]);
    units.append(static_cast<char16_t>(little ? a | b << 8 : a << 8 | b));
  }
  std::string out;
  units.toUTF8String(out);  // unpaired surrogates become U+FFFD
  return out;
}

}  // namespace

Result<std::string> decode_text(const std::string& name, std::string_view bytes) {
  if (bytes.starts_with("\xFF\xFE")) return from_utf16(bytes, true);
  if (bytes.starts_with("\xFE\xFF")) return from_utf16(bytes, false);
  if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
  const std::size_t nul = bytes.find('\0');
  if (nul != std::string_view::npos)
    return make_error(
        Code::kInvalidArgument,
        name + " is a binary file, not text (a NUL at byte " + std::to_string(nul) + ")",
        "give it the extension of what it is, or export it as text or PDF", "binary_file");
  const std::size_t bad = first_malformed(bytes);
  if (bad < bytes.size())
    return make_error(Code::kInvalidArgument,
                      name + " is not UTF-8: byte " + std::to_string(bad) + " is 0x" +
                          to_hex(bytes.substr(bad, 1)),
                      "convert it, e.g.: iconv -f WINDOWS-1252 -t UTF-8 FILE > NEW",
                      "invalid_utf8");
  return std::string(bytes);
}

namespace {

// The encoding that a page declares within its first bytes, in lower case; empty without one.
std::string declared_encoding(std::string_view bytes) {
  const std::string head = to_lower(bytes.substr(0, 4096));
  const auto at = head.find("charset=");
  if (at == std::string::npos) return {};
  std::size_t start = at + 8;
  while (start < head.size() && (head[start] == '"' || head[start] == '\'')) ++start;
  const auto end = head.find_first_of("\"'>; /", start);
  return end == std::string::npos ? std::string() : head.substr(start, end - start);
}

}  // namespace

Result<std::string> decode_html(const std::string& name, std::string_view bytes) {
  auto plain = decode_text(name, bytes);
  if (plain) return plain;
  const std::string encoding = declared_encoding(bytes);
  if (encoding.empty() || encoding == "utf-8" || plain.error().kind == "binary_file") return plain;
  UErrorCode code = U_ZERO_ERROR;
  UConverter* converter = ucnv_open(encoding.c_str(), &code);
  if (U_FAILURE(code)) return plain;
  const icu::UnicodeString units(bytes.data(), static_cast<std::int32_t>(bytes.size()), converter,
                                 code);
  ucnv_close(converter);
  if (U_FAILURE(code)) return plain;
  std::string out;
  units.toUTF8String(out);
  return out;
}

std::string title_from_name(std::string_view name) {
  const auto slash = name.rfind('/');
  if (slash != std::string_view::npos) name.remove_prefix(slash + 1);
  const auto dot = name.rfind('.');
  if (dot != std::string_view::npos && dot > 0) name = name.substr(0, dot);
  std::string title(name);
  std::replace(title.begin(), title.end(), '_', ' ');
  return title;
}

}  // namespace interposer::knowledge
