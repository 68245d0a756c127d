#include "assistant/tables/sentences.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "base/strings.h"
#include "charts/dataset.h"

namespace interposer::assistant {
namespace {

constexpr std::size_t kRowsInSentenceMax = 6;

std::string listed(const std::vector<std::string>& parts) {
  if (parts.size() < 2) return parts.empty() ? "" : parts[0];
  std::string out;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) out += i + 1 == parts.size() ? " and " : ", ";
    out += parts[i];
  }
  return out;
}

// "Memory" inside a sentence; names with their own spelling stay ("FP8", "MLPerf 5.1").
std::string inside(const std::string& title) {
  std::string out = title;
  const bool plain = out.size() > 1 && out[0] >= 'A' && out[0] <= 'Z' && out[1] >= 'a' &&
                     to_lower(out).substr(1) == out.substr(1);
  if (plain) out[0] = static_cast<char>(out[0] - 'A' + 'a');
  return out;
}

std::string file_name(const Relation& relation) {
  return relation.document.substr(relation.document.rfind('/') + 1);
}

struct Builder {
  Said said;
  void cite(const ShownCell& cell) {
    if (cell.citation == 0) return;
    if (std::find(said.citations.begin(), said.citations.end(), cell.citation) ==
        said.citations.end()) {
      said.citations.push_back(cell.citation);
    }
  }
};

const RelationColumn& column_of(const Shown& shown, std::size_t c) {
  return shown.relation.columns[shown.result.columns[c]];
}

// "H200 SXM: 141 GB memory, 4.8 TB/s bandwidth"; blanks are left to missing_sentences.
std::string row_phrase(const Shown& shown, std::size_t r, Builder& builder) {
  std::vector<std::string> values;
  const auto& row = shown.rows[r];
  const bool any = std::any_of(row.begin() + 1, row.end(),
                               [](const ShownCell& cell) { return !cell.cell->value.blank; });
  if (any) builder.cite(row[0]);
  for (std::size_t c = 1; c < shown.result.columns.size(); ++c) {
    const ShownCell& cell = row[c];
    if (cell.cell->value.blank) continue;
    values.push_back(value_text(column_of(shown, c), *cell.cell) + " " +
                     inside(column_of(shown, c).title));
    builder.cite(cell);
  }
  if (values.empty()) return "";
  return shown.rows[r][0].cell->text + ": " + listed(values);
}

Said rows_sentence(const Shown& shown, std::string prefix) {
  Builder builder;
  std::vector<std::string> rows;
  for (std::size_t r = 0; r < shown.rows.size() && rows.size() < kRowsInSentenceMax; ++r) {
    std::string phrase = row_phrase(shown, r, builder);
    if (!phrase.empty()) rows.push_back(std::move(phrase));
  }
  builder.said.text = std::move(prefix) + fmt::format("{}", fmt::join(rows, "; ")) + ".";
  return builder.said;
}

Said superlative_sentence(const Shown& shown) {
  const Reading& reading = shown.reading;
  const RelationColumn& column = shown.relation.columns[reading.columns[0]];
  const char* degree = reading.order > 0 ? "highest" : "lowest";
  if (shown.rows.size() > 1) {
    return rows_sentence(shown, fmt::format("The {} {} of the {} with a figure: ", degree,
                                            inside(column.title), shown.result.matched));
  }
  Builder builder;
  const auto& row = shown.rows[0];
  const auto at =
      std::find(shown.result.columns.begin(), shown.result.columns.end(), reading.columns[0]) -
      shown.result.columns.begin();
  const ShownCell& cell = row[static_cast<std::size_t>(at)];
  builder.cite(row[0]);
  builder.cite(cell);
  builder.said.text =
      fmt::format("{} has the {} {} in {}: {} (of {} with a figure).", row[0].cell->text, degree,
                  inside(column.title), file_name(shown.relation), value_text(column, *cell.cell),
                  shown.result.matched);
  return builder.said;
}

