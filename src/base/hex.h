// Bytes as hexadecimal digits, two a byte, high half first.
#pragma once

#include <string>
#include <string_view>

namespace interposer {

enum class HexCase : unsigned char { kLower, kUpper };

inline void append_hex(std::string& out, unsigned char byte, HexCase letters = HexCase::kLower) {
  const char* digits = letters == HexCase::kLower ? "0123456789abcdef" : "0123456789ABCDEF";
  out.push_back(digits[byte >> 4]);
  out.push_back(digits[byte & 15]);
}

inline std::string to_hex(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const char c : bytes) append_hex(out, static_cast<unsigned char>(c));
  return out;
}

}  // namespace interposer
