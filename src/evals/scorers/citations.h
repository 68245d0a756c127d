// Answers that cite numbered passages, checked by code alone: what every commit can be held to.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace interposer::evals {

// An answer's text with marks "[1]", "[2][3]", "[1, 2]"; passage i (from 1) is what "[i]" stands
// for.
struct CitedAnswer {
  std::string text;
  std::vector<std::string> passages;
};

struct CitedSentence {
  std::string text;              // without its marks
  std::vector<std::size_t> ids;  // as written, in order; 0 is never a passage
  std::size_t malformed = 0;     // brackets that look like a mark and are none: "[1", "[12a]", "[]"
};

// Citations of one sentence; a mark that goes beyond counts as malformed.
inline constexpr std::size_t kSentenceCitationsMax = 32;

// Sentences end at . ! ? (and their wide forms) before white space and no lower-case letter, or at
// a line end; marks behind the full stop belong to the sentence before. Abbreviations of one letter
// and the usual few ("e.g.", "Dr.") do not end one.
std::vector<CitedSentence> split_cited(std::string_view text);

struct CitationCheck {
  std::int64_t sentences = 0;
  std::int64_t cited = 0;  // sentences with at least one citation
  std::int64_t citations = 0;
  std::int64_t unresolved = 0;  // citations of no passage
  std::int64_t malformed = 0;
  std::int64_t quotes = 0;  // texts in double quotes of at least kQuoteWordsMin words
  std::int64_t quotes_verbatim =
      0;  // that stand in a cited passage (of the sentence's; white space folded)
  std::int64_t numbers = 0;          // in cited sentences
  std::int64_t numbers_present = 0;  // that a cited passage has, too
  std::int64_t names = 0;            // capitalised words inside cited sentences
  std::int64_t names_present = 0;
  std::vector<std::string> faults;  // where and what, at most kCitationFaultsShown

  bool clean() const {
    return unresolved == 0 && malformed == 0 && quotes == quotes_verbatim &&
           numbers == numbers_present && names == names_present;
  }
};
inline constexpr std::size_t kQuoteWordsMin = 3;
inline constexpr std::size_t kCitationFaultsShown = 20;

CitationCheck check_citations(const CitedAnswer& answer);

// Numbers as they are compared: "1,000" is "1000", "3.0" is "3", "12 %" is "12". Ordinals and
// digits inside words ("H100") are texts.
std::vector<std::string> numbers_in(std::string_view text);

}  // namespace interposer::evals
