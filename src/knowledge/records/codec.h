// Blocks and sentences as bytes: variable-length integers, differences of offsets. Decoding checks
// every bound: the bytes may come from a confined child or a damaged file.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "knowledge/types.h"

namespace interposer::knowledge {

class Writer {
 public:
  void number(std::uint64_t value);
  void integer(std::int64_t value);  // zigzag
  void text(std::string_view text);
  std::string take() { return std::move(out_); }

 private:
  std::string out_;
};

// After a short or malformed read everything reads as zero or empty, and ok() is false.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}
  std::uint64_t number();
  std::int64_t integer();
  std::string_view text();
  // A count of things of which each takes a byte at least: never more than what is left.
  std::size_t count();
  bool ok() const { return ok_; }
  bool at_end() const { return bytes_.empty(); }

 private:
  std::string_view bytes_;
  bool ok_ = true;
};

void write_blocks(Writer& out, const std::vector<Block>& blocks);
// Checks that the spans lie in order inside of `text`, on code point borders.
Result<std::vector<Block>> read_blocks(Reader& in, std::string_view text);

struct Span {
  std::int64_t start = 0, end = 0;
  int block = 0;
};
void write_spans(Writer& out, const std::vector<Span>& spans);
Result<std::vector<Span>> read_spans(Reader& in, std::size_t text_size);

}  // namespace interposer::knowledge
