// Reading the plain files of data sets: whole texts, lines, comma-separated values.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace interposer::evals {

inline constexpr std::size_t kFileBytesMax = std::size_t{1} << 30;  // of a file that is read whole

Result<std::string> read_file(const std::filesystem::path& path);

// Lines without their ends; a last line without an end counts, an empty rest doesn't.
std::vector<std::string_view> lines_of(std::string_view text);

// RFC 4180: commas, fields in double quotes may hold commas, line ends and doubled quotes.
struct Csv {
  std::vector<std::string> header;
  std::vector<std::vector<std::string>> rows;  // each as long as the header

  // The column's index, or header.size() when there is none of that name.
  std::size_t column(std::string_view name) const;
};
// `file` names the text in errors, with the line where a row starts.
Result<Csv> parse_csv(std::string_view text, std::string_view file);

}  // namespace interposer::evals
