#include "assistant/tables/aliases.h"

#include <algorithm>
#include <array>

namespace interposer::assistant {
namespace {

constexpr std::size_t kRunMax = 5;     // words of a name
constexpr std::size_t kFamilyMax = 8;  // rows that one name may mean together
constexpr std::size_t kShortest = 3;   // letters of a name without a digit

std::string run_of(const std::vector<Word>& list, std::size_t first, std::size_t count) {
  std::string out;
  for (std::size_t i = first; i < first + count; ++i) out += compact(list[i].low);
  return out;
}

// Words that stand in product names and in ordinary speech: alone and in lower case they name
// nothing.
bool common_word(const Word& word) {
  constexpr std::array<std::string_view, 18> kCommon = {
      "server", "rack", "system", "card", "pro",   "super", "ultra", "max",   "mini",
      "plus",   "core", "chip",   "edge", "board", "node",  "cloud", "power", "engine"};
  return word.text == word.low &&
         std::find(kCommon.begin(), kCommon.end(), word.low) != kCommon.end();
}

}  // namespace

Aliases::Aliases(const Relation& relation, std::size_t column, bool names)
    : column_(column), names_(names) {
  for (std::size_t row = 0; row < relation.rows.size(); ++row) add(relation, row, names);
}

void Aliases::add(const Relation& relation, std::size_t row, bool names) {
  const std::string& cell = relation.rows[row][column_].text;
  const std::vector<Word> name = words(cell);
  const std::size_t bracket = cell.find('(');
  std::size_t head = 0;  // words before a bracket
  while (head < name.size() && name[head].start < bracket) ++head;
  for (std::size_t first = 0; first < name.size(); ++first) {
    if (!names && first > 0) break;
    for (std::size_t count = 1; count <= kRunMax && first + count <= name.size(); ++count) {
      Entry& entry = entries_[run_of(name, first, count)];
      if (entry.rows.empty() || entry.rows.back() != row) entry.rows.push_back(row);
      if (first == 0 && count == head) entry.heads.push_back(row);
      const bool bracketed = first == head && head < name.size();
      entry.leads = entry.leads && (first == 0 || bracketed);
      entry.words = std::max(entry.words, count);
      for (std::size_t i = first; i < first + count; ++i) {
        entry.identifier = entry.identifier || has_digit(name[i].low);
      }
    }
  }
}

const Aliases::Entry* Aliases::lookup(std::string key) const {
  auto found = entries_.find(key);
  if (found == entries_.end() && key.size() > 3 && key.back() == 's') {  // "H200s"
    key.pop_back();
    found = entries_.find(key);
  }
  return found == entries_.end() ? nullptr : &found->second;
}

std::vector<std::size_t> Aliases::resolve(const Entry& entry) const {
  if (!names_) return entry.rows;
  if (entry.heads.size() == 1) return entry.heads;
  if (entry.rows.size() > kFamilyMax) return {};
  // A bare word names a row when it begins its name, or is found in no other name.
  if (entry.words == 1 && !entry.identifier && !entry.leads && entry.rows.size() > 1) return {};
  if (entry.rows.size() > 1 && !entry.leads) return {};
  return entry.rows;
}

std::vector<Mention> Aliases::find(const std::vector<Word>& question,
                                   std::vector<bool>& used) const {
  std::vector<Mention> out;
  for (std::size_t count = std::min(kRunMax, question.size()); count >= 1; --count) {
    for (std::size_t first = 0; first + count <= question.size(); ++first) {
      bool free = !used[first];
      for (std::size_t i = first + 1; i < first + count; ++i)
        free = free && !used[i] && question[i].joined;
      if (!free) continue;
      const std::string key = run_of(question, first, count);
      const bool number_only = !has_letter(key);
      if (number_only || (key.size() < kShortest && !has_digit(key))) continue;
      if (count == 1 && (stop_word(question[first].low) || common_word(question[first]))) continue;
      const Entry* entry = lookup(key);
      if (entry == nullptr) continue;
      std::vector<std::size_t> rows = resolve(*entry);
      if (rows.empty()) continue;
      for (std::size_t i = first; i < first + count; ++i) used[i] = true;
      out.push_back({first, count, std::move(rows), column_});
    }
  }
  std::sort(out.begin(), out.end(),
            [](const Mention& a, const Mention& b) { return a.first < b.first; });
  return out;
}

}  // namespace interposer::assistant
