#include "assistant/tables/columns.h"

#include <algorithm>
#include <map>
#include <set>

#include "assistant/tables/lexicon.h"

namespace interposer::assistant {
namespace {

constexpr double kOwnWord = 2.0;
constexpr double kSynonym = 1.5;
constexpr double kUnitWord = 0.9;    // "bandwidth" for a column in TB/s
constexpr double kUnitItself = 0.4;  // "GB" beside a number
constexpr std::size_t kTiesMax = 4;
constexpr std::size_t kRunMax = 3;

struct Match {
  double score = 0;
  std::vector<std::size_t> words;  // of the question
  std::size_t first = 0;
};

bool same_word(std::string_view a, std::string_view b) {
  return a == b || singular(a) == singular(b);
}

// How strongly a word of the question speaks of the column; `covered` gets the header's word.
double word_weight(const RelationColumn& column, const std::string& low,
                   std::set<std::string>& covered) {
  for (const std::string& own : column.words) {
    if (!same_word(own, low)) continue;
    covered.insert(own);
    return kOwnWord;
  }
  for (const std::string_view header : header_words_for(low)) {
    for (const std::string& own : column.words) {
      if (!same_word(own, header)) continue;
      covered.insert(own);
      return kSynonym;
    }
  }
  for (const std::string_view word : words_of_dimension(column.dimension)) {
    if (same_word(word, low)) return kUnitWord;
  }
  const Unit* unit = find_unit(low);
  if (unit != nullptr && unit->dimension == column.dimension) return kUnitItself;
  return 0;
}

// "Llama 2" and "llama2", "5.1" in "MLPerf 5.1" and "mlperf51": runs of words, compacted.
std::size_t own_run(const RelationColumn& column, const std::vector<Word>& question,
                    std::size_t first, const std::vector<bool>& used) {
  for (std::size_t count = kRunMax; count >= 2; --count) {
    if (first + count > question.size()) continue;
    std::string key;
    bool free = true;
    for (std::size_t i = first; i < first + count; ++i) {
      free = free && !used[i] && (i == first || question[i].joined);
      std::string piece = compact(question[i].low);
      if (i == first + 1 && piece.size() > 1 && piece[0] == 'v' && has_digit(piece))
        piece.erase(0, 1);
      key += piece;
    }
    if (!free) continue;
    if (std::find(column.words.begin(), column.words.end(), key) != column.words.end())
      return count;
  }
  return 0;
}

Match match(const RelationColumn& column, const std::vector<Word>& question,
            const std::vector<bool>& used) {
  Match out;
  std::set<std::string> covered;
  std::vector<std::string> seen;
  for (std::size_t i = 0; i < question.size();) {
    if (used[i]) {
      ++i;
      continue;
    }
    std::size_t count = own_run(column, question, i, used);
    double weight = count > 0 ? kOwnWord : 0;
    if (count > 0) covered.insert(question[i].low);  // one word of the header, whatever its length
    if (count == 0) {
      count = 1;
      const std::string& low = question[i].low;
      if (!stop_word(low) || low == "made" || low == "makes")
        weight = word_weight(column, low, covered);
      if (std::find(seen.begin(), seen.end(), singular(low)) != seen.end()) weight = 0;
      if (weight > 0) seen.push_back(singular(low));
    }
    if (weight > 0) {
      if (out.words.empty()) out.first = i;
      for (std::size_t w = i; w < i + count; ++w) out.words.push_back(w);
      out.score += weight;
    }
    i += count;
  }
  if (out.words.empty()) return out;
  // Of two columns that a word fits, the one it covers more of is meant.
  const double share = static_cast<double>(covered.size()) /
                       std::max<double>(1, static_cast<double>(column.words.size()));
  out.score += std::min(share, 1.0);
  return out;
}

bool only_unit(const Match& match) { return match.score <= kUnitItself + 1e-9; }

}  // namespace

std::vector<std::size_t> find_columns(const Relation& relation, const std::vector<Word>& question,
                                      std::vector<bool>& used) {
  std::vector<std::pair<std::size_t, std::size_t>> found;  // first word, column
  std::vector<bool> taken(relation.columns.size(), false);
  while (found.size() < kColumnsAskedMax) {
    double best = 0;
    std::map<std::size_t, Match> matches;
    for (std::size_t i = 0; i < relation.columns.size(); ++i) {
      if (taken[i] || i == relation.key || relation.columns[i].remark) continue;
      Match candidate = match(relation.columns[i], question, used);
      if (candidate.words.empty() || (only_unit(candidate) && !found.empty())) continue;
      best = std::max(best, candidate.score);
      matches.emplace(i, std::move(candidate));
    }
    if (best == 0) break;
    std::vector<std::size_t> winners;
    for (const auto& [column, candidate] : matches) {
      if (candidate.score >= best - 1e-9) winners.push_back(column);
    }
    if (winners.size() > kTiesMax) break;
    for (const std::size_t column : winners) {
      const Match& candidate = matches.at(column);
      taken[column] = true;
      for (const std::size_t word : candidate.words) used[word] = true;
      found.emplace_back(candidate.first, column);
    }
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<std::size_t> out;
  for (const auto& [first, column] : found) out.push_back(column);
  return out;
}

}  // namespace interposer::assistant
