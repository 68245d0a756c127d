#include "evals/scorers/ifeval.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <map>

#include "evals/scorers/ifeval_case.h"
#include "evals/scorers/unicode.h"

namespace interposer::evals {
namespace {

using Text = std::u32string_view;
using Arguments = InstructionArguments;

std::int64_t size_of(const auto& list) { return static_cast<std::int64_t>(list.size()); }

bool in_relation(std::int64_t actual, const Arguments& a) {
  return a.less_than ? actual < a.count : actual >= a.count;
}

// Parts between single marks "*...*" (or double) on one line that aren't blank.
std::int64_t count_highlights(Text text, Text mark) {
  std::int64_t count = 0;
  for (std::size_t at = text.find(mark); at != text.npos; at = text.find(mark, at)) {
    const std::size_t inside = at + mark.size();
    const std::size_t end = std::min(text.find_first_of(U"*\n", inside), text.size());
    if (text.substr(end).starts_with(mark)) {
      count += strip(text.substr(inside, end - inside)).empty() ? 0 : 1;
      at = end + mark.size();
    } else {
      ++at;
    }
  }
  return count;
}

bool no_comma(Text text, const Arguments&) { return text.find(U',') == text.npos; }

bool highlighted_sections(Text text, const Arguments& a) {
  return count_highlights(text, U"*") + count_highlights(text, U"**") >= a.count;
}

bool number_words(Text text, const Arguments& a) {
  std::int64_t words = 0;
  bool inside = false;
  for (char32_t c : text) {
    const bool word = is_python_word(c);
    words += word && !inside ? 1 : 0;
    inside = word;
  }
  return in_relation(words, a);
}

// Split at "***" with at most one space around it.
bool number_paragraphs(Text text, const Arguments& a) {
  const std::vector<Text> parts = split_at(text, U"***");
  std::int64_t count = size_of(parts);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (!strip(parts[i]).empty()) continue;
    if (i != 0 && i + 1 != parts.size()) return false;
    --count;
  }
  return count == a.count;
}

bool nth_paragraph_first_word(Text text, const Arguments& a) {
  const std::vector<Text> parts = split_at(text, U"\n\n");
  const std::int64_t filled =
      std::count_if(parts.begin(), parts.end(), [](Text part) { return !strip(part).empty(); });
  if (a.position < 1 || a.position > filled) return false;
  const Text paragraph = strip(parts[static_cast<std::size_t>(a.position - 1)]);
  if (paragraph.empty()) return false;
  Text word = split_space(paragraph).front();
  while (word.starts_with(U'\'')) word.remove_prefix(1);
  while (word.starts_with(U'"')) word.remove_prefix(1);
  word = word.substr(0, word.find_first_of(U".,?!'\""));
  return filled == a.count && lower(word) == lower(decode(a.text));
}

bool placeholders(Text text, const Arguments& a) {
  std::int64_t count = 0;
  for (std::size_t at = text.find(U'['); at != text.npos; at = text.find(U'[', at)) {
    const std::size_t end = text.find_first_of(U"]\n", at + 1);
    if (end != text.npos && text[end] == U']') {
      ++count;
      at = end + 1;
    } else {
      ++at;
    }
  }
  return count >= a.count;
}

// Lines that begin, behind white space, with "-", or with "*" and something that isn't another one.
bool bullet_lists(Text text, const Arguments& a) {
  std::int64_t count = 0;
  for (Text line : split_at(text, U"\n")) {
    while (!line.empty() && is_python_space(line.front())) line.remove_prefix(1);
    const bool star = line.size() > 1 && line[0] == U'*' && line[1] != U'*';
    count += star || line.starts_with(U'-') ? 1 : 0;
  }
  return count == a.count;
}

bool constrained_response(Text text, const Arguments&) {
  return text.find(U"My answer is yes.") != text.npos ||
         text.find(U"My answer is no.") != text.npos ||
         text.find(U"My answer is maybe.") != text.npos;
}

// The splitter, at most one space, a number.
bool multiple_sections(Text text, const Arguments& a) {
  const std::u32string splitter = decode(a.text);
  if (splitter.empty()) return false;
  std::int64_t count = 0;
  for (std::size_t at = text.find(splitter); at != text.npos; at = text.find(splitter, at + 1)) {
    Text rest = text.substr(at + splitter.size());
    if (!rest.empty() && is_python_space(rest.front())) rest.remove_prefix(1);
    count += !rest.empty() && rest.front() >= U'0' && rest.front() <= U'9' ? 1 : 0;
  }
  return count >= a.count;
}

bool postscript(Text text, const Arguments& a) {
  const std::u32string low = lower(text);
  std::u32string pattern = U"\\s*" + lower(decode(a.text)) + U".*";
  if (a.text == "P.P.S") pattern = U"\\s*p\\.\\s?p\\.\\s?s.*";
  if (a.text == "P.S.") pattern = U"\\s*p\\.\\s?s\\..*";
  return count_matches(pattern, low) > 0;
}

bool json_format(Text text, const Arguments&) {
  text = strip(text);
  for (const Text start : {Text(U"```json"), Text(U"```Json"), Text(U"```JSON"), Text(U"```")}) {
    if (text.starts_with(start)) text.remove_prefix(start.size());
  }
  if (text.ends_with(U"```")) text.remove_suffix(3);
  boost::system::error_code failed;
  boost::json::parse_options options;
  options.max_depth = 1000;  // about Python's recursion limit
  boost::json::parse(encode(strip(text)), failed, {}, options);
  return !failed;
}

bool title(Text text, const Arguments&) {
  for (Text line : split_at(text, U"\n")) {
    const std::size_t open = line.find(U"<<");
    const std::size_t close = line.rfind(U">>");
    if (open == line.npos || close == line.npos || close < open + 3) continue;
    Text inside = line.substr(open, close + 2 - open);
    while (inside.starts_with(U'<')) inside.remove_prefix(1);
    while (inside.ends_with(U'>')) inside.remove_suffix(1);
    if (!strip(inside).empty()) return true;
  }
  return false;
}

bool keywords_exist(Text text, const Arguments& a) {
  return std::all_of(a.texts.begin(), a.texts.end(), [&](const std::string& word) {
    return count_matches(decode(word), text) > 0;
  });
}

bool forbidden_words(Text text, const Arguments& a) {
  return std::none_of(a.texts.begin(), a.texts.end(), [&](const std::string& word) {
    return count_matches(U"\\b" + decode(word) + U"\\b", text) > 0;
  });
}

bool keyword_frequency(Text text, const Arguments& a) {
  const std::u32string keyword = decode(a.text);
  return in_relation(count_matches(strip(keyword), text), a);
}

bool letter_frequency(Text text, const Arguments& a) {
  const std::u32string letter = lower(decode(a.text));
  const std::u32string low = lower(text);
  const auto count = letter.empty() ? 0 : std::count(low.begin(), low.end(), letter.front());
  return in_relation(count, a);
}

bool two_responses(Text text, const Arguments&) {
  const std::vector<Text> parts = split_at(text, U"******");
  std::vector<Text> filled;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (!strip(parts[i]).empty()) {
      filled.push_back(strip(parts[i]));
    } else if (i != 0 && i + 1 != parts.size()) {
      return false;
    }
  }
  return filled.size() == 2 && filled[0] != filled[1];
}

