// Text as code points, with Python's notions of white space, words and case.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace interposer::evals {

std::u32string decode(std::string_view utf8);  // malformed bytes become U+FFFD
std::string encode(std::u32string_view text);

bool is_python_space(char32_t c);                     // str.isspace of one character
bool is_python_word(char32_t c);                      // \w: letters, digits of any kind, underscore
std::u32string_view strip(std::u32string_view text);  // str.strip()
std::u32string lower(std::u32string_view text);       // str.lower()
std::vector<std::u32string_view> split_at(std::u32string_view text, std::u32string_view separator);
std::vector<std::u32string_view> split_space(std::u32string_view text);  // str.split()
std::u32string without(std::u32string_view text, char32_t unwanted);

// Matches of a regular expression without regard to case (re.findall, re.IGNORECASE): their number,
// or -1 where the pattern is wrong or the search takes too long.
int count_matches(std::u32string_view pattern, std::u32string_view text);

}  // namespace interposer::evals
