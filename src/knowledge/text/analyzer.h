// Text -> terms of the lexical index. Case and diacritics are folded (NFKC), English words stemmed
// (Snowball), frequent words dropped, scripts without spaces cut into bigrams, identifiers kept
// whole and in their parts: getHTTPResponseCode, std::vector<bool>, AB-12/3, HBM3E, 4.8TB.
// Thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace interposer::knowledge {

// Raised when terms change; an index made with another version is built anew.
inline constexpr int kAnalyzerVersion = 1;

struct Token {
  std::string term;
  std::size_t start = 0, end = 0;  // of the word it comes from
};

// Calls for each term in order of the text; parts of one word share its span.
std::vector<Token> analyse(std::string_view text);

// The same, terms only.
std::vector<std::string> analyse_terms(std::string_view text);

}  // namespace interposer::knowledge
