// Named rows that a chart draws from. A chart's numbers come from here, never from a model.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace interposer::charts {

enum class ColumnType : std::uint8_t { kText, kNumber, kTime };
std::string_view column_type_name(ColumnType type);  // "text", "number", "time"

struct Column {
  std::string name;   // what a chart refers to
  std::string title;  // for people; empty: the name
  std::string unit;   // "GB"; empty: none known
  ColumnType type = ColumnType::kText;
};

// One cell. Absent stays absent: no number is null, never zero.
struct Datum {
  std::string text;                  // as the source writes it
  std::optional<double> number;      // the first value given
  std::vector<double> alternatives;  // what other sources give instead

  std::optional<double> low() const;  // the least of all values; nullopt without a number
  std::optional<double> high() const;
};

struct Dataset {
  std::string name;
  std::vector<Column> columns;
  std::vector<std::vector<Datum>> rows;  // as many cells a row as there are columns

  std::optional<std::size_t> find(std::string_view column) const;
};

// "12,864", "4.8", "0.23", "-1,200.5": at most 4 decimals, no trailing zeros; "1.5e+18" from 1e15
// on.
std::string format_number(double value);
// "180-192" for a contested cell (an en dash between), else format_number; "" without a number.
std::string format_datum(const Datum& datum);

// The table twin of a chart: the same rows for readers of text and for machines.
std::string to_csv(const Dataset& data);   // RFC 4180, header first, "\r\n"
std::string to_json(const Dataset& data);  // [{"column": number|text|null, ...}, ...]

}  // namespace interposer::charts
