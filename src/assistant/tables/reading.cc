#include "assistant/tables/reading.h"

#include <algorithm>
#include <cstdlib>

#include "assistant/tables/aliases.h"
#include "assistant/tables/columns.h"
#include "assistant/text/words.h"

namespace interposer::assistant {
namespace {

constexpr std::size_t kLeftoverMax = 2;        // content words that nothing explains; a look-up: 0
constexpr std::size_t kDefaultColumnsMax = 4;  // of "compare A and B"

struct Parse {
  const Relation& relation;
  std::vector<Word> question;
  std::vector<bool> used;
  Reading out;
  bool compares = false, lists = false, counts = false, subject = false, either = false;
  bool defaulted = false;  // no column is named: those with values are shown
  int more = 0;            // a comparative that no number follows
  std::optional<Intent> aggregate;

  const std::string& low(std::size_t i) const { return question[i].low; }
};

void add_unique(std::vector<std::size_t>& list, std::size_t value) {
  if (std::find(list.begin(), list.end(), value) == list.end()) list.push_back(value);
}

void find_rows(Parse& parse) {
  const Aliases names(parse.relation, parse.relation.key, true);
  for (const Mention& mention : names.find(parse.question, parse.used)) {
    for (const std::size_t row : mention.rows) add_unique(parse.out.rows, row);
  }
}

// "more than 200 GB", "over 1 kW": a direction, a number, and a unit that a column has.
void find_thresholds(Parse& parse) {
  const auto& question = parse.question;
  for (std::size_t i = 0; i < question.size(); ++i) {
    int direction = threshold_word(parse.low(i));
    bool or_equal = false;
    std::size_t next = i + 1;
    if (parse.low(i) == "at" && next < question.size()) {  // "at least", "at most"
      direction = parse.low(next) == "least" ? 1 : parse.low(next) == "most" ? -1 : 0;
      or_equal = true;
      ++next;
    }
    if (direction == 0 || parse.used[i]) continue;
    if (next < question.size() && parse.low(next) == "than") ++next;
    if (next >= question.size() || !has_digit(parse.low(next)) || has_letter(parse.low(next))) {
      if (!or_equal) parse.more = direction;
      continue;
    }
    const double value = std::strtod(parse.low(next).c_str(), nullptr);
    const Unit* unit = nullptr;
    std::size_t last = next;
    for (std::size_t span = 2; span >= 1 && unit == nullptr; --span) {  // "TB/s" is two words
      if (next + span >= question.size()) continue;
      std::string spelling;
      for (std::size_t w = next + 1; w <= next + span; ++w) spelling += parse.low(w);
      unit = find_unit(spelling);
      if (unit != nullptr) last = next + span;
    }
    if (unit == nullptr) continue;
    for (std::size_t c = 0; c < parse.relation.columns.size(); ++c) {
      const RelationColumn& column = parse.relation.columns[c];
      const Unit* own = find_unit(column.unit);
      if (own == nullptr || own->dimension != unit->dimension) continue;
      parse.out.numbers.push_back({c, direction, or_equal, value * unit->factor / own->factor});
      for (std::size_t w = i; w <= last; ++w) parse.used[w] = true;
      break;
    }
  }
}

void find_signals(Parse& parse) {
  const std::string key = parse.relation.columns[parse.relation.key].words.empty()
                              ? std::string()
                              : parse.relation.columns[parse.relation.key].words.back();
  for (std::size_t i = 0; i < parse.question.size(); ++i) {
    const std::string& low = parse.low(i);
    if (low == "or" || low == "and") parse.either = true;
    if (parse.used[i]) continue;
    if (compare_word(low)) parse.compares = true;
    if (low.starts_with("rank") && parse.out.order == 0) parse.out.order = 1;
    if (list_word(low)) parse.lists = true;
    if (const auto aggregate = aggregate_word(low)) parse.aggregate = aggregate;
    if (const int extreme = extreme_word(low); extreme != 0 && parse.out.order == 0) {
      parse.out.order = extreme;
      std::int64_t limit = 0;
      const bool next = i + 1 < parse.question.size();
      if (next &&
          (word_number(parse.low(i + 1), &limit) ||
           (has_digit(parse.low(i + 1)) && (limit = std::atoll(parse.low(i + 1).c_str())) > 0))) {
        parse.out.limit =
            static_cast<std::size_t>(std::clamp<std::int64_t>(limit, 1, kRowsShownMax));
        parse.used[i + 1] = true;
      }
    }
    const bool subject = !key.empty() && names_row(key, low);
    if (subject) {
      parse.subject = true;
      parse.used[i] = true;
      for (std::size_t back = 1; back <= 3 && back < i; ++back) {  // "how many AMD boards"
        if (parse.low(i - back) == "many" && parse.low(i - back - 1) == "how") parse.counts = true;
      }
      if (i >= 1 && parse.low(i - 1) == "which" && low.ends_with('s')) parse.lists = true;
    }
    const bool signal = compare_word(low) || list_word(low) || aggregate_word(low) ||
                        extreme_word(low) != 0 || threshold_word(low) != 0;
    if (signal) parse.used[i] = true;
  }
}

// "AMD boards", "GPU": values of a column with few different ones.
void find_words(Parse& parse) {
  const Relation& relation = parse.relation;
  for (std::size_t c = 0; c < relation.columns.size(); ++c) {
    if (c == relation.key || relation.columns[c].remark) continue;
    if (relation.columns[c].type != charts::ColumnType::kText) continue;
    const Aliases values(relation, c, false);
    for (const Mention& mention : values.find(parse.question, parse.used)) {
      WordFilter filter{c, {}};
      for (const std::size_t row : mention.rows) {
        const std::string& text = relation.rows[row][c].text;
        if (std::find(filter.values.begin(), filter.values.end(), text) == filter.values.end()) {
          filter.values.push_back(text);
        }
      }
      parse.out.words.push_back(std::move(filter));
    }
  }
}

// Names that nothing knows: identifiers, and capitals that do not begin the sentence.
void find_unknown(Parse& parse) {
  for (std::size_t i = 0; i < parse.question.size(); ++i) {
    const Word& word = parse.question[i];
    if (parse.used[i] || stop_word(word.low) || find_unit(word.low) != nullptr) continue;
    const bool capital = i > 0 && word.text[0] >= 'A' && word.text[0] <= 'Z';
    if (!identifier_like(word.low) && !capital) continue;
    parse.used[i] = true;
    parse.out.unknown.push_back(word.text);
  }
}

std::size_t leftover(const Parse& parse, bool* figure_changed) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < parse.question.size(); ++i) {
    const std::string& low = parse.low(i);
    if (!parse.used[i] && changes_figure(low)) *figure_changed = true;
    if (parse.used[i] || low.size() == 1 || stop_word(low) || table_talk(low)) continue;
    if (find_unit(low) != nullptr) continue;
    ++count;
  }
  return count;
}

