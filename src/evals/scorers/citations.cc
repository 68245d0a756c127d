#include "evals/scorers/citations.h"

#include <algorithm>
#include <array>
#include <set>

#include "evals/scorers/unicode.h"

namespace interposer::evals {
namespace {

constexpr std::array<std::u32string_view, 12> kAbbreviations{
    U"e.g", U"i.e", U"dr", U"mr", U"mrs", U"ms", U"prof", U"vs", U"etc", U"cf", U"fig", U"approx"};

bool digit(char32_t c) { return c >= U'0' && c <= U'9'; }
bool lower_case(char32_t c) { return c >= U'a' && c <= U'z'; }
bool upper_case(char32_t c) {
  return (c >= U'A' && c <= U'Z') || (c >= 0xC0 && c <= 0xDE && c != 0xD7);
}

// A mark that starts at `at`: its ids, and where it ends. No ids: malformed.
struct Mark {
  std::vector<std::size_t> ids;
  std::size_t end = 0;
};

// "[" with a digit behind it, or "[]": anything else in brackets is text.
std::optional<Mark> mark_at(std::u32string_view text, std::size_t at) {
  if (at + 1 >= text.size() || text[at] != U'[') return std::nullopt;
  if (text[at + 1] == U']') return Mark{{}, at + 2};
  if (!digit(text[at + 1])) return std::nullopt;
  Mark mark;
  std::size_t i = at + 1;
  for (;;) {
    std::size_t id = 0;
    const std::size_t start = i;
    for (; i < text.size() && digit(text[i]); ++i) {
      id = std::min<std::size_t>(id * 10 + (text[i] - U'0'), 1'000'000);
    }
    if (i == start) break;
    mark.ids.push_back(id);
    while (i < text.size() && (text[i] == U',' || text[i] == U';' || text[i] == U' ')) ++i;
    if (i < text.size() && text[i] == U']') return Mark{mark.ids, i + 1};
  }
  const std::size_t close = text.find_first_of(U"]\n", at);
  const bool closed = close != text.npos && text[close] == U']' && close - at < 16;
  return Mark{{}, closed ? close + 1 : i};
}

bool ends_sentence(std::u32string_view text, std::size_t at) {
  const char32_t c = text[at];
  if (c == U'\n' || c == U'\u3002' || c == U'\uFF01' || c == U'\uFF1F') return true;
  if (c != U'.' && c != U'!' && c != U'?') return false;
  std::size_t next = at + 1;
  while (next < text.size() &&
         (text[next] == U'"' || text[next] == U'\u201D' || text[next] == U')'))
    ++next;
  if (next < text.size() && text[next] == U'[') return true;
  if (next < text.size() && !is_python_space(text[next])) return false;
  while (next < text.size() && is_python_space(text[next])) ++next;
  if (next < text.size() && lower_case(text[next])) return false;
  if (c != U'.') return true;
  std::size_t start = at;
  while (start > 0 && !is_python_space(text[start - 1]) && text[start - 1] != U'(') --start;
  const std::u32string word = lower(text.substr(start, at - start));
  if (word.size() == 1 && !digit(word[0])) return false;
  return std::find(kAbbreviations.begin(), kAbbreviations.end(), word) == kAbbreviations.end();
}

class Splitter {
 public:
  explicit Splitter(std::u32string_view text) : text_(text) {}

  std::vector<CitedSentence> split() {
    for (std::size_t at = 0; at < text_.size();) {
      if (take_mark(at)) continue;
      const bool end = ends_sentence(text_, at);
      current_ += text_[at++];
      if (!end) continue;
      while (at < text_.size() &&
             (text_[at] == U'"' || text_[at] == U'\u201D' || text_[at] == U')')) {
        current_ += text_[at++];
      }
      take_trailing_marks(at);
      finish();
    }
    finish();
    return std::move(out_);
  }

