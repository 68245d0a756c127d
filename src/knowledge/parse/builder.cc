#include "base/strings.h"
#include "knowledge/parse/parsed.h"

namespace interposer::knowledge {
namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; }

constexpr std::string_view kCellGap = " | ";

}  // namespace

void TextBuilder::separate() {
  if (!text_.empty()) text_ += "\n\n";
}

void TextBuilder::trim_end(std::size_t down_to) {
  while (text_.size() > down_to && is_space(text_.back())) text_.pop_back();
}

void TextBuilder::open(BlockKind kind, int level) {
  close();
  separate();
  block_ = Block{};
  block_.kind = kind;
  block_.level = level;
  block_.page = page_;
  block_.start = static_cast<std::int64_t>(text_.size());
  open_ = true;
}

void TextBuilder::append_collapsed(std::string_view text) {
  for (const char c : text) {
    if (!is_space(c)) {
      text_ += c;
      continue;
    }
    const bool at_start = open_ && static_cast<std::int64_t>(text_.size()) == block_.start;
    if (!at_start && !text_.empty() && !is_space(text_.back())) text_ += ' ';
  }
}

void TextBuilder::line_break() {
  trim_end(static_cast<std::size_t>(block_.start));
  if (static_cast<std::int64_t>(text_.size()) > block_.start) text_ += '\n';
}

void TextBuilder::close() {
  if (!open_) return;
  open_ = false;
  trim_end(static_cast<std::size_t>(block_.start));
  block_.end = static_cast<std::int64_t>(text_.size());
  if (block_.end == block_.start) {
    trim_end(0);  // and the separator before it
    return;
  }
  blocks_.push_back(std::move(block_));
}

void TextBuilder::page_break() {
  close();
  Block block;
  block.kind = BlockKind::kPageBreak;
  block.page = page_;
  block.start = block.end = static_cast<std::int64_t>(text_.size());
  blocks_.push_back(std::move(block));
}

void TextBuilder::begin_table() {
  open(BlockKind::kTable);
  table_ = TableBlock{};
}

void TextBuilder::begin_row() { row_.clear(); }

void TextBuilder::begin_cell() {
  if (!row_.empty()) text_ += kCellGap;
  cell_start_ = text_.size();
}

void TextBuilder::end_cell() {
  // Inside a cell nothing may look like the next row.
  for (std::size_t i = cell_start_; i < text_.size(); ++i)
    if (text_[i] == '\n' || text_[i] == '\r') text_[i] = ' ';
  trim_end(cell_start_);
  std::size_t start = cell_start_;
  while (start < text_.size() && is_space(text_[start])) ++start;
  row_.push_back({static_cast<std::int64_t>(start), static_cast<std::int64_t>(text_.size()),
                  text_.substr(start)});
}

void TextBuilder::end_row(bool header) {
  if (row_.empty()) return;
  text_ += '\n';
  if (header && table_.header.empty())
    table_.header = std::move(row_);
  else
    table_.rows.push_back(std::move(row_));
  row_.clear();
}

void TextBuilder::end_table() {
  if (table_.header.empty() && !table_.rows.empty()) {
    table_.header = std::move(table_.rows.front());
    table_.rows.erase(table_.rows.begin());
  }
  block_.table = std::move(table_);
  const std::size_t before = blocks_.size();
  close();
  if (blocks_.size() == before) return;
  // Trailing empty cells may have been trimmed with the block.
  const auto clip = [&](Cell& cell) {
    cell.start = std::min(cell.start, blocks_.back().end);
    cell.end = std::min(cell.end, blocks_.back().end);
  };
  for (Cell& cell : blocks_.back().table->header) clip(cell);
  for (auto& row : blocks_.back().table->rows)
    for (Cell& cell : row) clip(cell);
}

Parsed TextBuilder::take() {
  close();
  Parsed parsed;
  parsed.text = std::move(text_);
  parsed.blocks = std::move(blocks_);
  const auto size = static_cast<std::int64_t>(parsed.text.size());
  for (Block& block : parsed.blocks) {
    block.start = std::min(block.start, size);
    block.end = std::min(block.end, size);
  }
  return parsed;
}

}  // namespace interposer::knowledge
