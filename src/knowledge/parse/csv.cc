// Comma separated values (RFC 4180): the text is the file; cells are spans of it, without their
// outer quotes; a doubled quote inside stays as it is written. Lines before the header that begin
// with '#' are a caption.
#include <algorithm>

#include "base/strings.h"
#include "knowledge/parse/parsed.h"

namespace interposer::knowledge {
namespace {

constexpr std::size_t kMaxCells = 2'000'000;

// The separator that the first line holds most often outside of quotes.
char guess_separator(std::string_view text) {
  constexpr std::string_view kCandidates = ",;\t|";
  std::size_t counts[kCandidates.size()] = {};
  bool quoted = false;
  for (const char c : text) {
    if (c == '"') quoted = !quoted;
    if (quoted) continue;
    if (c == '\n') break;
    const auto at = kCandidates.find(c);
    if (at != std::string_view::npos) ++counts[at];
  }
  const auto most = std::max_element(std::begin(counts), std::end(counts));
  return *most == 0 ? ',' : kCandidates[static_cast<std::size_t>(most - std::begin(counts))];
}

class Reader {
 public:
  Reader(std::string_view text, std::size_t at, char separator)
      : text_(text), at_(at), separator_(separator) {}

  bool done() const { return at_ >= text_.size(); }

  // One record; `end` is the byte after its last cell.
  std::vector<Cell> row(std::size_t* end) {
    std::vector<Cell> cells;
    for (;;) {
      cells.push_back(cell());
      *end = at_;
      if (done()) return cells;
      const char c = text_[at_++];
      if (c == separator_) continue;
      if (c == '\r' && !done() && text_[at_] == '\n') ++at_;
      return cells;
    }
  }

 private:
  bool at_end_of_cell() const {
    return done() || text_[at_] == separator_ || text_[at_] == '\n' || text_[at_] == '\r';
  }

  Cell span(std::size_t start, std::size_t end) const {
    const std::string_view inner = trim(text_.substr(start, end - start));
    if (inner.empty())
      return {static_cast<std::int64_t>(start), static_cast<std::int64_t>(start), ""};
    const auto first = static_cast<std::int64_t>(inner.data() - text_.data());
    return {first, first + static_cast<std::int64_t>(inner.size()), std::string(inner)};
  }

  Cell cell() {
    std::size_t start = at_;
    std::size_t quote = at_;
    while (quote < text_.size() && text_[quote] == ' ') ++quote;
    if (quote >= text_.size() || text_[quote] != '"') {
      while (!at_end_of_cell()) ++at_;
      return span(start, at_);
    }
    start = at_ = quote + 1;
    std::size_t end = text_.size();
    for (; !done(); ++at_) {
      if (text_[at_] != '"') continue;
      if (at_ + 1 < text_.size() && text_[at_ + 1] == '"') {
        ++at_;
        continue;
      }
      end = at_++;
      break;
    }
    const Cell inner = span(start, end);
    while (!at_end_of_cell()) ++at_;  // what stands after the closing quote is not data
    return inner;
  }

  std::string_view text_;
  std::size_t at_;
  char separator_;
};

// Consumes '#' lines; their span becomes a caption.
std::size_t read_caption(std::string_view text, std::vector<Block>& blocks) {
  std::size_t at = 0, end = 0;
  while (at < text.size() && text[at] == '#') {
    const auto newline = text.find('\n', at);
    end = newline == std::string_view::npos ? text.size() : newline;
    at = std::min(end + 1, text.size());
  }
  const std::string_view caption = trim(text.substr(0, end));
  if (caption.empty()) return at;
  Block block;
  block.kind = BlockKind::kCaption;
  block.start = static_cast<std::int64_t>(caption.data() - text.data());
  block.end = block.start + static_cast<std::int64_t>(caption.size());
  blocks.push_back(std::move(block));
  return at;
}

}  // namespace

Result<Parsed> parse_csv(const std::string& name, std::string_view bytes, char separator) {
  IP_TRY(std::string text, decode_text(name, bytes));
  Parsed parsed;
  parsed.text = std::move(text);
  const std::string_view all = parsed.text;
  std::size_t at = read_caption(all, parsed.blocks);
  Reader reader(all, at, separator ? separator : guess_separator(all.substr(at)));
  Block block;
  block.kind = BlockKind::kTable;
  block.table.emplace();
  block.start = -1;
  std::size_t cells = 0;
  while (!reader.done()) {
    std::size_t end = 0;
    auto row = reader.row(&end);
    const bool blank =
        std::all_of(row.begin(), row.end(), [](const Cell& c) { return c.text.empty(); });
    if (blank) continue;
    cells += row.size();
    if (cells > kMaxCells)
      return make_error(Code::kTooLarge,
                        name + " has more than " + std::to_string(kMaxCells) + " cells", "split it",
                        "too_large");
    const std::string_view line = trim(all.substr(at, end - at));
    if (block.start < 0) block.start = static_cast<std::int64_t>(line.data() - all.data());
    block.end = static_cast<std::int64_t>(line.data() - all.data() + line.size());
    if (block.table->header.empty())
      block.table->header = std::move(row);
    else
      block.table->rows.push_back(std::move(row));
  }
  if (block.start >= 0) parsed.blocks.push_back(std::move(block));
  return parsed;
}

}  // namespace interposer::knowledge