 private:
  bool take_mark(std::size_t& at) {
    const auto mark = mark_at(text_, at);
    if (!mark) return false;
    const bool fits = now_.ids.size() + mark->ids.size() <= kSentenceCitationsMax;
    now_.malformed += mark->ids.empty() || !fits ? 1 : 0;
    if (fits) now_.ids.insert(now_.ids.end(), mark->ids.begin(), mark->ids.end());
    at = mark->end;
    return true;
  }

  void take_trailing_marks(std::size_t& at) {
    for (std::size_t look = at; look < text_.size();) {
      if (text_[look] == U' ') {
        ++look;
        continue;
      }
      if (!take_mark(look)) return;
      at = look;
    }
  }

  void finish() {
    const std::u32string_view bare = strip(current_);
    const bool words = std::any_of(bare.begin(), bare.end(), is_python_word);
    if (!words && !out_.empty() && (!now_.ids.empty() || now_.malformed > 0)) {
      CitedSentence& last = out_.back();  // marks on a line of their own
      const bool fits = last.ids.size() + now_.ids.size() <= kSentenceCitationsMax;
      if (fits) last.ids.insert(last.ids.end(), now_.ids.begin(), now_.ids.end());
      last.malformed += now_.malformed + (fits ? 0 : 1);
    } else if (words) {
      now_.text = encode(bare);
      out_.push_back(std::move(now_));
    }
    now_ = {};
    current_.clear();
  }

