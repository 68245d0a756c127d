#include "evals/scorers/grounding.h"

#include <algorithm>
#include <set>
#include <vector>

#include "evals/scorers/unicode.h"

namespace interposer::evals {
namespace {

constexpr std::size_t kContentLetters = 4;

struct Words {
  std::set<std::u32string> all;
  std::set<std::u32string> names;  // with a capital letter, not at the start
};

Words words_of(std::string_view text) {
  Words out;
  const std::u32string wide = decode(text);
  bool first = true;
  for (std::size_t at = 0; at < wide.size();) {
    if (!is_python_word(wide[at])) {
      ++at;
      continue;
    }
    const std::size_t start = at;
    while (at < wide.size() && is_python_word(wide[at])) ++at;
    const std::u32string_view word = std::u32string_view(wide).substr(start, at - start);
    const std::u32string low = lower(word);
    if (!first && low != word) out.names.insert(low);
    out.all.insert(low);
    first = false;
  }
  return out;
}

std::string joined(const CitedAnswer& answer, std::span<const std::size_t> ids) {
  std::string out;
  for (std::size_t id : ids) {
    if (!out.empty()) out += '\n';
    out += answer.passages[id - 1];
  }
  return out;
}

// How many of a recalled sentence's several citations count.
Result<std::int64_t> needed_citations(const CitedAnswer& answer, const CitedSentence& sentence,
                                      const Entailment& entails) {
  std::int64_t needed = 0;
  for (std::size_t i = 0; i < sentence.ids.size(); ++i) {
    IP_TRY(const bool alone, entails(answer.passages[sentence.ids[i] - 1], sentence.text));
    if (alone) {
      ++needed;
      continue;
    }
    std::vector<std::size_t> rest = sentence.ids;
    rest.erase(std::find(rest.begin(), rest.end(), sentence.ids[i]));
    IP_TRY(const bool without, entails(joined(answer, rest), sentence.text));
    needed += without ? 0 : 1;
  }
  return needed;
}

std::optional<double> share(std::int64_t part, std::int64_t of) {
  if (of == 0) return std::nullopt;
  return static_cast<double>(part) / static_cast<double>(of);
}

}  // namespace

Result<bool> lexical_entailment(const std::string& premise, const std::string& hypothesis) {
  const std::vector<std::string> have = numbers_in(premise);
  for (const std::string& number : numbers_in(hypothesis)) {
    if (std::find(have.begin(), have.end(), number) == have.end()) return false;
  }
  const Words said = words_of(hypothesis);
  const Words known = words_of(premise);
  for (const std::u32string& name : said.names) {
    if (!known.all.contains(name)) return false;
  }
  double content = 0;
  double found = 0;
  for (const std::u32string& word : said.all) {
    if (word.size() < kContentLetters) continue;
    content += 1;
    found += known.all.contains(word) ? 1 : 0;
  }
  return content > 0 && found >= kLexicalShare * content;
}

Result<std::optional<CitationQuality>> citation_quality(const CitedAnswer& answer,
                                                        const Entailment& entails) {
  const std::vector<CitedSentence> sentences = split_cited(answer.text);
  if (sentences.empty()) return std::optional<CitationQuality>();
  CitationQuality out;
  std::int64_t recalled = 0;
  std::int64_t counted = 0;
  for (const CitedSentence& sentence : sentences) {
    ++out.sentences;
    const bool resolves =
        !sentence.ids.empty() &&
        std::all_of(sentence.ids.begin(), sentence.ids.end(),
                    [&](std::size_t id) { return id > 0 && id <= answer.passages.size(); });
    if (!resolves) continue;
    out.citations += std::ssize(sentence.ids);
    IP_TRY(const bool supported, entails(joined(answer, sentence.ids), sentence.text));
    if (!supported) continue;
    ++recalled;
    if (sentence.ids.size() == 1) {
      ++counted;
      continue;
    }
    IP_TRY(const std::int64_t needed, needed_citations(answer, sentence, entails));
    counted += needed;
  }
  out.recall = *share(recalled, out.sentences);
  out.precision = share(counted, out.citations).value_or(0);
  return std::optional(out);
}

Result<std::optional<double>> faithfulness(std::span<const std::string> statements,
                                           const std::string& evidence, const Entailment& entails) {
  std::int64_t supported = 0;
  for (const std::string& statement : statements) {
    IP_TRY(const bool holds, entails(evidence, statement));
    supported += holds ? 1 : 0;
  }
  return share(supported, std::ssize(statements));
}

AbstentionQuality abstention_quality(std::span<const AbstentionRow> rows) {
  AbstentionQuality out;
  double total = 0;
  std::int64_t scored = 0;
  for (const AbstentionRow& row : rows) {
    ++out.n;
    out.answerable += row.answerable ? 1 : 0;
    out.right_refusals += !row.answerable && row.abstained ? 1 : 0;
    out.wrong_refusals += row.answerable && row.abstained ? 1 : 0;
    out.unsupported += !row.answerable && !row.abstained ? 1 : 0;
    if (row.answerable && !row.abstained && row.score) {
      total += *row.score;
      ++scored;
    }
  }
  out.precision = share(out.right_refusals, out.right_refusals + out.wrong_refusals);
  out.recall = share(out.right_refusals, out.n - out.answerable);
  out.coverage = share(out.answerable - out.wrong_refusals, out.answerable);
  if (scored > 0) out.answered_score = total / static_cast<double>(scored);
  return out;
}

}  // namespace interposer::evals
