// What a parser makes of a file: extracted UTF-8 text and its blocks. Rules that all parsers keep:
// - the text is valid UTF-8 and final: whatever is repaired or joined (PDF hyphenation, HTML white
//   space, Markdown markup) is so before spans are taken, so that a quote equals its bytes;
// - of text and CSV files the text is the file itself (without a byte order mark);
// - blocks are in order, do not overlap, and their borders are code point borders.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "knowledge/types.h"

namespace interposer::knowledge {

// Raised when a parser changes what it extracts; kept with each version.
inline constexpr int kParserVersion = 1;

inline constexpr std::size_t kMaxFileBytes = 64ULL * 1024 * 1024;
inline constexpr std::size_t kMaxTextBytes = 64ULL * 1024 * 1024;

enum class Kind : std::uint8_t { kUnknown, kMarkdown, kText, kHtml, kPdf, kCsv, kTsv, kJsonl };
std::string_view kind_name(Kind kind);
// By the name's extension; kUnknown where no parser reads it.
Kind kind_of(std::string_view name);
// A document format that people keep knowledge in and that is not read here yet (office files):
// told as a failure also when it only lies in a folder. Other unknown files in folders are passed
// over.
bool is_unread_document(std::string_view name);

struct Parsed {
  std::string title;
  bool title_from_content = false;  // else it comes from the file's name
  std::string text;
  std::vector<Block> blocks;
};

// `name` is used in errors and for the title of last resort. Errors: kind names the cause
// ("empty_file", "encrypted", "scanned", ...), message and remedy are for the person.
Result<Parsed> parse(Kind kind, const std::string& name, std::string_view bytes);

Result<Parsed> parse_text(const std::string& name, std::string_view bytes);
Result<Parsed> parse_markdown(const std::string& name, std::string_view bytes);
Result<Parsed> parse_csv(const std::string& name, std::string_view bytes, char separator);
Result<Parsed> parse_pdf(const std::string& name, std::string_view bytes);
// In the process that calls it: for the confined child and for fuzzing.
Result<Parsed> parse_html_here(std::string_view bytes);
Result<Parsed> parse_html(const std::string& name, std::string_view bytes);  // confined

// A file's bytes as UTF-8 text without byte order mark (UTF-16 with a mark is converted), or why
// not: names the first byte that is not text.
Result<std::string> decode_text(const std::string& name, std::string_view bytes);

// The same for HTML, which may name its encoding in a <meta> element.
Result<std::string> decode_html(const std::string& name, std::string_view bytes);

std::string title_from_name(std::string_view name);

// Appends blocks to a text, two line ends between them.
class TextBuilder {
 public:
  // Starts a block; closes the open one.
  void open(BlockKind kind, int level = 0);
  bool is_open() const { return open_; }
  void append(std::string_view text) { text_ += text; }
  // Runs of white space become one space; none at the start of a block or after a space or line
  // end.
  void append_collapsed(std::string_view text);
  void line_break();
  // Trims and ends the open block; an empty one vanishes.
  void close();
  void begin_table();
  void begin_row();
  void begin_cell();
  void end_cell();
  void end_row(bool header);
  void end_table();
  void set_page(int page) { page_ = page; }
  void page_break();
  std::size_t size() const { return text_.size(); }
  BlockKind kind() const { return block_.kind; }
  Parsed take();

 private:
  void separate();
  void trim_end(std::size_t down_to);

  std::string text_;
  std::vector<Block> blocks_;
  Block block_;
  bool open_ = false;
  std::optional<int> page_;
  TableBlock table_;
  std::vector<Cell> row_;
  std::size_t cell_start_ = 0;
};

}  // namespace interposer::knowledge
