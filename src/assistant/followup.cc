#include "assistant/followup.h"

#include <algorithm>
#include <array>

#include "assistant/text/words.h"
#include "base/strings.h"

namespace interposer::assistant {
namespace {

constexpr std::size_t kEarlierMax = 8;  // turns looked back
constexpr std::size_t kCarriedMax = 4;  // names put in place of "their"

enum class Pronoun { kNone, kOne, kOnePossessive, kMany, kManyPossessive };

Pronoun pronoun(std::string_view low) {
  if (low == "it" || low == "this" || low == "that") return Pronoun::kOne;
  if (low == "its") return Pronoun::kOnePossessive;
  if (low == "they" || low == "them" || low == "these" || low == "those") return Pronoun::kMany;
  if (low == "their") return Pronoun::kManyPossessive;
  return Pronoun::kNone;
}

bool name_word(const std::vector<Word>& list, std::size_t at) {
  const Word& word = list[at];
  if (identifier_like(word.low)) return true;
  const bool capital = word.text[0] >= 'A' && word.text[0] <= 'Z';
  return capital && at > 0 && !stop_word(word.low);
}

// "it" stands for a name only where nothing in the same question can be meant: a name before it in
// the question is its own antecedent. "this", "that", ... only when a clause or the end follows, so
// that "that board" and "it is true that" stay.
bool refers_back(const std::vector<Word>& list, std::size_t at) {
  for (std::size_t i = 0; i < at; ++i) {
    if (name_word(list, i)) return false;
  }
  const std::string& low = list[at].low;
  if (low == "that" || low == "this" || low == "these" || low == "those")
    return at + 1 == list.size();
  return true;
}

std::string joined(const std::vector<std::string>& names) {
  std::string out;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) out += i + 1 == names.size() ? " and " : ", ";
    out += names[i];
  }
  return out;
}

// What the pronoun stands for: one name is the last identifier of the question before, many are
// all.
std::string antecedent(const std::vector<std::string>& names, Pronoun kind) {
  const bool many = kind == Pronoun::kMany || kind == Pronoun::kManyPossessive;
  std::string text;
  if (many) {
    text = joined({names.end() - static_cast<std::ptrdiff_t>(std::min(names.size(), kCarriedMax)),
                   names.end()});
  } else {
    text = names.back();
    for (const std::string& name : names) {
      if (has_digit(name)) text = name;
    }
  }
  const bool possessive = kind == Pronoun::kOnePossessive || kind == Pronoun::kManyPossessive;
  return possessive ? text + "'s" : text;
}

// "What about the MI300X?", "And B200?": the earlier question, asked of another thing.
std::string swapped(std::string_view earlier, std::string_view question) {
  const std::vector<Word> list = words(question);
  const bool about =
      list.size() >= 3 && (list[0].low == "what" || list[0].low == "how") && list[1].low == "about";
  const bool and_that = list.size() >= 2 && list.size() <= 5 && list[0].low == "and";
  if (!about && !and_that) return {};
  const std::vector<std::string> mine = names_of(question);
  const std::vector<std::string> theirs = names_of(earlier);
  if (mine.size() != 1 || theirs.empty()) return {};
  std::string target = theirs.back();
  for (const std::string& name : theirs) {
    if (has_digit(name)) target = name;
  }
  std::string out(earlier);
  const std::size_t at = out.rfind(target);
  if (at == std::string::npos) return {};
  out.replace(at, target.size(), mine[0]);
  return out;
}

std::string resolve(const std::string& earlier, std::string_view question) {
  if (std::string other = swapped(earlier, question); !other.empty()) return other;
  const std::vector<std::string> names = names_of(earlier);
  if (names.empty()) return std::string(question);
  const std::vector<Word> list = words(question);
  for (std::size_t i = 0; i < list.size(); ++i) {
    const Pronoun kind = pronoun(list[i].low);
    if (kind == Pronoun::kNone || !refers_back(list, i)) continue;
    std::string out(question);
    out.replace(list[i].start, list[i].end - list[i].start, antecedent(names, kind));
    return out;
  }
  return std::string(question);
}

}  // namespace

std::vector<std::string> names_of(std::string_view question) {
  std::vector<std::string> out;
  const std::vector<Word> list = words(question);
  for (std::size_t i = 0; i < list.size();) {
    if (!name_word(list, i)) {
      ++i;
      continue;
    }
    const std::size_t first = i;
    ++i;
    while (i < list.size() && name_word(list, i) && list[i].joined) ++i;
    out.emplace_back(question.substr(list[first].start, list[i - 1].end - list[first].start));
  }
  return out;
}

std::string resolve_followup(const std::vector<std::string>& earlier, std::string_view question) {
  std::string before;
  const std::size_t first = earlier.size() > kEarlierMax ? earlier.size() - kEarlierMax : 0;
  for (std::size_t i = first; i < earlier.size(); ++i) {
    before = before.empty() ? earlier[i] : resolve(before, earlier[i]);
  }
  return before.empty() ? std::string(trim(question)) : resolve(before, trim(question));
}

}  // namespace interposer::assistant
