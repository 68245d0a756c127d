#include "assistant/extract/question.h"

#include <algorithm>
#include <array>
#include <set>

#include "assistant/extract/terms.h"
#include "assistant/extract/wants.h"
#include "assistant/text/words.h"
#include "base/strings.h"

namespace interposer::assistant {
namespace {

template <std::size_t N>
bool in(const std::array<std::string_view, N>& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

constexpr std::array<std::string_view, 9> kAsking = {"how",   "what", "which", "who", "when",
                                                     "where", "why",  "whose", "whom"};
constexpr std::array<std::string_view, 6> kPronouns = {"it",   "its",   "they",
                                                       "them", "their", "that"};
// Words of asking that carry nothing of the subject.
constexpr std::array<std::string_view, 22> kAskingTalk = {
    "describe", "explain", "mean",  "means", "say",      "says",    "said",  "happen",
    "happens",  "think",   "want",  "need",  "find",     "list",    "short", "brief",
    "right",    "today",   "these", "days",  "handbook", "document"};

bool asks(const std::vector<Word>& list, std::size_t at) {
  return at < list.size() && in(kAsking, list[at].low);
}

bool is_name(const std::vector<Word>& list, std::size_t at) {
  const Word& word = list[at];
  if (identifier_like(word.low)) return true;
  const bool capital = word.text[0] >= 'A' && word.text[0] <= 'Z';
  const bool all_capitals = word.text.size() >= 2 && word.text[1] >= 'A' && word.text[1] <= 'Z';
  return capital && (at > 0 || all_capitals) && !stop_word(word.low);
}

// An identifier is analysed whole and in its parts; what must occur is the whole, or, where the
// base writes it otherwise ("2 nm" for "2nm"), its parts.
std::vector<knowledge::Knowledge::Term> whole_words(
    const std::vector<knowledge::Knowledge::Term>& terms) {
  std::vector<knowledge::Knowledge::Term> out;
  for (std::size_t i = 0; i < terms.size();) {
    std::size_t end = i;
    std::size_t longest = i;
    while (end < terms.size() && terms[end].word == terms[i].word) {
      if (terms[end].term.size() > terms[longest].term.size()) longest = end;
      ++end;
    }
    bool parts_known = end - i > 1 && terms[longest].documents == 0;
    for (std::size_t k = i; k < end; ++k) {
      parts_known = parts_known && (k == longest || terms[k].documents > 0);
    }
    for (std::size_t k = i; k < end; ++k) {
      if (parts_known ? k != longest : k == longest) out.push_back(terms[k]);
    }
    i = end;
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
      ContentTerm content;
      content.term = term.term;
      content.word = term.word;
      content.weight = weight;
      content.known = term.documents > 0;
      content.name = names.count(low) > 0;
      part.terms.push_back(std::move(content));
      part.weight += weight;
    }
    read_roles(part);
    const bool leans = std::any_of(list.begin(), list.end(),
                                   [](const Word& word) { return in(kPronouns, word.low); });
    if (leans && !out.parts.empty()) {
      for (ContentTerm term : out.parts[0].terms) {
        if (!seen.insert(term.term).second) continue;
        term.weight *= kCarriedWeight;
        term.name = false;
        term.role = TermRole::kWord;
        term.focus = term.superlative = false;
        term.carried = true;
        part.weight += term.weight;
        part.terms.push_back(std::move(term));
      }
    }
    read_wants(part);
    out.parts.push_back(std::move(part));
  }
  return out;
}

}  // namespace interposer::assistant
