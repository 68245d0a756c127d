// UTF-8 at the byte level: everything that stores, cuts or cites text stays on code point borders.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace interposer {

// Bytes of the well-formed code point at the start of `text` (1-4); 0 where there is none.
std::size_t utf8_length(std::string_view text);

bool utf8_valid(std::string_view text);

// True where a cut before byte `at` splits no code point. Ends of the text are borders.
bool utf8_border(std::string_view text, std::size_t at);

// The greatest border <= at.
std::size_t utf8_floor(std::string_view text, std::size_t at);

// Number of code points; each malformed byte counts as one.
std::size_t utf8_count(std::string_view text);

// Each malformed byte becomes U+FFFD.
std::string utf8_repair(std::string_view text);

}  // namespace interposer