bool repeat_prompt(Text text, const Arguments& a) {
  const std::u32string prompt = decode(a.text);
  return lower(strip(text)).starts_with(lower(strip(prompt)));
}

bool end_phrase(Text text, const Arguments& a) {
  text = strip(text);
  while (text.starts_with(U'"')) text.remove_prefix(1);
  while (text.ends_with(U'"')) text.remove_suffix(1);
  const std::u32string phrase = decode(a.text);
  return lower(text).ends_with(lower(strip(phrase)));
}

bool quotation(Text text, const Arguments&) {
  text = strip(text);
  return text.size() > 1 && text.front() == U'"' && text.back() == U'"';
}

bool capital_words(Text text, const Arguments& a) {
  return in_relation(count_capital_words(text), a);
}

// The reference also asks a language detector whether it is English; that isn't here, so only a
// wrong case is a sure verdict.
std::optional<bool> english_capital(Text text, const Arguments&) {
  return is_upper(text) ? std::nullopt : std::optional(false);
}
std::optional<bool> english_lowercase(Text text, const Arguments&) {
  return is_lower(text) ? std::nullopt : std::optional(false);
}

struct Check {
  bool (*sure)(Text, const Arguments&) = nullptr;
  std::optional<bool> (*partly)(Text, const Arguments&) = nullptr;
};

