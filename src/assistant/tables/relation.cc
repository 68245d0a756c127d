#include "assistant/tables/relation.h"

#include <algorithm>
#include <array>
#include <set>

#include "assistant/text/words.h"
#include "base/strings.h"

namespace interposer::assistant {
namespace {

using knowledge::Cell;

// Columns that talk about the other columns.
bool remark_name(std::string_view name) {
  constexpr std::array kRemarks = {"note",      "notes",      "remark",     "remarks", "comment",
                                   "comments",  "source",     "sources",    "url",     "link",
                                   "reference", "references", "confidence", "grade"};
  return std::find(kRemarks.begin(), kRemarks.end(), to_lower(name)) != kRemarks.end();
}

bool time_name(const std::vector<std::string>& words) {
  constexpr std::array kTimes = {"year", "date", "month", "quarter", "day", "week"};
  return std::any_of(words.begin(), words.end(), [&](const std::string& word) {
    return std::find(kTimes.begin(), kTimes.end(), word) != kTimes.end();
  });
}

// A second header line that holds the units: every cell is blank, a unit, or a unit in brackets.
bool unit_row(const std::vector<Cell>& row) {
  bool any = false;
  for (const Cell& cell : row) {
    std::string_view text = trim(cell.text);
    if (text.size() > 2 && text.front() == '(' && text.back() == ')')
      text = text.substr(1, text.size() - 2);
    if (text.empty()) continue;
    if (find_unit(text) == nullptr) return false;
    any = true;
  }
  return any;
}

RelationColumn make_column(std::string_view header) {
  RelationColumn column;
  const HeaderParts parts = split_header(header);
  column.name = std::string(trim(header));
  column.title = column_title(parts.name);
  column.unit = parts.unit;
  if (parts.known != nullptr) column.dimension = parts.known->dimension;
  for (const Word& word : words(parts.name)) column.words.push_back(word.low);
  column.remark = remark_name(column.name);
  return column;
}

void infer_type(Relation& relation, std::size_t index) {
  RelationColumn& column = relation.columns[index];
  std::size_t numbers = 0;
  std::size_t texts = 0;
  for (const auto& row : relation.rows) {
    const CellValue& value = row[index].value;
    if (value.blank) continue;
    (value.number ? numbers : texts) += 1;
    if (column.unit.empty() && !value.unit.empty()) {
      const Unit* known = find_unit(value.unit);
      column.unit = known != nullptr ? std::string(known->shown) : value.unit;
      if (known != nullptr) column.dimension = known->dimension;
    }
  }
  if (time_name(column.words)) {
    column.type = charts::ColumnType::kTime;
  } else if (numbers > 0 && texts == 0 && !column.remark) {
    column.type = charts::ColumnType::kNumber;
  }
  if (column.type != charts::ColumnType::kText) return;
  for (auto& row : relation.rows) {  // words stay words: "5" in a column of names is a name
    const bool blank = row[index].value.blank;
    row[index].value = CellValue{};
    row[index].value.blank = blank;
  }
}

// The first column whose cells are filled and (nearly) all different.
std::optional<std::size_t> key_column(const Relation& relation) {
  for (std::size_t i = 0; i < relation.columns.size(); ++i) {
    if (relation.columns[i].type == charts::ColumnType::kNumber || relation.columns[i].remark)
      continue;
    std::set<std::string> seen;
    for (const auto& row : relation.rows) {
      if (!row[i].value.blank) seen.insert(to_lower(row[i].text));
    }
    if (seen.size() * 10 >= relation.rows.size() * 9) return i;
  }
  return std::nullopt;
}

std::string sql_name(std::string_view title) {
  std::string base(title.substr(title.rfind('/') + 1));
  if (const std::size_t dot = base.rfind('.'); dot != std::string::npos && dot > 0)
    base.resize(dot);
  std::string out;
  for (const Word& word : words(base)) {
    if (out.size() > 40) break;
    if (!out.empty()) out += '_';
    out += word.low;
  }
  return out.empty() ? "rows" : out;
}

}  // namespace

std::string column_title(std::string_view name) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 8> kSpelling = {
      {{"mlperf51", "MLPerf 5.1"},
       {"llama2", "Llama 2"},
       {"llama31", "Llama 3.1"},
       {"sram", "SRAM"},
       {"hbm", "HBM"},
       {"gpu", "GPU"},
       {"tdp", "TDP"},
       {"mlperf", "MLPerf"}}};
  if (name.find('_') == std::string_view::npos && to_lower(name) != name) return std::string(name);
  std::string out;
  for (const Word& word : words(name)) {
    std::string shown = word.low;
    const auto known = std::find_if(kSpelling.begin(), kSpelling.end(),
                                    [&](const auto& entry) { return entry.first == word.low; });
    if (known != kSpelling.end()) {
      shown = known->second;
    } else if (has_digit(shown)) {
      for (char& c : shown) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    } else if (out.empty() && shown[0] >= 'a' && shown[0] <= 'z') {
      shown[0] = static_cast<char>(shown[0] - 'a' + 'A');
    }
    if (!out.empty()) out += ' ';
    out += shown;
  }
  return out.empty() ? std::string(name) : out;
}

std::optional<Relation> make_relation(const knowledge::Knowledge::TableRef& ref) {
  const auto& header = ref.table.header;
  const auto& rows = ref.table.rows;
  if (header.size() < 2 || header.size() > kRelationColumnsMax) return std::nullopt;
  if (rows.empty() || rows.size() > kRelationRowsMax) return std::nullopt;
  Relation out;
  out.document = ref.document;
  out.version = ref.version;
  out.title = ref.title;
  out.name = sql_name(ref.document);
  std::set<std::string> names;
  for (const Cell& cell : header) {
    RelationColumn column = make_column(cell.text);
    while (column.name.empty() || !names.insert(to_lower(column.name)).second) column.name += "_";
    out.columns.push_back(std::move(column));
  }
  std::size_t first = 0;
  if (unit_row(rows[0])) {
    first = 1;
    for (std::size_t i = 0; i < rows[0].size() && i < out.columns.size(); ++i) {
      const HeaderParts parts = split_header("x (" + compact(rows[0][i].text) + ")");
      if (parts.known == nullptr || !out.columns[i].unit.empty()) continue;
      out.columns[i].unit = parts.known->shown;
      out.columns[i].dimension = parts.known->dimension;
    }
  }
  for (std::size_t r = first; r < rows.size(); ++r) {
    std::vector<RelationCell> cells(out.columns.size());
    for (auto& cell : cells) cell.value.blank = true;
    for (std::size_t i = 0; i < rows[r].size() && i < cells.size(); ++i) {
      const Cell& cell = rows[r][i];
      cells[i] = {cell.text, parse_cell(cell.text), cell.start, cell.end};
    }
    out.rows.push_back(std::move(cells));
  }
  for (std::size_t i = 0; i < out.columns.size(); ++i) infer_type(out, i);
  const auto key = key_column(out);
  if (!key) return std::nullopt;
  out.key = *key;
  return out;
}

}  // namespace interposer::assistant
