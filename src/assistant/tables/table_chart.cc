#include "assistant/tables/table_chart.h"

#include <fmt/format.h>

#include "base/log.h"
#include "charts/svg.h"

namespace interposer::assistant {
namespace {

using charts::ColumnType;
using charts::FieldType;

std::string panel_title(const RelationColumn& column) {
  return column.unit.empty() ? column.title : fmt::format("{} ({})", column.title, column.unit);
}

// Long form: name, measure, value. One row a bar, so that one spec fits one or many measures.
charts::Dataset long_rows(const Shown& shown, const std::vector<std::size_t>& measures) {
  const RelationColumn& key = shown.relation.columns[shown.relation.key];
  const RelationColumn& first = shown.relation.columns[shown.result.columns[measures[0]]];
  charts::Dataset data;
  data.name = shown.relation.name;
  data.columns = {{key.name, key.title, "",
                   key.type == ColumnType::kTime ? ColumnType::kTime : ColumnType::kText},
                  {"measure", "Measure", "", ColumnType::kText},
                  {"value", first.title, first.unit, ColumnType::kNumber}};
  for (const std::size_t measure : measures) {
    for (const auto& row : shown.rows) {
      const RelationCell& cell = *row[measure].cell;
      if (!cell.value.number && shown.reading.rows.empty()) continue;
      const charts::Datum name{row[0].cell->text, row[0].cell->value.number, {}};
      data.rows.push_back(
          {name,
           {panel_title(shown.relation.columns[shown.result.columns[measure]]), {}, {}},
           {cell.text, cell.value.number, cell.value.alternatives}});
    }
  }
  return data;
}

}  // namespace

std::optional<AnswerChart> draw_chart(const Shown& shown) {
  if (shown.rows.size() < 2) return std::nullopt;
  std::vector<std::size_t> measures;
  std::string_view unit;
  bool like_units = true;
  for (std::size_t c = 1; c < shown.result.columns.size(); ++c) {
    const RelationColumn& column = shown.relation.columns[shown.result.columns[c]];
    if (column.type != ColumnType::kNumber) continue;
    if (measures.empty()) unit = column.unit;
    like_units = like_units && column.unit == unit;
    measures.push_back(c);
  }
  if (measures.empty() || measures.size() > charts::kPanelsMax) return std::nullopt;
  const charts::Dataset data = long_rows(shown, measures);
  charts::ChartSpec spec;
  spec.data = data.name;
  const bool time = data.columns[0].type == ColumnType::kTime;
  spec.mark = time ? charts::Mark::kLine : charts::Mark::kBar;
  const charts::Encoding name{data.columns[0].name,
                              time ? FieldType::kTemporal : FieldType::kNominal, ""};
  const charts::Encoding measure{"measure", FieldType::kNominal, ""};
  charts::Encoding value{"value", FieldType::kQuantitative, ""};
  if (measures.size() > 1) {
    if (time) {
      if (!like_units) return std::nullopt;
      spec.color = measure;
    } else {
      spec.row = measure;
    }
    value.title = like_units && !unit.empty() ? std::string(unit) : "Value";
  }
  spec.x = time ? name : value;
  spec.y = time ? value : name;
  const Result<std::string> svg = charts::to_svg(spec, data);
  if (!svg) {  // too many bars, no number: the table alone says it
    log::debug("no chart for a table answer", {{"reason", svg.error().message}});
    return std::nullopt;
  }
  return AnswerChart{charts::to_json(spec), *svg};
}

}  // namespace interposer::assistant