Said aggregate_sentence(const Shown& shown) {
  const Reading& reading = shown.reading;
  const double value = shown.result.aggregate.value_or(0);
  Builder builder;
  for (const auto& row : shown.rows) {
    for (std::size_t c = 0; c < row.size(); ++c) builder.cite(row[c]);
  }
  if (reading.intent == Intent::kCount) {
    builder.said.text = fmt::format("{} of the {} rows of {} fit.", shown.result.matched,
                                    shown.relation.rows.size(), file_name(shown.relation));
    return builder.said;
  }
  const RelationColumn& column = shown.relation.columns[reading.columns[0]];
  std::int64_t counted = 0;
  for (const auto& row : shown.relation.rows) {
    if (row[reading.columns[0]].value.number) ++counted;
  }
  if (!reading.rows.empty() || !reading.words.empty() || !reading.numbers.empty()) {
    counted = 0;
    for (const std::size_t row : shown.result.rows) {
      if (shown.relation.rows[row][reading.columns[0]].value.number) ++counted;
    }
  }
  builder.said.text = fmt::format("The {} {} of {} rows with a figure is {}{}{}.",
                                  reading.intent == Intent::kSum ? "total" : "average",
                                  inside(column.title), counted, charts::format_number(value),
                                  column.unit.empty() ? "" : " ", column.unit);
  return builder.said;
}

}  // namespace

std::string value_text(const RelationColumn& column, const RelationCell& cell) {
  if (!cell.value.number) return cell.text;
  std::vector<std::string> values = {charts::format_number(*cell.value.number)};
  for (const double other : cell.value.alternatives) values.push_back(charts::format_number(other));
  std::string out;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i > 0) out += i + 1 == values.size() ? " or " : ", ";
    out += values[i];
  }
  return column.unit.empty() ? out : out + " " + column.unit;
}

Said lead_sentence(const Shown& shown) {
  switch (shown.reading.intent) {
    case Intent::kSuperlative:
      return superlative_sentence(shown);
    case Intent::kCount:
    case Intent::kAverage:
    case Intent::kSum:
      return aggregate_sentence(shown);
    case Intent::kList: {
      const std::string prefix =
          fmt::format("{} rows of {} fit: ", shown.result.matched, file_name(shown.relation));
      return rows_sentence(
          shown, shown.rows.size() > kRowsInSentenceMax ? prefix + "the first are " : prefix);
    }
    default:
      return rows_sentence(shown, "");
  }
}

std::vector<Said> contested_sentences(const Shown& shown) {
  std::vector<Said> out;
  std::optional<std::size_t> note;
  for (std::size_t c = 0; c < shown.relation.columns.size(); ++c) {
    if (shown.relation.columns[c].remark && shown.relation.columns[c].name.starts_with("note"))
      note = c;
  }
  for (const auto& row : shown.rows) {
    Builder builder;
    std::vector<std::string> values;
    for (std::size_t c = 1; c < row.size(); ++c) {
      if (row[c].cell->value.alternatives.empty()) continue;
      const RelationColumn& column = column_of(shown, c);
      values.push_back(value_text(column, *row[c].cell) + " " + inside(column.title));
      builder.cite(row[c]);
    }
    if (values.empty()) continue;
    builder.said.text = fmt::format("Sources disagree on the {}: {}; all values are shown.",
                                    row[0].cell->text, listed(values));
    out.push_back(std::move(builder.said));
  }
  return out;
}

std::vector<Said> missing_sentences(const Shown& shown) {
  std::vector<Said> out;
  if (!shown.reading.rows.empty() || shown.reading.intent == Intent::kList) {
    for (std::size_t c = 1; c < shown.result.columns.size(); ++c) {
      std::vector<std::string> names;
      for (const auto& row : shown.rows) {
        if (row[c].cell->value.blank) names.push_back(row[0].cell->text);
      }
      if (names.empty()) continue;
      out.push_back({fmt::format("No source in the base gives the {} of {}.",
                                 inside(column_of(shown, c).title), listed(names)),
                     {},
                     false});
    }
  }
  return out;
}

std::vector<Said> unknown_sentences(const Shown& shown) {
  if (shown.reading.unknown.empty()) return {};
  return {{fmt::format("{} {} not in {}.", listed(shown.reading.unknown),
                       shown.reading.unknown.size() == 1 ? "is" : "are", file_name(shown.relation)),
           {},
           false}};
}

}  // namespace interposer::assistant
