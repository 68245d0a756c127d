#include "knowledge/records/codec.h"

#include "base/utf8.h"

namespace interposer::knowledge {

void Writer::number(std::uint64_t value) {
  while (value >= 0x80) {
    out_ += static_cast<char>(static_cast<unsigned char>(value | 0x80U));
    value >>= 7U;
  }
  out_ += static_cast<char>(value);
}

void Writer::integer(std::int64_t value) {
  const auto bits = static_cast<std::uint64_t>(value);
  number(bits << 1U ^ static_cast<std::uint64_t>(value >> 63));
}

void Writer::text(std::string_view text) {
  number(text.size());
  out_ += text;
}

std::uint64_t Reader::number() {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64 && !bytes_.empty(); shift += 7) {
    const auto byte = static_cast<unsigned char>(bytes_[0]);
    bytes_.remove_prefix(1);
    value |= static_cast<std::uint64_t>(byte & 0x7FU) << shift;
    if ((byte & 0x80U) == 0) return value;
  }
  ok_ = false;
  bytes_ = {};
  return 0;
}

std::int64_t Reader::integer() {
  const std::uint64_t bits = number();
  return static_cast<std::int64_t>(bits >> 1U) ^ -static_cast<std::int64_t>(bits & 1U);
}

std::string_view Reader::text() {
  const std::uint64_t size = number();
  if (size > bytes_.size()) {
    ok_ = false;
    bytes_ = {};
    return {};
  }
  const std::string_view out = bytes_.substr(0, size);
  bytes_.remove_prefix(size);
  return out;
}

std::size_t Reader::count() {
  const std::uint64_t n = number();
  if (n <= bytes_.size()) return n;
  ok_ = false;
  bytes_ = {};
  return 0;
}

namespace {

void write_cells(Writer& out, const std::vector<Cell>& cells, std::int64_t base) {
  out.number(cells.size());
  for (const Cell& cell : cells) {
    out.integer(cell.start - base);
    out.number(static_cast<std::uint64_t>(cell.end - cell.start));
  }
}

bool inside(std::string_view text, std::int64_t start, std::int64_t end) {
  return start >= 0 && start <= end && end <= static_cast<std::int64_t>(text.size()) &&
         utf8_border(text, static_cast<std::size_t>(start)) &&
         utf8_border(text, static_cast<std::size_t>(end));
}

bool read_cells(Reader& in, std::string_view text, std::int64_t base, std::vector<Cell>& cells) {
  const std::size_t n = in.count();
  for (std::size_t i = 0; i < n && in.ok(); ++i) {
    Cell cell;
    const std::int64_t offset = in.integer();
    const std::uint64_t length = in.number();
    if (offset > static_cast<std::int64_t>(text.size()) || length > text.size()) return false;
    cell.start = base + offset;
    cell.end = cell.start + static_cast<std::int64_t>(length);
    if (!inside(text, cell.start, cell.end)) return false;
    cell.text = std::string(text.substr(static_cast<std::size_t>(cell.start), length));
    cells.push_back(std::move(cell));
  }
  return in.ok();
}

bool read_table(Reader& in, std::string_view text, Block& block) {
  block.table.emplace();
  if (!read_cells(in, text, block.start, block.table->header)) return false;
  const std::size_t rows = in.count();
  for (std::size_t r = 0; r < rows; ++r)
    if (!read_cells(in, text, block.start, block.table->rows.emplace_back())) return false;
  return true;
}

Error damaged() {
  return make_error(Code::kDataLoss, "a stored document is damaged", "ingest it again");
}

}  // namespace

void write_blocks(Writer& out, const std::vector<Block>& blocks) {
  out.number(blocks.size());
  std::int64_t last = 0;
  for (const Block& block : blocks) {
    out.number(static_cast<std::uint64_t>(block.kind));
    out.number(static_cast<std::uint64_t>(block.level));
    out.number(static_cast<std::uint64_t>(block.start - last));
    out.number(static_cast<std::uint64_t>(block.end - block.start));
    out.number(static_cast<std::uint64_t>(block.page.value_or(0)));
    out.number(block.table ? 1 : 0);
    if (block.table) {
      write_cells(out, block.table->header, block.start);
      out.number(block.table->rows.size());
      for (const auto& row : block.table->rows) write_cells(out, row, block.start);
    }
    last = block.end;
  }
}

Result<std::vector<Block>> read_blocks(Reader& in, std::string_view text) {
  std::vector<Block> blocks;
  const std::size_t n = in.count();
  std::uint64_t last = 0;
  for (std::size_t i = 0; i < n; ++i) {
    Block block;
    const std::uint64_t kind = in.number();
    block.level = static_cast<int>(in.number() & 0xFFU);
    const std::uint64_t gap = in.number(), length = in.number(), page = in.number();
    if (!in.ok() || kind > static_cast<std::uint64_t>(BlockKind::kPageBreak) || gap > text.size() ||
        length > text.size() || last + gap + length > text.size() || page > 10'000'000)
      return damaged();
    block.kind = static_cast<BlockKind>(kind);
    block.start = static_cast<std::int64_t>(last + gap);
    block.end = static_cast<std::int64_t>(last + gap + length);
    if (page > 0) block.page = static_cast<int>(page);
    if (!inside(text, block.start, block.end)) return damaged();
    if (in.number() != 0 && !read_table(in, text, block)) return damaged();
    last = last + gap + length;
    blocks.push_back(std::move(block));
  }
  if (!in.ok()) return damaged();
  return blocks;
}

void write_spans(Writer& out, const std::vector<Span>& spans) {
  out.number(spans.size());
  std::int64_t last = 0;
  int block = 0;
  for (const Span& span : spans) {
    out.number(static_cast<std::uint64_t>(span.start - last));
    out.number(static_cast<std::uint64_t>(span.end - span.start));
    out.number(static_cast<std::uint64_t>(span.block - block));
    last = span.end;
    block = span.block;
  }
}

Result<std::vector<Span>> read_spans(Reader& in, std::size_t text_size) {
  std::vector<Span> spans;
  const std::size_t n = in.count();
  std::uint64_t last = 0, block = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const std::uint64_t gap = in.number(), length = in.number();
    block += in.number();
    if (!in.ok() || gap > text_size || length > text_size || last + gap + length > text_size ||
        block > 100'000'000)
      return damaged();
    last += gap;
    spans.push_back({static_cast<std::int64_t>(last), static_cast<std::int64_t>(last + length),
                     static_cast<int>(block)});
    last += length;
  }
  if (!in.ok()) return damaged();
  return spans;
}

}  // namespace interposer::knowledge
