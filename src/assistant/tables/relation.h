// A table of the base as typed rows: numbers where every cell is one, units from the header,
// contested cells with all their values, blanks as blanks. Each cell keeps its span.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "assistant/tables/units.h"
#include "charts/dataset.h"
#include "knowledge/knowledge.h"

namespace interposer::assistant {

inline constexpr std::size_t kRelationRowsMax = 5000;
inline constexpr std::size_t kRelationColumnsMax = 64;

// What a cell says. "", "-", "n/a" are blank; "180|192" has alternatives, "(1,200)" is negative,
// "268-288" is a range, kept as two values; "12 %" carries its unit.
struct CellValue {
  bool blank = false;
  std::optional<double> number;
  std::vector<double> alternatives;
  std::string unit;
};
CellValue parse_cell(std::string_view text);

struct RelationCell {
  std::string text;
  CellValue value;
  std::int64_t start = 0, end = 0;  // in the version's text
};

struct RelationColumn {
  std::string name;   // of the header, as it stands; SQL name
  std::string title;  // "Memory"
  std::string unit;   // "GB"; empty: none
  std::string_view dimension;
  charts::ColumnType type = charts::ColumnType::kText;
  std::vector<std::string> words;  // of the name without its unit, folded
  bool remark = false;             // notes, sources: never matched, shown where they explain
};

struct Relation {
  std::string document, version, title, uri;
  std::string name;  // SQL name: "boards"
  std::vector<RelationColumn> columns;
  std::vector<std::vector<RelationCell>> rows;
  std::size_t key = 0;  // the column that names the rows
};

// nullopt: not a relation (no header, no names, too large).
std::optional<Relation> make_relation(const knowledge::Knowledge::TableRef& table);

// "memory_gb" -> "Memory"; words of more than letters keep their own spelling ("FP8").
std::string column_title(std::string_view name);

}  // namespace interposer::assistant
