#include <fmt/format.h>

#include <set>

#include "base/strings.h"
#include "charts/spec.h"

namespace interposer::charts {
namespace {

Error wrong(std::string message, std::string remedy = {}) {
  return make_error(Code::kInvalidArgument, "chart: " + std::move(message), std::move(remedy),
                    "invalid_chart");
}

Result<std::size_t> column_of(const Dataset& data, const Encoding& encoding, std::string_view at) {
  if (const auto found = data.find(encoding.field)) return *found;
  std::vector<std::string> names;
  for (const Column& column : data.columns) names.push_back(column.name);
  return wrong(fmt::format("'encoding.{}' names the column '{}', which '{}' lacks", at,
                           encoding.field, data.name),
               did_you_mean(encoding.field, names));
}

Status type_fits(const Dataset& data, const Encoding& encoding, std::string_view at) {
  IP_TRY(const std::size_t index, column_of(data, encoding, at));
  const Column& column = data.columns[index];
  if (encoding.type == FieldType::kQuantitative && column.type != ColumnType::kNumber) {
    return wrong(fmt::format("'encoding.{}' is quantitative, but the column '{}' holds {}", at,
                             encoding.field, column_type_name(column.type)),
                 "use nominal, or a column of numbers");
  }
  if (encoding.type == FieldType::kTemporal && column.type == ColumnType::kText) {
    return wrong(fmt::format("'encoding.{}' is temporal, but the column '{}' holds text", at,
                             encoding.field),
                 "use nominal, or a column of times");
  }
  return {};
}

std::size_t distinct(const Dataset& data, std::size_t column) {
  std::set<std::string_view> seen;
  for (const auto& row : data.rows) seen.insert(row[column].text);
  return seen.size();
}

Status few_enough(const Dataset& data, const Encoding& encoding, std::size_t most,
                  std::string_view what) {
  const std::size_t count = distinct(data, *data.find(encoding.field));
  if (count <= most) return {};
  return wrong(
      fmt::format("'{}' has {} values, more than {} {}", encoding.field, count, most, what),
      "show a table, or fewer rows");
}

Status shape_fits(const ChartSpec& spec) {
  const bool x_number = spec.x.type == FieldType::kQuantitative;
  const bool y_number = spec.y.type == FieldType::kQuantitative;
  if (spec.mark == Mark::kBar && (!x_number || y_number)) {
    return wrong("a bar chart needs a number on 'encoding.x' and a category on 'encoding.y'",
                 "bars lie, so that their names stay readable: swap x and y");
  }
  if (spec.mark != Mark::kBar && !y_number) {
    return wrong("a line or point chart needs a number on 'encoding.y'",
                 "make 'encoding.y' quantitative");
  }
  if (spec.color && spec.color->type == FieldType::kQuantitative) {
    return wrong("'encoding.color' must be a category", "use nominal");
  }
  if (spec.row && spec.row->type == FieldType::kQuantitative) {
    return wrong("'encoding.row' must be a category", "use nominal");
  }
  return {};
}

Status some_number(const ChartSpec& spec, const Dataset& data) {
  for (const Encoding* encoding : {&spec.x, &spec.y}) {
    if (encoding->type != FieldType::kQuantitative) continue;
    const std::size_t column = *data.find(encoding->field);
    bool any = false;
    for (const auto& row : data.rows) any = any || row[column].number.has_value();
    if (!any) {
      return wrong(fmt::format("no row has a number in '{}'", encoding->field), "show a table");
    }
  }
  return {};
}

}  // namespace

Status validate(const ChartSpec& spec, const Dataset& data) {
  if (!spec.data.empty() && spec.data != data.name) {
    return wrong(
        fmt::format("'data.name' is '{}', the rows are those of '{}'", spec.data, data.name));
  }
  for (const auto& row : data.rows) {
    if (row.size() != data.columns.size()) {
      return wrong(fmt::format("a row of '{}' has {} cells for {} columns", data.name, row.size(),
                               data.columns.size()));
    }
  }
  IP_OK(type_fits(data, spec.x, "x"));
  IP_OK(type_fits(data, spec.y, "y"));
  for (const auto& [encoding, at] :
       {std::pair{&spec.color, "color"}, std::pair{&spec.row, "row"}}) {
    if (!*encoding) continue;
    IP_OK(type_fits(data, **encoding, at));
  }
  IP_OK(shape_fits(spec));
  if (data.rows.size() > kMarksMax) {
    return wrong(fmt::format("{} rows are more than {} marks", data.rows.size(), kMarksMax),
                 "show a table, or fewer rows");
  }
  if (spec.mark == Mark::kBar) {
    IP_OK(few_enough(data, spec.y, kCategoriesMax, "bars"));
  }
  if (spec.color) {
    IP_OK(few_enough(data, *spec.color, kCategoriesMax, "colours"));
  }
  if (spec.row) {
    IP_OK(few_enough(data, *spec.row, kPanelsMax, "panels"));
  }
  return some_number(spec, data);
}

}  // namespace interposer::charts