// Numeric columns in which a named row has a value.
void default_columns(Parse& parse) {
  for (std::size_t c = 0; c < parse.relation.columns.size(); ++c) {
    if (parse.out.columns.size() >= kDefaultColumnsMax) break;
    if (parse.relation.columns[c].type != charts::ColumnType::kNumber) continue;
    const bool any = std::any_of(
        parse.out.rows.begin(), parse.out.rows.end(),
        [&](std::size_t row) { return parse.relation.rows[row][c].value.number.has_value(); });
    if (any) parse.out.columns.push_back(c);
  }
}

bool numeric(const Parse& parse, std::size_t column) {
  return parse.relation.columns[column].type == charts::ColumnType::kNumber;
}

Intent decide(Parse& parse) {
  Reading& out = parse.out;
  const std::size_t named = out.rows.size();
  const bool number_asked = !out.columns.empty() && numeric(parse, out.columns[0]);
  if (parse.compares && named >= 2 && out.columns.empty()) {
    parse.defaulted = true;
    default_columns(parse);
  }
  if (named >= 1 && !out.columns.empty()) {
    if (parse.aggregate && number_asked && named >= 2) return *parse.aggregate;
    if (named >= 2) {
      if (out.order == 0 && number_asked) out.order = parse.more;
      return Intent::kCompare;
    }
    const bool beside = !out.unknown.empty() && (parse.compares || parse.either);
    if (beside) return Intent::kCompare;
    return out.unknown.empty() && out.order == 0 ? Intent::kLookup : Intent::kNone;
  }
  if (named > 0 || !out.unknown.empty()) return Intent::kNone;
  const bool filtered = !out.words.empty() || !out.numbers.empty();
  if (!parse.subject && !filtered) return Intent::kNone;
  if (out.columns.empty() && !out.numbers.empty()) out.columns.push_back(out.numbers[0].column);
  if (parse.counts && filtered) return Intent::kCount;
  if (parse.aggregate && number_asked) return *parse.aggregate;
  if (out.order != 0 && number_asked) return Intent::kSuperlative;
  const bool asked = !out.columns.empty() && (filtered || parse.lists);
  if (asked && (parse.lists || !out.numbers.empty() || parse.compares)) return Intent::kList;
  return Intent::kNone;
}

}  // namespace

std::optional<Reading> read_question(std::string_view question, const Relation& relation) {
  Parse parse{.relation = relation, .question = words(question)};
  parse.used.assign(parse.question.size(), false);
  find_rows(parse);
  find_thresholds(parse);
  parse.out.columns = find_columns(relation, parse.question, parse.used);
  find_signals(parse);
  find_words(parse);
  if (!parse.out.rows.empty()) parse.out.words.clear();  // "NVIDIA's H200": the name says it all
  for (const NumberFilter& filter : parse.out.numbers) add_unique(parse.out.columns, filter.column);
  find_unknown(parse);
  Reading& out = parse.out;
  out.intent = decide(parse);
  if (out.intent == Intent::kNone) return std::nullopt;
  bool figure_changed = false;
  const std::size_t rest = leftover(parse, &figure_changed);
  // Where neither a row nor the rows' kind ("boards") is named, every word must be explained.
  // So must it where no column is named: "compare the prices of A and B" is not about this table.
  const bool strict =
      out.intent == Intent::kLookup || parse.defaulted || (out.rows.empty() && !parse.subject);
  if (figure_changed || rest > (strict ? 0 : kLeftoverMax)) return std::nullopt;
  if (out.intent == Intent::kSuperlative && out.limit == kRowsShownMax) out.limit = 1;
  out.fit = static_cast<double>(out.rows.size()) * 2 +
            (parse.defaulted ? 0 : static_cast<double>(out.columns.size())) -
            static_cast<double>(out.unknown.size()) - 0.5 * static_cast<double>(rest);
  return out;
}

}  // namespace interposer::assistant
