// Words as the assistant's own matching needs them: folded, with their place. (Search has its own
// analyser; this one never stems, so that identifiers stay whole.)
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace interposer::assistant {

struct Word {
  std::string text;                // as written
  std::string low;                 // ASCII lower case, without thousands separators
  std::size_t start = 0, end = 0;  // bytes in the text
  bool joined = false;             // only a space, '-', '/' or '_' (or nothing) stands before it
};

// Runs of letters and digits (bytes from 0x80 on count as letters); '.' and ',' inside a number
// stay; a possessive "'s" is dropped.
std::vector<Word> words(std::string_view text);

// "boards" -> "board", "companies" -> "company"; short words and those in -ss stay.
std::string singular(std::string_view word);

// Only letters and digits, lower case: "WSE-3" -> "wse3".
std::string compact(std::string_view text);

bool has_digit(std::string_view word);
bool has_letter(std::string_view word);
bool identifier_like(std::string_view word);  // letters and digits mixed: "h200", "mi355x"

// Words that carry no content in a question ("what", "is", "the", "please", ...).
bool stop_word(std::string_view low);

}  // namespace interposer::assistant
