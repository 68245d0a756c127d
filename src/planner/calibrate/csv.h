// CSV by RFC 4180 with a header line: fields by name, errors by file and line.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace interposer::planner {

// A view of text that outlives it.
class CsvTable {
 public:
  // Header and rows; every row has as many fields as the header.
  static Result<CsvTable> parse(std::string_view text, std::string_view file, std::size_t max_rows);

  std::size_t size() const { return rows_.size(); }
  std::size_t line(std::size_t row) const { return lines_[row]; }  // in the file, from 1
  // Index of a column; an error that names it when there is none.
  Result<std::size_t> column(std::string_view name) const;
  const std::string& text(std::size_t row, std::size_t column) const { return rows_[row][column]; }
  // A finite number; an error with file, line and column otherwise.
  Result<double> number(std::size_t row, std::size_t column) const;

 private:
  std::string file_;
  std::vector<std::string> header_;
  std::vector<std::vector<std::string>> rows_;
  std::vector<std::size_t> lines_;
};

}  // namespace interposer::planner
