#include "planner/calibrate/csv.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

namespace interposer::planner {
namespace {

// One record from `at`; moves `at` behind its line end and counts lines. False: an open quote.
bool read_record(std::string_view text, std::size_t& at, std::size_t& line,
                 std::vector<std::string>& out) {
  out.assign(1, {});
  bool quoted = false;
  while (at < text.size()) {
    const char c = text[at++];
    if (c == '\n') ++line;
    if (quoted) {
      if (c == '"' && at < text.size() && text[at] == '"') {
        out.back() += text[at++];
      } else if (c == '"') {
        quoted = false;
      } else {
        out.back() += c;
      }
    } else if (c == '"' && out.back().empty()) {
      quoted = true;
    } else if (c == ',') {
      out.emplace_back();
    } else if (c == '\n') {
      return true;
    } else if (c != '\r') {
      out.back() += c;
    }
  }
  return !quoted;
}

}  // namespace

Result<CsvTable> CsvTable::parse(std::string_view text, std::string_view file,
                                 std::size_t max_rows) {
  CsvTable table;
  table.file_ = file;
  std::size_t at = 0;
  std::size_t line = 1;
  if (text.substr(0, 3) == "\xEF\xBB\xBF") at = 3;
  if (!read_record(text, at, line, table.header_) ||
      table.header_ == std::vector<std::string>{""}) {
    return make_error(Code::kInvalidArgument, fmt::format("{}: line 1: no header", file),
                      "give a CSV file whose first line names the columns");
  }
  while (at < text.size()) {
    const std::size_t from = line;
    std::vector<std::string> fields;
    const bool closed = read_record(text, at, line, fields);
    if (fields.size() == 1 && fields[0].empty()) continue;
    if (!closed || fields.size() != table.header_.size()) {
      return make_error(Code::kInvalidArgument,
                        closed ? fmt::format("{}: line {}: {} fields, the header has {}", file,
                                             from, fields.size(), table.header_.size())
                               : fmt::format("{}: line {}: a quote is not closed", file, from));
    }
    if (table.rows_.size() == max_rows) {
      return make_error(Code::kTooLarge,
                        fmt::format("{}: line {}: more than {} rows", file, from, max_rows));
    }
    table.rows_.push_back(std::move(fields));
    table.lines_.push_back(from);
  }
  return table;
}

Result<std::size_t> CsvTable::column(std::string_view name) const {
  for (std::size_t i = 0; i < header_.size(); ++i) {
    if (header_[i] == name) return i;
  }
  return make_error(Code::kInvalidArgument, fmt::format("{}: line 1: no column '{}'", file_, name));
}

Result<double> CsvTable::number(std::size_t row, std::size_t column) const {
  const std::string& text = rows_[row][column];
  double value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) {
    return make_error(Code::kInvalidArgument,
                      fmt::format("{}: line {}: column '{}': '{}' is no number", file_, lines_[row],
                                  header_[column], text));
  }
  return value;
}

}  // namespace interposer::planner
