#include "knowledge/text/sentences.h"

#include <unicode/uchar.h>

#include <algorithm>
#include <array>

#include "base/strings.h"
#include "base/utf8.h"

namespace interposer::knowledge {
namespace {

// Before a full stop: the sentence goes on.
constexpr std::array<std::string_view, 52> kAbbreviations = {
    "al",   "approx", "appl", "assoc", "ave",  "bros", "ca",   "cf",  "ch",  "co",   "corp",
    "dept", "dr",     "ed",   "eds",   "eq",   "eqs",  "esp",  "est", "fig", "figs", "gen",
    "gov",  "inc",    "jr",   "lt",    "ltd",  "max",  "min",  "mr",  "mrs", "ms",   "mt",
    "nr",   "pp",     "prof", "ref",   "refs", "rev",  "sec",  "sr",  "st",  "tab",  "univ",
    "viz",  "vol",    "vols", "vs",    "resp", "incl", "dipl", "bzw"};
// The same, but only before a number.
constexpr std::array<std::string_view, 4> kBeforeNumbers = {"no", "nos", "art", "p"};
// After "U.S." or an initial such a word starts a new sentence.
constexpr std::array<std::string_view, 24> kStarters = {
    "The", "It",  "This", "That", "These", "Those", "In", "A",     "An",      "We",  "They", "He",
    "She", "But", "And",  "For",  "If",    "When",  "As", "There", "However", "Its", "On",   "At"};

template <class List>
bool holds(const List& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

// The property's own notion of white space: ASCII. Wider spaces stay inside sentences.
bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

bool is_stop(char32_t c) {
  return c == U'.' || c == U'!' || c == U'?' || c == 0x2026 || c == 0x061F || c == 0x0964;
}
bool is_wide_stop(char32_t c) { return c == 0x3002 || c == 0xFF01 || c == 0xFF1F; }
bool is_closer(char32_t c) {
  return c == U')' || c == U']' || c == U'"' || c == U'\'' || c == 0x201D || c == 0x2019 ||
         c == 0x00BB || c == 0x300D || c == 0x300F || c == 0xFF09;
}

// Decides where sentences end within one block's bytes.
class Splitter {
 public:
  Splitter(std::string_view text, std::size_t start, std::size_t end)
      : text_(text.substr(0, end)), start_(start), at_(start) {}

  // The end of the sentence that starts at `from`.
  std::size_t next(std::size_t from) {
    sentence_ = at_ = from;
    while (at_ < text_.size()) {
      const CodePoint p = utf8_decode(text_.substr(at_));
      const std::size_t stop = at_;
      at_ += p.size;
      if (is_wide_stop(p.value)) {
        take_while(is_wide_stop);
        take_while(is_closer);
        return at_;
      }
      if (!is_stop(p.value)) continue;
      take_while(is_stop);
      take_while(is_closer);
      if (at_ >= text_.size()) return at_;
      if (is_space(text_[at_]) && ends(stop, p.value)) return at_;
    }
    return text_.size();
  }

 private:
  template <class Is>
  void take_while(Is is) {
    while (at_ < text_.size()) {
      const CodePoint p = utf8_decode(text_.substr(at_));
      if (!is(p.value)) return;
      at_ += p.size;
    }
  }

  std::string_view word_before(std::size_t stop) const {
    std::size_t from = stop;
    while (from > sentence_ && !is_space(text_[from - 1]) && text_[from - 1] != '(') --from;
    return text_.substr(from, stop - from);
  }

  std::string_view word_after() const {
    std::size_t from = at_;
    while (from < text_.size() && is_space(text_[from])) ++from;
    std::size_t to = from;
    while (to < text_.size() && !is_space(text_[to]) && text_[to] != ',') ++to;
    return text_.substr(from, to - from);
  }

  bool ends(std::size_t stop, char32_t mark) const {
    const std::string_view after = word_after();
    if (after.empty()) return true;
    const CodePoint first = utf8_decode(after);
    if (u_islower(static_cast<UChar32>(first.value))) return false;
    if (mark != U'.') return true;
    const std::string_view before = word_before(stop);
    if (before.empty()) return true;
    const std::string lower = to_lower(before);
    const bool number_follows = first.value >= U'0' && first.value <= U'9';
    if (holds(kAbbreviations, lower)) return false;
    if (holds(kBeforeNumbers, lower)) return !number_follows;
    const bool starter = holds(kStarters, after);
    const bool initial = before.size() == 1 && before[0] >= 'A' && before[0] <= 'Z';
    const bool dotted = before.size() <= 6 && before.find('.') != std::string_view::npos &&
                        std::all_of(before.begin(), before.end(), [](char c) {
                          return c == '.' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
                        });
    if (initial || dotted) return starter;
    // "1. First": a list number that begins the block.
    const bool digits =
        std::all_of(before.begin(), before.end(), [](char c) { return c >= '0' && c <= '9'; });
    const bool first_word = static_cast<std::size_t>(before.data() - text_.data()) == start_;
    return !(digits && first_word && before.size() <= 3);
  }

  std::string_view text_;
  std::size_t start_, at_, sentence_ = 0;
};

struct Sink {
  std::string_view text;
  std::vector<Span>* out;
  int block;

  // Adds [start, end) without its outer white space; cut where it is too long.
  void add(std::size_t start, std::size_t end) {
    if (start >= end) return;
    while (start < end && is_space(text[start])) ++start;
    while (end > start && is_space(text[end - 1])) --end;
    while (end - start > kMaxSentenceBytes) {
      std::size_t cut = text.find_last_of(" \t\n\r", start + kMaxSentenceBytes);
      if (cut == std::string_view::npos || cut <= start)
        cut = std::max(utf8_floor(text, start + kMaxSentenceBytes), start + 1);
      add(start, cut);
      start = cut;
      while (start < end && is_space(text[start])) ++start;
    }
    if (start < end)
      out->push_back({static_cast<std::int64_t>(start), static_cast<std::int64_t>(end), block});
  }
};

void split_lines(Sink& sink, std::size_t start, std::size_t end) {
  while (start < end) {
    const std::size_t newline = std::min(sink.text.find('\n', start), end);
    sink.add(start, newline);
    start = newline + 1;
  }
}

// One span a row: from its first cell (with an opening quote) to the next row.
void split_rows(Sink& sink, const Block& block) {
  std::vector<std::size_t> starts;
  const auto start_of = [&](const std::vector<Cell>& row) {
    if (row.empty()) return;
    auto at = static_cast<std::size_t>(row[0].start);
    if (row[0].start >= block.end) return;  // empty cells behind the last that holds something
    while (at > static_cast<std::size_t>(block.start) && sink.text[at - 1] == '"') --at;
    if (starts.empty() || at > starts.back()) starts.push_back(at);
  };
  start_of(block.table->header);
  for (const auto& row : block.table->rows) start_of(row);
  std::size_t from = static_cast<std::size_t>(block.start);
  for (std::size_t i = 1; i < starts.size(); ++i) {
    // Whatever of the line stands before the first cell belongs to it.
    const std::size_t line = sink.text.rfind('\n', starts[i] - 1);
    const std::size_t border = line != std::string_view::npos && line > from ? line : starts[i];
    sink.add(from, border);
    from = border;
  }
  sink.add(from, static_cast<std::size_t>(block.end));
}

}  // namespace

std::vector<Span> split_sentences(std::string_view text, const std::vector<Block>& blocks) {
  std::vector<Span> spans;
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    const Block& block = blocks[i];
    Sink sink{text, &spans, static_cast<int>(i)};
    const auto start = static_cast<std::size_t>(block.start);
    const auto end = static_cast<std::size_t>(block.end);
    if (start >= end) continue;
    if (block.kind == BlockKind::kHeading) {
      sink.add(start, end);
    } else if (block.kind == BlockKind::kCode) {
      split_lines(sink, start, end);
    } else if (block.kind == BlockKind::kTable && block.table) {
      split_rows(sink, block);
    } else {
      Splitter splitter(text, start, end);
      for (std::size_t at = start; at < end;) {
        while (at < end && is_space(text[at])) ++at;
        if (at >= end) break;
        const std::size_t stop = splitter.next(at);
        sink.add(at, stop);
        at = stop;
      }
    }
  }
  return spans;
}

}  // namespace interposer::knowledge
