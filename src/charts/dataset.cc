#include "charts/dataset.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/json.h"

namespace interposer::charts {

std::string_view column_type_name(ColumnType type) {
  switch (type) {
    case ColumnType::kText:
      return "text";
    case ColumnType::kNumber:
      return "number";
    case ColumnType::kTime:
      return "time";
  }
  return "text";
}

std::optional<double> Datum::low() const {
  if (!number) return std::nullopt;
  double least = *number;
  for (const double other : alternatives) least = std::min(least, other);
  return least;
}

std::optional<double> Datum::high() const {
  if (!number) return std::nullopt;
  double greatest = *number;
  for (const double other : alternatives) greatest = std::max(greatest, other);
  return greatest;
}

std::optional<std::size_t> Dataset::find(std::string_view column) const {
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (columns[i].name == column) return i;
  }
  return std::nullopt;
}

std::string format_number(double value) {
  constexpr double kPlainBelow = 1e15;
  if (!std::isfinite(value)) return "";
  if (std::abs(value) >= kPlainBelow) return fmt::format("{:.4g}", value);
  std::string text = fmt::format("{:.4f}", std::abs(value));
  while (text.back() == '0') text.pop_back();
  if (text.back() == '.') text.pop_back();
  std::size_t whole = std::min(text.find('.'), text.size());
  for (std::size_t at = whole; at > 3; at -= 3) text.insert(at - 3, ",");
  return value < 0 && text != "0" ? "-" + text : text;
}

std::string format_datum(const Datum& datum) {
  if (!datum.number) return "";
  const double low = *datum.low();
  const double high = *datum.high();
  if (low == high) return format_number(low);
  return format_number(low) + "\u2013" + format_number(high);
}

namespace {

std::string csv_field(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + '"';
}

}  // namespace

std::string to_csv(const Dataset& data) {
  std::string out;
  for (std::size_t i = 0; i < data.columns.size(); ++i) {
    if (i > 0) out += ',';
    out += csv_field(data.columns[i].name);
  }
  out += "\r\n";
  for (const auto& row : data.rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (i > 0) out += ',';
      out += csv_field(row[i].text);
    }
    out += "\r\n";
  }
  return out;
}

std::string to_json(const Dataset& data) {
  JsonWriter json;
  json.begin_array();
  for (const auto& row : data.rows) {
    json.begin_object();
    for (std::size_t i = 0; i < row.size() && i < data.columns.size(); ++i) {
      const Datum& cell = row[i];
      json.key(data.columns[i].name);
      if (cell.text.empty() && !cell.number) {
        json.null();
      } else if (cell.number && cell.alternatives.empty()) {
        json.number(*cell.number);
      } else {
        json.string(cell.text);
      }
    }
    json.end_object();
  }
  return json.end_array().take();
}

}  // namespace interposer::charts
