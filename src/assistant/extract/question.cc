#include "assistant/extract/question.h"

#include <algorithm>
#include <array>
#include <set>

#include "assistant/text/words.h"
#include "base/strings.h"

namespace interposer::assistant {
namespace {

constexpr double kCarriedWeight = 0.3;  // of the first part's terms in a part that leans on it

template <std::size_t N>
bool in(const std::array<std::string_view, N>& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

constexpr std::array<std::string_view, 9> kAsking = {"how",   "what", "which", "who", "when",
                                                     "where", "why",  "whose", "whom"};
constexpr std::array<std::string_view, 6> kPronouns = {"it",   "its",   "they",
                                                       "them", "their", "that"};
constexpr std::array<std::string_view, 18> kQuantity = {
    "share", "percentage", "percent",    "number",    "amount", "price",
    "cost",  "size",       "capacity",   "bandwidth", "power",  "speed",
    "rate",  "budget",     "throughput", "revenue",   "yield",  "salary"};
// Words of asking that carry nothing of the subject.
constexpr std::array<std::string_view, 22> kAskingTalk = {
    "describe", "explain", "mean",  "means", "say",      "says",    "said",  "happen",
    "happens",  "think",   "want",  "need",  "find",     "list",    "short", "brief",
    "right",    "today",   "these", "days",  "handbook", "document"};

bool asks(const std::vector<Word>& list, std::size_t at) {
  return at < list.size() && in(kAsking, list[at].low);
}

void read_wants(QuestionPart& part) {
  const std::vector<Word> list = words(part.text);
  for (std::size_t i = 0; i < list.size(); ++i) {
    const std::string& low = list[i].low;
    const std::string next = i + 1 < list.size() ? list[i + 1].low : "";
    if (low == "how" && next != "do" && next != "does" && next != "is" && next != "are" &&
        next != "can" && next != "did" && !next.empty()) {
      part.wants_number = true;
    }
    if (in(kQuantity, low) && (asks(list, 0) || list.size() <= 6)) part.wants_number = true;
    if (low == "when" || ((low == "year" || low == "date") && asks(list, 0)))
      part.wants_time = true;
    const bool plural = next.size() > 3 && next.ends_with('s') && !next.ends_with("ss");
    if (low == "who" || low == "whose" || (low == "which" && plural)) part.wants_names = true;
  }
  if (part.wants_time) part.wants_number = false;
}

bool is_name(const std::vector<Word>& list, std::size_t at) {
  const Word& word = list[at];
  if (identifier_like(word.low)) return true;
  const bool capital = word.text[0] >= 'A' && word.text[0] <= 'Z';
  const bool all_capitals = word.text.size() >= 2 && word.text[1] >= 'A' && word.text[1] <= 'Z';
  return capital && (at > 0 || all_capitals) && !stop_word(word.low);
}

// An identifier is analysed whole and in its parts; what must occur is the whole.
std::vector<knowledge::Knowledge::Term> whole_words(
    const std::vector<knowledge::Knowledge::Term>& terms) {
  std::vector<knowledge::Knowledge::Term> out;
  for (const auto& term : terms) {
    if (!out.empty() && out.back().word == term.word) {
      if (term.term.size() > out.back().term.size()) out.back() = term;
    } else {
      out.push_back(term);
    }
  }
  return out;
}

}  // namespace

std::vector<std::string> split_parts(std::string_view question) {
  std::vector<std::string> out;
  const std::vector<Word> list = words(question);
  std::size_t start = 0;
  const auto cut = [&](std::size_t from, std::size_t to) {
    const std::string_view piece = trim(question.substr(from, to - from));
    if (words(piece).size() >= 2) out.emplace_back(piece);
  };
  for (std::size_t i = 1; i < list.size(); ++i) {
    const std::string_view before =
        question.substr(list[i - 1].end, list[i].start - list[i - 1].end);
    const bool stopped = before.find_first_of("?;") != std::string_view::npos;
    // "..., and how much ...": a clause of its own begins
    const bool joined =
        (list[i].low == "and" || list[i].low == "or") && asks(list, i + 1) && i >= 3;
    const bool comma = before.find(',') != std::string_view::npos && asks(list, i) && i >= 3;
    if (!stopped && !joined && !comma) continue;
    if (out.size() + 1 >= kPartsMax) break;
    cut(start, list[i].start);
    start = joined ? list[i].end : list[i].start;
  }
  cut(start, question.size());
  if (out.empty()) out.emplace_back(trim(question));
  for (std::string& part : out) {
    while (!part.empty() && (part.back() == ',' || part.back() == ';')) part.pop_back();
  }
  return out;
}

Result<Question> read_parts(const knowledge::Knowledge& knowledge, std::string_view base,
                            std::string_view question) {
  Question out;
  out.text = std::string(trim(question));
  for (std::string& text : split_parts(question)) {
    QuestionPart part;
    part.text = std::move(text);
    read_wants(part);
    std::set<std::string> names;
    const std::vector<Word> list = words(part.text);
    for (std::size_t i = 0; i < list.size(); ++i) {
      const bool first_of_all = i == 0 && out.parts.empty();
      if (is_name(list, i) || (i == 0 && !first_of_all && is_name(list, 0)))
        names.insert(list[i].low);
    }
    IP_TRY(const auto terms, knowledge.terms(base, part.text));
    std::set<std::string> seen;
    for (const auto& term : whole_words(terms)) {
      const std::string low = to_lower(term.word);
      if (stop_word(low) || in(kAskingTalk, low) || !seen.insert(term.term).second) continue;
      const double weight = std::max(term.idf, 0.1);
      part.terms.push_back(
          {term.term, term.word, weight, term.documents > 0, names.count(low) > 0});
      part.weight += weight;
    }
    const bool leans = std::any_of(list.begin(), list.end(),
                                   [](const Word& word) { return in(kPronouns, word.low); });
    if (leans && !out.parts.empty()) {
      for (ContentTerm term : out.parts[0].terms) {
        if (!seen.insert(term.term).second) continue;
        term.weight *= kCarriedWeight;
        term.name = false;
        part.weight += term.weight;
        part.terms.push_back(std::move(term));
      }
    }
    out.parts.push_back(std::move(part));
  }
  return out;
}

bool has_number(std::string_view text) {
  constexpr std::array<std::string_view, 13> kWords = {"two",     "three",   "four", "five", "six",
                                                       "seven",   "eight",   "nine", "ten",  "half",
                                                       "million", "billion", "twice"};
  for (const Word& word : words(text)) {
    if (has_digit(word.low) && !has_letter(word.low)) return true;
    if (in(kWords, word.low)) return true;
    // "141GB": digits with a unit behind them
    const std::size_t letters = word.low.find_first_not_of("0123456789.");
    if (letters != std::string::npos && letters > 0 && word.low.size() - letters <= 4) return true;
  }
  return false;
}

bool has_time(std::string_view text) {
  constexpr std::array<std::string_view, 16> kTimes = {
      "january", "february", "march",    "april",   "june", "july", "august", "september",
      "october", "november", "december", "quarter", "q1",   "q2",   "q3",     "q4"};
  for (const Word& word : words(text)) {
    if (in(kTimes, word.low)) return true;
    const bool year = word.low.size() == 4 && !has_letter(word.low) &&
                      (word.low.starts_with("19") || word.low.starts_with("20"));
    if (year) return true;
  }
  return false;
}

int names_in(std::string_view text) {
  int count = 0;
  const std::vector<Word> list = words(text);
  for (std::size_t i = 1; i < list.size(); ++i) {
    const char first = list[i].text[0];
    if (first >= 'A' && first <= 'Z' && !stop_word(list[i].low)) ++count;
  }
  return count;
}

}  // namespace interposer::assistant
