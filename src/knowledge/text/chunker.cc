#include "knowledge/text/chunker.h"

#include "base/strings.h"
#include "base/utf8.h"

namespace interposer::knowledge {
namespace {

constexpr std::size_t kContextBytes = 400;

std::string_view bytes_of(std::string_view text, std::int64_t start, std::int64_t end) {
  return text.substr(static_cast<std::size_t>(start), static_cast<std::size_t>(end - start));
}

std::string header_names(const TableBlock& table) {
  std::vector<std::string> names;
  for (const Cell& cell : table.header)
    if (!cell.text.empty()) names.push_back(cell.text);
  return join(names, ", ");
}

std::string joined(const std::string& a, const std::string& b) {
  if (a.empty() || b.empty()) return a + b;
  return a + " > " + b;
}

std::string clipped(std::string text) {
  if (text.size() > kContextBytes) text.resize(utf8_floor(text, kContextBytes));
  return text;
}

class Chunker {
 public:
  Chunker(const Parsed& parsed, const std::vector<Span>& sentences)
      : parsed_(parsed), sentences_(sentences), paths_(heading_paths(parsed.text, parsed.blocks)) {}

  std::vector<ChunkSpan> run() {
    for (const Span& sentence : sentences_) {
      const auto index = static_cast<std::size_t>(sentence.block);
      const Block& block = parsed_.blocks[index];
      if (block.kind == BlockKind::kHeading) {
        heading(sentence);
        continue;
      }
      const std::string_view text = bytes_of(parsed_.text, sentence.start, sentence.end);
      const std::size_t words = count_words(text);
      const bool table = block.kind == BlockKind::kTable;
      if (open_ && (table != in_table_ || (table && sentence.block != block_)))
        flush();  // a table stands alone
      const std::size_t limit = table ? kRowWords : kChunkWords;
      if (open_ && words_ + words > limit) flush();
      if (table && is_header(block, sentence)) continue;
      if (!open_) start(sentence, index, table);
      chunk_.end = sentence.end;
      words_ += words;
    }
    flush();
    if (chunks_.empty()) only_headings();
    return std::move(chunks_);
  }

 private:
  // A heading closes what is open; its text comes back as the context of what follows.
  void heading(const Span&) { flush(); }

  bool is_header(const Block& block, const Span& sentence) const {
    return block.table && !block.table->rows.empty() && !block.table->header.empty() &&
           sentence.start <= block.table->header[0].start &&
           block.table->header[0].start < sentence.end;
  }

  void start(const Span& sentence, std::size_t index, bool table) {
    open_ = true;
    in_table_ = table;
    block_ = sentence.block;
    words_ = 0;
    const std::string title = parsed_.title_from_content ? parsed_.title : std::string();
    // The document's first heading is its title: it is not told twice.
    std::string path = paths_[index];
    if (!title.empty() && (path == title || path.starts_with(title + " > ")))
      path = path.size() > title.size() ? path.substr(title.size() + 3) : std::string();
    chunk_ = ChunkSpan{sentence.start, sentence.end, clipped(joined(title, path))};
    const Block& block = parsed_.blocks[index];
    if (table && block.table)
      chunk_.context = clipped(joined(chunk_.context, header_names(*block.table)));
  }

  void flush() {
    if (open_) chunks_.push_back(std::move(chunk_));
    open_ = false;
    words_ = 0;
  }

  void only_headings() {
    if (sentences_.empty()) return;
    chunks_.push_back({sentences_.front().start, sentences_.back().end, ""});
  }

  const Parsed& parsed_;
  const std::vector<Span>& sentences_;
  std::vector<std::string> paths_;
  std::vector<ChunkSpan> chunks_;
  ChunkSpan chunk_;
  bool open_ = false, in_table_ = false;
  int block_ = -1;
  std::size_t words_ = 0;
};

}  // namespace

std::size_t count_words(std::string_view text) {
  std::size_t words = 0, wide = 0;
  bool inside = false;
  for (const char c : text) {
    const bool space = c == ' ' || c == '\n' || c == '\t' || c == '\r';
    words += !space && !inside ? 1 : 0;
    inside = !space;
    // Scripts without spaces: three bytes a character, about two characters a word.
    wide += (static_cast<unsigned char>(c) & 0xF0U) == 0xE0U ? 1 : 0;
  }
  return std::max(words, wide / 2);
}

std::vector<std::string> heading_paths(std::string_view text, const std::vector<Block>& blocks) {
  std::vector<std::string> paths;
  std::vector<std::pair<int, std::string>> open;
  for (const Block& block : blocks) {
    if (block.kind == BlockKind::kHeading) {
      while (!open.empty() && open.back().first >= block.level) open.pop_back();
      open.emplace_back(block.level, std::string(bytes_of(text, block.start, block.end)));
    }
    std::string path;
    for (const auto& [level, heading] : open) path = joined(path, heading);
    paths.push_back(std::move(path));
  }
  return paths;
}

std::vector<ChunkSpan> make_chunks(const Parsed& parsed, const std::vector<Span>& sentences) {
  return Chunker(parsed, sentences).run();
}

}  // namespace interposer::knowledge
