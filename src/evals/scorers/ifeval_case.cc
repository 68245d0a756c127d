#include "evals/scorers/ifeval_case.h"

#include <unicode/regex.h>
#include <unicode/uchar.h>

#include <array>

#include "evals/scorers/unicode.h"

namespace interposer::evals {
namespace {

constexpr std::int32_t kStepsMax = 1000;  // ICU's unit of time; a rule that needs more is left out

struct Rule {
  const char* pattern;
  const char* replacement;
};

// NLTK 3.8's NLTKWordTokenizer, in its order; the spaces are where words part.
constexpr std::array kRules{
    Rule{"([\u00AB\u201C\u2018\u201E]|[`]+)", " $1 "},
    Rule{"^\"", "``"},
    Rule{"(``)", " $1 "},
    Rule{"([ (\\[{<])(\"|'{2})", "$1 `` "},
    Rule{"(?i)(')(?!re|ve|ll|m|t|s|d|n)(\\w)\\b", "$1 $2"},
    Rule{"([^.])(\\.)([\\])}>\"'\u00BB\u201D\u2019 ]*)\\s*$", "$1 $2 $3 "},
    Rule{"([:,])([^\\d])", " $1 $2"},
    Rule{"([:,])$", " $1 "},
    Rule{"\\.{2,}", " $0 "},
    Rule{"[;@#$%&]", " $0 "},
    Rule{"[?!]", " $0 "},
    Rule{"([^'])'\\s", "$1 ' "},
    Rule{"[*]", " $0 "},
    Rule{"[\\]\\[(){}<>]", " $0 "},
    Rule{"--", " -- "},
    Rule{"([\u00BB\u201D\u2019])", " $1 "},
    Rule{"''", " '' "},
    Rule{"\"", " '' "},
    Rule{"([^' ])('[sS]|'[mM]|'[dD]|') ", "$1 $2 "},
    Rule{"([^' ])('ll|'LL|'re|'RE|'ve|'VE|n't|N'T) ", "$1 $2 "},
    Rule{"(?i)\\b(can)(not)\\b", " $1 $2 "},
    Rule{"(?i)\\b(d)('ye)\\b", " $1 $2 "},
    Rule{"(?i)\\b(gim)(me)\\b", " $1 $2 "},
    Rule{"(?i)\\b(gon)(na)\\b", " $1 $2 "},
    Rule{"(?i)\\b(got)(ta)\\b", " $1 $2 "},
    Rule{"(?i)\\b(lem)(me)\\b", " $1 $2 "},
    Rule{"(?i)\\b(more)('n)\\b", " $1 $2 "},
    Rule{"(?i)\\b(wan)(na)(?=\\s)", " $1 $2 "},
    Rule{"(?i) ('t)(is)\\b", " $1 $2 "},
    Rule{"(?i) ('t)(was)\\b", " $1 $2 "},
};

std::u32string tokenized(std::u32string_view text) {
  icu::UnicodeString now = icu::UnicodeString::fromUTF8(encode(text));
  for (std::size_t i = 0; i < kRules.size(); ++i) {
    UErrorCode code = U_ZERO_ERROR;
    icu::RegexMatcher matcher(icu::UnicodeString::fromUTF8(kRules[i].pattern), now, 0, code);
    if (U_FAILURE(code)) continue;
    matcher.setTimeLimit(kStepsMax, code);
    const icu::UnicodeString next =
        matcher.replaceAll(icu::UnicodeString::fromUTF8(kRules[i].replacement), code);
    if (U_SUCCESS(code)) now = next;
    if (i == 14) now = icu::UnicodeString(u' ') + now + u' ';  // NLTK pads here
  }
  std::string utf8;
  now.toUTF8String(utf8);
  return decode(utf8);
}

bool has_case(std::u32string_view text, UProperty wanted, UProperty unwanted) {
  bool found = false;
  for (char32_t c : text) {
    const auto point = static_cast<UChar32>(c);
    if (u_hasBinaryProperty(point, unwanted) || u_istitle(point)) return false;
    found = found || u_hasBinaryProperty(point, wanted);
  }
  return found;
}

}  // namespace

bool is_upper(std::u32string_view text) { return has_case(text, UCHAR_UPPERCASE, UCHAR_LOWERCASE); }
bool is_lower(std::u32string_view text) { return has_case(text, UCHAR_LOWERCASE, UCHAR_UPPERCASE); }

std::int64_t count_capital_words(std::u32string_view text) {
  const std::u32string words = tokenized(text);
  std::int64_t count = 0;
  for (std::u32string_view word : split_space(words)) count += is_upper(word) ? 1 : 0;
  return count;
}

}  // namespace interposer::evals
