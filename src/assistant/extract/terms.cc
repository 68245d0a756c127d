#include "assistant/extract/terms.h"

#include <algorithm>
#include <array>
#include <set>

#include "assistant/extract/synonyms.h"
#include "assistant/text/words.h"
#include "base/strings.h"

namespace interposer::assistant {
namespace {

constexpr std::size_t kFocusWordsMax = 4;

template <std::size_t N>
bool in(const std::array<std::string_view, N>& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

constexpr std::array<std::string_view, 17> kAuxiliary = {
    "do",  "does", "did",  "is",    "are",    "was", "were",  "can", "could",
    "has", "have", "will", "would", "should", "may", "might", "must"};

bool year(std::string_view low) {
  return low.size() == 4 && (low.starts_with("19") || low.starts_with("20")) && !has_letter(low);
}

bool capital(std::string_view text) { return !text.empty() && text[0] >= 'A' && text[0] <= 'Z'; }

// The words that name what is asked for: "defect density" of "What defect density does ...",
// "clock speed" of "What is the clock speed of ...", "wafers" of "How many wafers does ...".
std::set<std::string> focus_words(const std::vector<Word>& list) {
  std::set<std::string> out;
  for (std::size_t i = 0; i < list.size(); ++i) {
    std::size_t at = i + 1;
    const bool what = list[i].low == "what" || list[i].low == "which" || list[i].low == "whose";
    const bool how = list[i].low == "how" && at < list.size() &&
                     (list[at].low == "many" || list[at].low == "much");
    if (!what && !how) continue;
    if (how) ++at;
    if (what && at < list.size() && in(kAuxiliary, list[at].low)) {
      ++at;
      if (at >= list.size() ||
          (list[at].low != "the" && list[at].low != "a" && list[at].low != "an"))
        return out;
      ++at;
    }
    for (; at < list.size() && out.size() < kFocusWordsMax; ++at) {
      if (in(kAuxiliary, list[at].low) || stop_word(list[at].low)) break;
      out.insert(list[at].low);
    }
    return out;
  }
  return out;
}

// Where the term's word (or its first piece) stands among the words.
std::size_t place_of(const std::vector<Word>& list, const std::string& low) {
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (list[i].low == low) return i;
  }
  return list.size();
}

}  // namespace

void read_roles(QuestionPart& part) {
  const std::vector<Word> list = words(part.text);
  const std::set<std::string> focus = focus_words(list);
  for (ContentTerm& term : part.terms) {
    const std::string low = to_lower(term.word);
    const std::size_t at = place_of(list, low);
    term.spelled = compact(low);
    if (year(low)) {
      term.role = TermRole::kYear;
    } else if (has_digit(low) && has_letter(low) && !(low[0] >= '0' && low[0] <= '9')) {
      term.role = TermRole::kIdentifier;
    } else if (has_digit(low)) {
      // "Groq 3", "TPU 8t": with the name before it an identifier; else a quantity ("12-high").
      const bool named = at > 0 && at < list.size() && list[at].joined &&
                         capital(list[at - 1].text) && !stop_word(list[at - 1].low);
      term.role = named ? TermRole::kIdentifier : TermRole::kQuantity;
      if (named) {
        term.owner = compact(list[at - 1].low);
        term.spelled = term.owner + compact(low);
      }
    } else if (term.name) {
      // "Groq 3" where the index holds no term of one digit: the name takes it along.
      const bool takes = at + 1 < list.size() && list[at + 1].joined &&
                         list[at + 1].low.size() == 1 && has_digit(list[at + 1].low);
      term.role = takes ? TermRole::kIdentifier : TermRole::kName;
      if (takes) term.spelled += list[at + 1].low;
    } else {
      term.focus = focus.count(low) > 0;
      term.superlative = superlative(low);
    }
  }
}

}  // namespace interposer::assistant
