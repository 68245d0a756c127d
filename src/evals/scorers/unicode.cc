#include "evals/scorers/unicode.h"

#include <unicode/locid.h>
#include <unicode/regex.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <memory>

namespace interposer::evals {
namespace {

constexpr std::int32_t kRegexTimeLimit = 100'000;  // ICU's steps; some hundred milliseconds

icu::UnicodeString to_icu(std::u32string_view text) {
  return icu::UnicodeString::fromUTF32(reinterpret_cast<const UChar32*>(text.data()),
                                       static_cast<std::int32_t>(text.size()));
}

std::u32string from_icu(const icu::UnicodeString& text) {
  std::u32string out;
  out.reserve(static_cast<std::size_t>(text.length()));
  for (std::int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1)) {
    out.push_back(static_cast<char32_t>(text.char32At(i)));
  }
  return out;
}

}  // namespace

std::u32string decode(std::string_view utf8) {
  return from_icu(icu::UnicodeString::fromUTF8(
      icu::StringPiece(utf8.data(), static_cast<std::int32_t>(utf8.size()))));
}

std::string encode(std::u32string_view text) {
  std::string out;
  to_icu(text).toUTF8String(out);
  return out;
}

bool is_python_space(char32_t c) {
  const auto point = static_cast<UChar32>(c);
  return u_isUWhiteSpace(point) || (c >= 0x1c && c <= 0x1f);
}

bool is_python_word(char32_t c) {
  const auto point = static_cast<UChar32>(c);
  return c == U'_' || (U_MASK(u_charType(point)) & U_GC_L_MASK) != 0 ||
         u_getNumericValue(point) != U_NO_NUMERIC_VALUE;
}

std::u32string_view strip(std::u32string_view text) {
  while (!text.empty() && is_python_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_python_space(text.back())) text.remove_suffix(1);
  return text;
}

std::u32string lower(std::u32string_view text) {
  return from_icu(to_icu(text).toLower(icu::Locale::getRoot()));
}

std::vector<std::u32string_view> split_at(std::u32string_view text, std::u32string_view separator) {
  std::vector<std::u32string_view> parts;
  for (;;) {
    const std::size_t at = text.find(separator);
    parts.push_back(text.substr(0, at));
    if (at == text.npos) return parts;
    text.remove_prefix(at + separator.size());
  }
}

std::vector<std::u32string_view> split_space(std::u32string_view text) {
  std::vector<std::u32string_view> words;
  for (std::size_t at = 0; at < text.size();) {
    if (is_python_space(text[at])) {
      ++at;
      continue;
    }
    const std::size_t start = at;
    while (at < text.size() && !is_python_space(text[at])) ++at;
    words.push_back(text.substr(start, at - start));
  }
  return words;
}

std::u32string without(std::u32string_view text, char32_t unwanted) {
  std::u32string out;
  std::copy_if(text.begin(), text.end(), std::back_inserter(out),
               [&](char32_t c) { return c != unwanted; });
  return out;
}

int count_matches(std::u32string_view pattern, std::u32string_view text) {
  UErrorCode status = U_ZERO_ERROR;
  const icu::UnicodeString subject = to_icu(text);
  icu::RegexMatcher matcher(to_icu(pattern), UREGEX_CASE_INSENSITIVE, status);
  if (U_FAILURE(status)) return -1;
  matcher.setTimeLimit(kRegexTimeLimit, status);
  matcher.reset(subject);
  int count = 0;
  while (matcher.find(status)) ++count;
  return U_FAILURE(status) ? -1 : count;
}

}  // namespace interposer::evals
