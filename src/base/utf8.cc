#include "base/utf8.h"

namespace interposer {
namespace {

bool continuation(std::string_view text, std::size_t i) {
  return i < text.size() && (static_cast<unsigned char>(text[i]) & 0xC0) == 0x80;
}

// Bounds of the second byte exclude overlong forms, surrogates and values over U+10FFFF
// (Unicode 15, table 3-7).
bool second_fits(unsigned char first, unsigned char second) {
  switch (first) {
    case 0xE0:
      return second >= 0xA0;
    case 0xED:
      return second < 0xA0;
    case 0xF0:
      return second >= 0x90;
    case 0xF4:
      return second < 0x90;
    default:
      return true;
  }
}

}  // namespace

std::size_t utf8_length(std::string_view text) {
  if (text.empty()) return 0;
  const auto first = static_cast<unsigned char>(text[0]);
  if (first < 0x80) return 1;
  std::size_t length = 0;
  if (first >= 0xC2 && first <= 0xDF)
    length = 2;
  else if (first >= 0xE0 && first <= 0xEF)
    length = 3;
  else if (first >= 0xF0 && first <= 0xF4)
    length = 4;
  else
    return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if (!continuation(text, i)) return 0;
  }
  return second_fits(first, static_cast<unsigned char>(text[1])) ? length : 0;
}

bool utf8_valid(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

bool utf8_border(std::string_view text, std::size_t at) {
  return at <= text.size() && !(at < text.size() && continuation(text, at));
}

std::size_t utf8_floor(std::string_view text, std::size_t at) {
  if (at >= text.size()) return text.size();
  while (at > 0 && continuation(text, at)) --at;
  return at;
}

std::size_t utf8_count(std::string_view text) {
  const Utf8Points points(text);
  return static_cast<std::size_t>(std::distance(points.begin(), points.end()));
}

CodePoint utf8_decode(std::string_view text) {
  const auto byte = [&](std::size_t i) {
    return static_cast<char32_t>(static_cast<unsigned char>(text[i]));
  };
  const auto tail = [&](std::size_t i) { return byte(i) & 0x3F; };
  switch (utf8_length(text)) {
    case 2:
      return {(byte(0) & 0x1F) << 6 | tail(1), 2};
    case 3:
      return {(byte(0) & 0x0F) << 12 | tail(1) << 6 | tail(2), 3};
    case 4:
      return {(byte(0) & 0x07) << 18 | tail(1) << 12 | tail(2) << 6 | tail(3), 4};
    default:
      return {byte(0), 1};
  }
}

std::string utf8_repair(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    if (length == 0)
      out.append("\xEF\xBF\xBD");
    else
      out.append(text.substr(0, length));
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return out;
}

}  // namespace interposer
