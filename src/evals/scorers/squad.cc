#include "evals/scorers/squad.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "evals/scorers/unicode.h"

namespace interposer::evals {
namespace {

constexpr bool ascii_punctuation(unsigned char c) {
  return (c >= '!' && c <= '/') || (c >= ':' && c <= '@') || (c >= '[' && c <= '`') ||
         (c >= '{' && c <= '~');
}

bool ascii_only(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<signed char>(c) >= 0; });
}

bool is_article(std::string_view word) { return word == "a" || word == "an" || word == "the"; }

// Python's str.split for ASCII knows these beside the usual.
bool ascii_space(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r') || (c >= 0x1c && c <= 0x1f);
}

// The script replaces \b(a|an|the)\b by a space after punctuation is gone; in ASCII what remains
// between borders is letters and digits (an underscore is punctuation), and control characters,
// which are borders too.
void append_words(std::string& out, std::string_view token) {
  const auto is_word = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  for (std::size_t at = 0; at < token.size();) {
    std::size_t end = at + 1;
    const bool word = is_word(token[at]);
    while (end < token.size() && is_word(token[end]) == word) ++end;
    const std::string_view part = token.substr(at, end - at);
    if (is_article(part)) {
      if (!out.empty() && out.back() != ' ') out += ' ';
    } else {
      out += part;
    }
    at = end;
  }
}

std::string normalise_odd(std::string_view text) {
  std::string plain;
  plain.reserve(text.size());
  for (char c : text) {
    if (ascii_punctuation(static_cast<unsigned char>(c))) continue;
    plain += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  std::string out;
  out.reserve(plain.size());
  for (std::size_t at = 0; at < plain.size();) {
    if (ascii_space(plain[at])) {
      ++at;
      continue;
    }
    std::size_t end = at;
    while (end < plain.size() && !ascii_space(plain[end])) ++end;
    if (!out.empty() && out.back() != ' ') out += ' ';
    append_words(out, std::string_view(plain).substr(at, end - at));
    at = end;
  }
  if (out.ends_with(' ')) out.pop_back();
  return out;
}

// What a byte becomes: itself in lower case, a space, nothing (punctuation), or what only the
// general ways handle.
constexpr char kDrop = 0;
constexpr char kOdd = 1;     // control characters: borders of words, and not white space
constexpr char kBeyond = 2;  // not ASCII
constexpr std::array<char, 256> kByte = [] {
  std::array<char, 256> table{};
  for (int i = 0; i < 256; ++i) {
    const auto c = static_cast<unsigned char>(i);
    char to = static_cast<char>(c);
    if (c >= 'A' && c <= 'Z') to = static_cast<char>(c - 'A' + 'a');
    if (c < 0x20 || c == 0x7f) to = kOdd;
    if (c == ' ' || (c >= '\t' && c <= '\r') || (c >= 0x1c && c <= 0x1f)) to = ' ';
    if (ascii_punctuation(c)) to = kDrop;
    if (c >= 0x80) to = kBeyond;
    table[c] = to;
  }
  return table;
}();

// Ends the word that begins at `start`: an article goes, another gets a space behind it.
std::size_t end_word(std::string& out, std::size_t start) {
  if (out.size() == start) return start;
  if (is_article(std::string_view(out).substr(start))) {
    out.resize(start);
  } else {
    out += ' ';
  }
  return out.size();
}

std::string normalise_unicode(std::string_view text) {
  std::u32string low = lower(decode(text));
  std::erase_if(
      low, [](char32_t c) { return c < 0x80 && ascii_punctuation(static_cast<unsigned char>(c)); });
  std::u32string spaced;
  for (std::size_t at = 0; at < low.size();) {
    std::size_t end = at + 1;
    const bool word = is_python_word(low[at]);
    while (end < low.size() && is_python_word(low[end]) == word) ++end;
    const std::u32string_view part = std::u32string_view(low).substr(at, end - at);
    const bool article = part == U"a" || part == U"an" || part == U"the";
    spaced += article ? std::u32string_view(U" ") : part;
    at = end;
  }
  std::u32string out;
  for (std::u32string_view word : split_space(spaced)) {
    if (!out.empty()) out += U' ';
    out += word;
  }
  return encode(out);
}

std::vector<std::string_view> sorted_words(std::string_view normal) {
  std::vector<std::string_view> words;
  words.reserve(normal.size() / 4 + 1);
  for (std::size_t at = 0; at < normal.size();) {
    const std::size_t end = std::min(normal.find(' ', at), normal.size());
    words.push_back(normal.substr(at, end - at));
    at = end + 1;
  }
  std::sort(words.begin(), words.end());
  return words;
}

double f1_of(const std::vector<std::string_view>& answer,
             const std::vector<std::string_view>& gold) {
  if (answer.empty() || gold.empty()) return answer.empty() && gold.empty() ? 1 : 0;
  std::size_t common = 0;
  for (std::size_t i = 0, j = 0; i < answer.size() && j < gold.size();) {
    const int order = answer[i].compare(gold[j]);
    common += order == 0 ? 1 : 0;
    i += order <= 0 ? 1 : 0;
    j += order >= 0 ? 1 : 0;
  }
  if (common == 0) return 0;
  const double precision = static_cast<double>(common) / static_cast<double>(answer.size());
  const double recall = static_cast<double>(common) / static_cast<double>(gold.size());
  return 2 * precision * recall / (precision + recall);
}

}  // namespace

std::string squad_normalise(std::string_view text) {
  std::string out;
  out.reserve(text.size() + 1);
  std::size_t start = 0;  // of the word at hand
  for (char c : text) {
    const char to = kByte[static_cast<unsigned char>(c)];
    if (to > ' ') {
      out += to;
    } else if (to == ' ') {
      start = end_word(out, start);
    } else if (to != kDrop) {
      return ascii_only(text) ? normalise_odd(text) : normalise_unicode(text);
    }
  }
  end_word(out, start);
  if (!out.empty()) out.pop_back();  // the space behind the last word
  return out;
}

double squad_exact(std::string_view answer, std::string_view gold) {
  return squad_normalise(answer) == squad_normalise(gold) ? 1 : 0;
}

double squad_f1(std::string_view answer, std::string_view gold) {
  const std::string a = squad_normalise(answer);
  const std::string g = squad_normalise(gold);
  return f1_of(sorted_words(a), sorted_words(g));
}

SquadScore squad_score(std::string_view answer, std::span<const std::string> golds) {
  const std::string normal = squad_normalise(answer);
  const std::vector<std::string_view> words = sorted_words(normal);
  if (golds.empty()) return {normal.empty() ? 1.0 : 0.0, normal.empty() ? 1.0 : 0.0};
  SquadScore best;
  for (const std::string& gold : golds) {
    const std::string other = squad_normalise(gold);
    if (other == normal) return {1, 1};
    best.f1 = std::max(best.f1, f1_of(words, sorted_words(other)));
  }
  return best;
}

}  // namespace interposer::evals
