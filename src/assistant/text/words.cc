#include "assistant/text/words.h"

#include <algorithm>
#include <array>

#include "base/strings.h"

namespace interposer::assistant {
namespace {

bool digit(char c) { return c >= '0' && c <= '9'; }
bool word_byte(char c) {
  return digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         static_cast<unsigned char>(c) >= 0x80;
}

// U+2000-206F (dashes, quotes, spaces), U+00A0, U+00B7, U+00D7: punctuation beyond ASCII.
std::size_t wide_punctuation(std::string_view text, std::size_t at) {
  if (at + 2 < text.size() && text[at] == '\xE2' &&
      (text[at + 1] == '\x80' || text[at + 1] == '\x81')) {
    return 3;
  }
  if (at + 1 < text.size() && text[at] == '\xC2' &&
      (text[at + 1] == '\xA0' || text[at + 1] == '\xB7')) {
    return 2;
  }
  if (at + 1 < text.size() && text[at] == '\xC3' && text[at + 1] == '\x97') return 2;
  return 0;
}

bool joins(std::string_view between) {
  if (between.size() > 1) return false;
  return between.empty() || between == " " || between == "-" || between == "/" || between == "_";
}

// Sorted.
constexpr std::array kStopWords = {
    "a",     "about", "all",  "also",  "am",      "an",     "and",    "any",    "are",    "as",
    "at",    "be",    "been", "being", "but",     "by",     "can",    "could",  "did",    "do",
    "does",  "each",  "else", "every", "exactly", "for",    "from",   "get",    "give",   "given",
    "gives", "go",    "had",  "has",   "have",    "having", "he",     "her",    "here",   "his",
    "how",   "i",     "if",   "in",    "into",    "is",     "it",     "its",    "itself", "just",
    "kind",  "know",  "let",  "made",  "make",    "makes",  "many",   "may",    "me",     "might",
    "much",  "must",  "my",   "name",  "now",     "of",     "off",    "on",     "one",    "onto",
    "or",    "our",   "out",  "over",  "per",     "please", "should", "show",   "so",     "some",
    "such",  "t",     "tell", "than",  "that",    "the",    "their",  "them",   "then",   "there",
    "these", "they",  "this", "those", "to",      "under",  "up",     "us",     "use",    "used",
    "uses",  "using", "very", "was",   "we",      "were",   "what",   "when",   "where",  "which",
    "while", "who",   "whom", "whose", "why",     "will",   "with",   "within", "would",  "you",
    "your"};

}  // namespace

std::vector<Word> words(std::string_view text) {
  std::vector<Word> out;
  std::size_t last_end = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t skip = wide_punctuation(text, at);
    if (skip > 0 || !word_byte(text[at])) {
      at += std::max<std::size_t>(skip, 1);
      continue;
    }
    Word word;
    word.start = at;
    while (at < text.size()) {
      const bool inner = (text[at] == '.' || text[at] == ',') && at > word.start &&
                         digit(text[at - 1]) && at + 1 < text.size() && digit(text[at + 1]);
      if (!inner && (!word_byte(text[at]) || wide_punctuation(text, at) > 0)) break;
      ++at;
    }
    word.end = at;
    word.text = std::string(text.substr(word.start, at - word.start));
    const std::string_view between = text.substr(last_end, word.start - last_end);
    const bool possessive = word.text == "s" && (between == "'" || between == "\u2019");
    if (possessive) continue;
    word.joined = !out.empty() && joins(between);
    for (const char c : to_lower(word.text)) {
      if (c != ',') word.low += c;
    }
    last_end = at;
    out.push_back(std::move(word));
  }
  return out;
}

std::string singular(std::string_view word) {
  if (word.size() > 4 && word.ends_with("ies"))
    return std::string(word.substr(0, word.size() - 3)) + "y";
  if (word.size() > 3 && word.ends_with('s') && !word.ends_with("ss") && !word.ends_with("us")) {
    return std::string(word.substr(0, word.size() - 1));
  }
  return std::string(word);
}

std::string compact(std::string_view text) {
  std::string out;
  for (const Word& word : words(text)) {
    for (const char c : word.low) {
      if (c != '.') out += c;
    }
  }
  return out;
}

bool has_digit(std::string_view word) { return std::any_of(word.begin(), word.end(), digit); }

bool has_letter(std::string_view word) {
  return std::any_of(word.begin(), word.end(), [](char c) { return word_byte(c) && !digit(c); });
}

bool identifier_like(std::string_view word) {
  return word.size() >= 2 && has_digit(word) && has_letter(word);
}

bool stop_word(std::string_view low) {
  return std::binary_search(kStopWords.begin(), kStopWords.end(), low);
}

}  // namespace interposer::assistant
