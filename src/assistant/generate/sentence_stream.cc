#include "assistant/generate/sentence_stream.h"

#include <algorithm>
#include <array>
#include <cstdlib>

#include "assistant/text/words.h"
#include "base/strings.h"
#include "base/utf8.h"

namespace interposer::assistant {
namespace {

bool digit(char c) { return c >= '0' && c <= '9'; }
bool space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

// The end of a marker that begins at `at` ("[12]", "[1, 2]"); npos: none; held: cannot tell yet.
struct MarkerEnd {
  std::size_t end = std::string_view::npos;
  bool held = false;
};
MarkerEnd marker_end(std::string_view text, std::size_t at) {
  if (at >= text.size() || text[at] != '[') return {};
  for (std::size_t i = at + 1; i < text.size() && i < at + 24; ++i) {
    if (text[i] == ']') return i > at + 1 ? MarkerEnd{i + 1, false} : MarkerEnd{};
    if (!digit(text[i]) && text[i] != ',' && text[i] != ' ') return {};
  }
  return {std::string_view::npos, text.size() < at + 24};
}

bool abbreviation(std::string_view text, std::size_t dot) {
  constexpr std::array<std::string_view, 10> kShort = {"e.g", "i.e", "etc", "vs", "approx",
                                                       "ca",  "no",  "fig", "dr", "inc"};
  std::size_t start = dot;
  while (start > 0 && !space(text[start - 1]) && text[start - 1] != '(') --start;
  const std::string word = to_lower(text.substr(start, dot - start));
  if (word.size() == 1 && has_letter(word)) return true;  // an initial
  const bool numbers_a_line = start == 0 || text[start - 1] == '\n';
  if (numbers_a_line && word.size() <= 2 && !has_letter(word)) return true;  // "2. A third"
  return std::find(kShort.begin(), kShort.end(), word) != kShort.end();
}

// The end of the first complete sentence, with the markers behind it; npos: not complete yet.
std::size_t sentence_end(std::string_view text, bool end) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\n' && i > 0) return i + 1;
    if (c != '.' && c != '!' && c != '?') continue;
    std::size_t after = i + 1;
    while (after < text.size() && (text[after] == '"' || text[after] == ')' || text[after] == '*'))
      ++after;
    if (after < text.size() && !space(text[after]) && text[after] != '[') continue;
    if (c == '.' && abbreviation(text, i)) continue;
    while (true) {  // markers behind the stop belong to it
      std::size_t next = after;
      while (next < text.size() && (text[next] == ' ' || text[next] == '\t')) ++next;
      if (next >= text.size()) return end ? text.size() : std::string_view::npos;
      const MarkerEnd marker = marker_end(text, next);
      if (marker.held && !end) return std::string_view::npos;
      if (marker.end == std::string_view::npos) {
        if (text[next] == '.') return next + 1;  // "... . [1]."
        const bool goes_on = text[next] >= 'a' && text[next] <= 'z' && after == i + 1;
        if (goes_on) break;
        return next;
      }
      after = marker.end;
    }
  }
  return end && !text.empty() ? text.size() : std::string_view::npos;
}

std::string_view without_bullet(std::string_view text) {
  for (const std::string_view bullet : {"- ", "* ", "\u2022 "}) {
    if (text.starts_with(bullet)) return trim(text.substr(bullet.size()));
  }
  std::size_t i = 0;
  while (i < text.size() && digit(text[i])) ++i;
  if (i > 0 && i <= 2 && i + 1 < text.size() && (text[i] == '.' || text[i] == ')') &&
      text[i + 1] == ' ') {
    return trim(text.substr(i + 2));
  }
  return text;
}

}  // namespace

Written read_written(std::string_view raw) {
  Written out;
  std::string text;
  for (std::size_t i = 0; i < raw.size();) {
    const MarkerEnd marker = marker_end(raw, i);
    if (marker.end == std::string_view::npos) {
      text += space(raw[i]) ? ' ' : raw[i];
      ++i;
      continue;
    }
    for (const std::string_view piece : split(raw.substr(i + 1, marker.end - i - 2), ',')) {
      const std::string_view number = trim(piece);
      if (number.empty() || number.size() > 4 || !std::all_of(number.begin(), number.end(), digit))
        continue;
      const int n = std::atoi(std::string(number).c_str());
      if (std::find(out.markers.begin(), out.markers.end(), n) == out.markers.end())
        out.markers.push_back(n);
    }
    i = marker.end;
  }
  std::string folded;
  for (const char c : text) {
    const bool closes = c == '.' || c == ',' || c == ';' || c == '!' || c == '?';
    if (c == ' ' && (folded.empty() || folded.back() == ' ')) continue;
    if (closes && !folded.empty() && folded.back() == ' ') folded.pop_back();
    if (c == '.' && folded.ends_with('.')) continue;  // "... GB. [1]."
    folded += c;
  }
  out.text = std::string(without_bullet(trim(folded)));
  return out;
}

std::vector<Written> SentenceStream::feed(std::string_view piece) {
  held_ += piece;
  return cut(false);
}

std::vector<Written> SentenceStream::finish() {
  std::vector<Written> out = cut(true);
  held_.clear();
  return out;
}

std::vector<Written> SentenceStream::cut(bool end) {
  std::vector<Written> out;
  while (!held_.empty()) {
    std::size_t at = sentence_end(held_, end);
    if (at == std::string_view::npos) {
      if (held_.size() <= kWrittenSentenceMax) break;
      at = std::max<std::size_t>(utf8_floor(held_, kWrittenSentenceMax), 1);
    }
    Written written = read_written(std::string_view(held_).substr(0, at));
    held_.erase(0, at);
    const bool words_in_it = !words(written.text).empty();
    if (words_in_it) {
      out.push_back(std::move(written));
    } else if (!written.markers.empty() && !out.empty()) {
      for (const int n : written.markers) out.back().markers.push_back(n);
    }
  }
  return out;
}

}  // namespace interposer::assistant