const std::map<std::string_view, Check>& checks() {
  static const std::map<std::string_view, Check> all{
      {"punctuation:no_comma", {no_comma, nullptr}},
      {"detectable_format:number_highlighted_sections", {highlighted_sections, nullptr}},
      {"detectable_format:number_bullet_lists", {bullet_lists, nullptr}},
      {"detectable_format:constrained_response", {constrained_response, nullptr}},
      {"detectable_format:multiple_sections", {multiple_sections, nullptr}},
      {"detectable_format:json_format", {json_format, nullptr}},
      {"detectable_format:title", {title, nullptr}},
      {"detectable_content:number_placeholders", {placeholders, nullptr}},
      {"detectable_content:postscript", {postscript, nullptr}},
      {"length_constraints:number_words", {number_words, nullptr}},
      {"length_constraints:number_paragraphs", {number_paragraphs, nullptr}},
      {"length_constraints:nth_paragraph_first_word", {nth_paragraph_first_word, nullptr}},
      {"keywords:existence", {keywords_exist, nullptr}},
      {"keywords:forbidden_words", {forbidden_words, nullptr}},
      {"keywords:frequency", {keyword_frequency, nullptr}},
      {"keywords:letter_frequency", {letter_frequency, nullptr}},
      {"combination:two_responses", {two_responses, nullptr}},
      {"combination:repeat_prompt", {repeat_prompt, nullptr}},
      {"startend:end_checker", {end_phrase, nullptr}},
      {"startend:quotation", {quotation, nullptr}},
      {"change_case:capital_word_frequency", {capital_words, nullptr}},
      {"change_case:english_capital", {nullptr, english_capital}},
      {"change_case:english_lowercase", {nullptr, english_lowercase}},
  };
  return all;
}

const Check* check_of(std::string_view type) {
  auto found = checks().find(type);
  if (found == checks().end()) found = checks().find(type.substr(type.find(':') + 1));
  return found == checks().end() ? nullptr : &found->second;
}

std::optional<bool> passes(const Check& check, Text text, const Arguments& arguments) {
  if (strip(text).empty()) return false;
  if (check.partly != nullptr) return check.partly(text, arguments);
  return check.sure(text, arguments);
}

std::u32string lines_between(const std::vector<Text>& lines, std::size_t from, std::size_t to) {
  std::u32string joined;
  for (std::size_t i = from; i < to; ++i) {
    if (i > from) joined += U'\n';
    joined += lines[i];
  }
  return std::u32string(strip(joined));
}

}  // namespace

std::optional<bool> follows_strict(std::string_view type, const InstructionArguments& arguments,
                                   std::string_view response) {
  const Check* const check = check_of(type);
  if (check == nullptr) return std::nullopt;
  return passes(*check, decode(response), arguments);
}

std::optional<bool> follows_loose(std::string_view type, const InstructionArguments& arguments,
                                  std::string_view response) {
  const Check* const check = check_of(type);
  if (check == nullptr) return std::nullopt;
  const std::u32string whole = decode(response);
  const std::vector<Text> lines = split_at(whole, U"\n");
  const std::size_t last = lines.size() - 1;
  const std::array<std::u32string, 4> cuts{
      whole, lines_between(lines, 1, lines.size()), lines_between(lines, 0, last),
      last >= 1 ? lines_between(lines, 1, last) : std::u32string()};
  bool unknown = false;
  for (const std::u32string& text : cuts) {
    for (const std::optional<bool> verdict :
         {passes(*check, text, arguments), passes(*check, without(text, U'*'), arguments)}) {
      if (verdict == true) return true;
      unknown = unknown || !verdict;
    }
  }
  return unknown ? std::nullopt : std::optional(false);
}

}  // namespace interposer::evals
