// A whole file as text, mapped and not copied; lines and fields of it.
#pragma once

#if defined(__SSE2__)
#include <immintrin.h>
#endif

#include <bit>
#include <cstddef>
#include <cstring>
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

// The first white space in [at, end), or end. Sixteen bytes a step where the machine can.
inline const char* find_space(const char* at, const char* end) {
#if defined(__SSE2__)
  const __m128i blank = _mm_set1_epi8(' ');
  const __m128i tab = _mm_set1_epi8('\t');
  const __m128i span = _mm_set1_epi8('\r' - '\t');
  for (; end - at >= 16; at += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    const __m128i above_tab = _mm_sub_epi8(bytes, tab);  // wraps below it
    const __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(above_tab, span), above_tab);
    const __m128i space = _mm_or_si128(control, _mm_cmpeq_epi8(bytes, blank));
    const int mask = _mm_movemask_epi8(space);
    if (mask != 0) return at + std::countr_zero(static_cast<unsigned>(mask));
  }
#endif
  while (at < end && !is_space(*at)) ++at;
  return at;
}

// Walks a text line by line and a line field by field.
class LineReader {
 public:
  explicit LineReader(std::string_view text) : at_(text.data()), end_(text.data() + text.size()) {}

  // False at the end of the text.
  bool next_line() {
    if (line_end_ != nullptr) at_ = line_end_ == end_ ? end_ : line_end_ + 1;
    if (at_ == end_) return false;
    const void* const found = std::memchr(at_, '\n', static_cast<std::size_t>(end_ - at_));
    line_end_ = found == nullptr ? end_ : static_cast<const char*>(found);
    ++line_;
    return true;
  }

  // Empty when the line has no more.
  std::string_view next_field() {
    while (at_ < line_end_ && is_space(*at_)) ++at_;
    const char* const start = at_;
    // The line's end is white space itself, or the text's end: the search can't pass it.
    if (at_ < line_end_) at_ = find_space(at_, end_);
    return {start, static_cast<std::size_t>(at_ - start)};
  }

  // Skips white space first.
  bool at_line_end() {
    while (at_ < line_end_ && is_space(*at_)) ++at_;
    return at_ == line_end_;
  }

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
