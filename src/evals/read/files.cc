#include "evals/read/files.h"

#include <algorithm>
#include <fstream>
#include <iterator>

namespace interposer::evals {
namespace {

class CsvReader {
 public:
  CsvReader(std::string_view text, std::string_view file) : text_(text), file_(file) {}

  Result<Csv> read() {
    Csv csv;
    while (at_ < text_.size()) {
      row_line_ = line_;
      IP_TRY(std::vector<std::string> row, next_row());
      if (csv.header.empty()) {
        csv.header = std::move(row);
        continue;
      }
      if (row.size() != csv.header.size()) {
        return error(std::to_string(row.size()) + " fields, the header has " +
                     std::to_string(csv.header.size()));
      }
      csv.rows.push_back(std::move(row));
    }
    if (csv.header.empty()) return error("no header");
    return csv;
  }

 private:
  Error error(std::string what) const {
    return make_error(Code::kInvalidArgument,
                      std::string(file_) + ":" + std::to_string(row_line_) + ": " + std::move(what),
                      "write comma-separated values with a header line");
  }

  Result<std::vector<std::string>> next_row() {
    std::vector<std::string> row;
    for (;;) {
      IP_TRY(std::string field, next_field());
      row.push_back(std::move(field));
      if (at_ == text_.size()) return row;
      const char separator = text_[at_++];
      if (separator == ',') continue;
      if (separator == '\r' && at_ < text_.size() && text_[at_] == '\n') ++at_;
      ++line_;
      return row;
    }
  }

  Result<std::string> next_field() {
    if (at_ == text_.size() || text_[at_] != '"') {
      const std::size_t end = std::min(text_.find_first_of(",\r\n", at_), text_.size());
      std::string field(text_.substr(at_, end - at_));
      at_ = end;
      return field;
    }
    std::string field;
    for (++at_;;) {
      const std::size_t quote = text_.find('"', at_);
      if (quote == text_.npos) return error("a quoted field has no end");
      const std::string_view part = text_.substr(at_, quote - at_);
      line_ += static_cast<std::size_t>(std::count(part.begin(), part.end(), '\n'));
      field += part;
      at_ = quote + 1;
      if (at_ == text_.size() || text_[at_] != '"') break;
      field += '"';
      ++at_;
    }
    if (at_ < text_.size() && text_.find_first_of(",\r\n", at_) != at_) {
      return error("text after a quoted field");
    }
    return field;
  }

  std::string_view text_;
  std::string_view file_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
  std::size_t row_line_ = 1;
};

}  // namespace

Result<std::string> read_file(const std::filesystem::path& path) {
  std::error_code failed;
  const auto size = std::filesystem::file_size(path, failed);
  if (failed) {
    return make_error(Code::kNotFound, "cannot read '" + path.string() + "': " + failed.message(),
                      "give the path of a readable file");
  }
  if (size > kFileBytesMax) {
    return make_error(Code::kTooLarge, "'" + path.string() + "' is over 1 GiB", "split it");
  }
  std::ifstream in(path, std::ios::binary);
  std::string text(static_cast<std::size_t>(size), '\0');
  in.read(text.data(), static_cast<std::streamsize>(size));
  if (!in) {
    return make_error(Code::kUnavailable, "reading '" + path.string() + "' failed",
                      "check the disk and the file's permissions");
  }
  return text;
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    std::string_view line = text.substr(at, end - at);
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.push_back(line);
    at = end + 1;
  }
  return lines;
}

std::size_t Csv::column(std::string_view name) const {
  return static_cast<std::size_t>(std::find(header.begin(), header.end(), name) - header.begin());
}

Result<Csv> parse_csv(std::string_view text, std::string_view file) {
  return CsvReader(text, file).read();
}

}  // namespace interposer::evals