  std::u32string_view text_;
  std::u32string current_;
  CitedSentence now_;
  std::vector<CitedSentence> out_;
};

std::string folded(std::string_view text) {
  const std::u32string wide = decode(text);
  std::u32string out;
  for (std::u32string_view word : split_space(wide)) {
    if (!out.empty()) out += U' ';
    out += word;
  }
  return encode(out);
}

std::vector<std::string> quotes_in(std::u32string_view text) {
  std::vector<std::string> out;
  for (std::size_t at = text.find_first_of(U"\"\u201C"); at != text.npos;) {
    const std::size_t end = text.find_first_of(U"\"\u201D", at + 1);
    if (end == text.npos) break;
    const std::u32string_view inside = text.substr(at + 1, end - at - 1);
    if (split_space(inside).size() >= kQuoteWordsMin) out.push_back(folded(encode(inside)));
    at = text.find_first_of(U"\"\u201C", end + 1);
  }
  return out;
}

// Words with a capital letter that don't begin the sentence; letters and digits of any script.
std::vector<std::u32string> names_in(std::u32string_view text) {
  std::vector<std::u32string> out;
  bool first = true;
  for (std::size_t at = 0; at < text.size();) {
    if (!is_python_word(text[at])) {
      ++at;
      continue;
    }
    const std::size_t start = at;
    while (at < text.size() && (is_python_word(text[at]) || text[at] == U'-')) ++at;
    const std::u32string_view word = text.substr(start, at - start);
    const bool only_i = word == U"I";
    if (!first && !only_i && std::any_of(word.begin(), word.end(), upper_case))
      out.push_back(lower(word));
    first = false;
  }
  return out;
}

std::set<std::u32string> words_of(std::string_view text) {
  std::set<std::u32string> out;
  const std::u32string wide = lower(decode(text));
  for (std::size_t at = 0; at < wide.size();) {
    if (!is_python_word(wide[at])) {
      ++at;
      continue;
    }
    const std::size_t start = at;
    while (at < wide.size() && (is_python_word(wide[at]) || wide[at] == U'-')) ++at;
    out.insert(wide.substr(start, at - start));
  }
  return out;
}

// Without zeros that say nothing: "007", "3.0".
std::string plain_number(std::string number, bool point) {
  if (point) {
    number.erase(number.find_last_not_of('0') + 1);
    if (number.ends_with('.')) number.pop_back();
  }
  const std::size_t zeros = std::min(number.find_first_not_of('0'), number.size() - 1);
  number.erase(0, zeros > 0 && number[zeros] == '.' ? zeros - 1 : zeros);
  return number;
}

void fault(CitationCheck& out, std::string text) {
  if (out.faults.size() < kCitationFaultsShown) out.faults.push_back(std::move(text));
}

void check_sentence(const CitedSentence& sentence, const CitedAnswer& answer, CitationCheck& out) {
  std::string evidence;
  for (std::size_t id : sentence.ids) {
    if (id == 0 || id > answer.passages.size()) {
      ++out.unresolved;
      fault(out, "[" + std::to_string(id) + "] is no passage: " + sentence.text.substr(0, 80));
    } else {
      evidence += answer.passages[id - 1] + "\n";
    }
  }
  const std::u32string text = decode(sentence.text);
  const std::string plain = folded(evidence);
  for (const std::string& quote : quotes_in(text)) {
    ++out.quotes;
    const bool found = plain.find(quote) != plain.npos;
    out.quotes_verbatim += found ? 1 : 0;
    if (!found) fault(out, "not verbatim in what is cited: \"" + quote.substr(0, 80) + "\"");
  }
  if (sentence.ids.empty()) return;
  const std::vector<std::string> have = numbers_in(evidence);
  for (const std::string& number : numbers_in(sentence.text)) {
    ++out.numbers;
    const bool found = std::find(have.begin(), have.end(), number) != have.end();
    out.numbers_present += found ? 1 : 0;
    if (!found) fault(out, "the number " + number + " is in no cited passage");
  }
  const std::set<std::u32string> words = words_of(evidence);
  for (const std::u32string& name : names_in(text)) {
    ++out.names;
    const bool found = words.contains(name);
    out.names_present += found ? 1 : 0;
    if (!found) fault(out, "the name '" + encode(name) + "' is in no cited passage");
  }
}

}  // namespace

std::vector<CitedSentence> split_cited(std::string_view text) {
  const std::u32string wide = decode(text);
  return Splitter(wide).split();
}

std::vector<std::string> numbers_in(std::string_view utf8) {
  const std::u32string text = decode(utf8);
  const auto digit_at = [&](std::size_t i) { return i < text.size() && digit(text[i]); };
  const auto letter_at = [&](std::size_t i) {
    return i < text.size() && is_python_word(text[i]) && !digit(text[i]);
  };
  // A comma belongs to the number before exactly three digits.
  const auto groups_at = [&](std::size_t i) {
    return digit_at(i + 1) && digit_at(i + 2) && digit_at(i + 3) && !digit_at(i + 4);
  };
  std::vector<std::string> out;
  for (std::size_t at = 0; at < text.size();) {
    if (!digit(text[at])) {
      ++at;
      continue;
    }
    const bool inside_word = at > 0 && letter_at(at - 1);
    std::string number;
    bool point = false;
    for (; at < text.size(); ++at) {
      if (digit(text[at])) {
        number += static_cast<char>(text[at]);
      } else if (text[at] == U'.' && digit_at(at + 1) && !point) {
        number += '.';
        point = true;
      } else if (text[at] != U',' || point || !groups_at(at)) {
        break;
      }
    }
    const bool word_goes_on = letter_at(at);
    while (letter_at(at)) ++at;
    if (!inside_word && !word_goes_on) out.push_back(plain_number(std::move(number), point));
  }
  return out;
}

CitationCheck check_citations(const CitedAnswer& answer) {
  CitationCheck out;
  for (const CitedSentence& sentence : split_cited(answer.text)) {
    ++out.sentences;
    out.cited += sentence.ids.empty() ? 0 : 1;
    out.citations += std::ssize(sentence.ids);
    out.malformed += static_cast<std::int64_t>(sentence.malformed);
    if (sentence.malformed > 0) fault(out, "a malformed citation: " + sentence.text.substr(0, 80));
    check_sentence(sentence, answer, out);
  }
  return out;
}

}  // namespace interposer::evals
