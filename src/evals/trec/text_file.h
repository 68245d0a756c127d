// A whole file as text, mapped and not copied; lines and fields of it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace interposer::evals::trec {

// Read-only mapping of a regular file; views into text() live as long as this object.
class MappedFile {
 public:
  static Result<MappedFile> open(const std::string& path);
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;
  ~MappedFile();

  std::string_view text() const { return {data_, size_}; }

 private:
  MappedFile() = default;
  const char* data_ = nullptr;
  std::size_t size_ = 0;
};

// White space as C's isspace has it in the "C" locale; a line ends at '\n' only.
inline bool is_space(char c) {
  constexpr unsigned kSpaces = 0x3e00;  // bits 9 to 13
  const auto byte = static_cast<unsigned char>(c);
  return byte == ' ' || (byte < 32 && ((kSpaces >> byte) & 1U) != 0);
}

// Walks a text line by line and a line field by field.
class LineReader {
 public:
  explicit LineReader(std::string_view text) : at_(text.data()), end_(text.data() + text.size()) {}

  bool next_line();               // false at the end of the text
  std::string_view next_field();  // empty when the line has no more
  bool at_line_end();             // skips white space first
  char first_char() const { return at_ < line_end_ ? *at_ : '\0'; }
  std::size_t line_number() const { return line_; }  // from 1

 private:
  const char* at_;
  const char* end_;
  const char* line_end_ = nullptr;
  std::size_t line_ = 0;
};

// "NAME:LINE: what" as an invalid_argument.
Error line_error(std::string_view file, std::size_t line, std::string what, std::string remedy);

}  // namespace interposer::evals::trec
