#include "knowledge/parse/pdf_layout.h"

#include <algorithm>
#include <map>

#include "base/strings.h"
#include "base/utf8.h"

namespace interposer::knowledge {
namespace {

constexpr double kShortLine = 0.75;  // of the page's usual line: ends a paragraph
constexpr std::size_t kHeadingChars = 90;
constexpr std::size_t kRunningPages = 3;  // a head or foot stands on so many pages at least

using Page = std::vector<std::string_view>;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_letter(char c) { return is_lower(c) || (c >= 'A' && c <= 'Z'); }

// "Page 3 of 12" and "Page 4 of 12" are the same line.
std::string shape(std::string_view line) {
  std::string out;
  for (const char c : line) {
    if (!is_digit(c))
      out += c;
    else if (out.empty() || out.back() != '#')
      out += '#';
  }
  return out;
}

bool is_page_number(std::string_view line) {
  const bool only = std::all_of(line.begin(), line.end(), [](char c) {
    return is_digit(c) || c == '/' || c == '-' || c == ' ' || c == '.';
  });
  return only && line.size() <= 9 && std::any_of(line.begin(), line.end(), is_digit);
}

std::vector<Page> split_pages(std::string_view text) {
  std::vector<Page> pages;
  for (const auto page : split(text, '\f')) {
    Page& lines = pages.emplace_back();
    for (const auto line : split(page, '\n')) lines.push_back(trim(line));
  }
  if (!pages.empty() && pages.back().size() <= 1 &&
      (pages.back().empty() || pages.back()[0].empty()))
    pages.pop_back();  // after the last form feed
  return pages;
}

std::size_t first_line(const Page& page) {
  std::size_t i = 0;
  while (i < page.size() && page[i].empty()) ++i;
  return i;
}

std::size_t last_line(const Page& page) {
  std::size_t i = page.size();
  while (i > 0 && page[i - 1].empty()) --i;
  return i == 0 ? page.size() : i - 1;
}

void drop_running_lines(std::vector<Page>& pages) {
  std::map<std::string, std::size_t> heads, feet;
  for (const Page& page : pages) {
    if (first_line(page) < page.size()) ++heads[shape(page[first_line(page)])];
    if (last_line(page) < page.size()) ++feet[shape(page[last_line(page)])];
  }
  const std::size_t enough = std::max(kRunningPages, pages.size() / 2);
  for (Page& page : pages) {
    const std::size_t foot = last_line(page);
    if (foot < page.size() && (is_page_number(page[foot]) || feet[shape(page[foot])] >= enough))
      page[foot] = {};
    const std::size_t head = first_line(page);
    if (head < page.size() && (is_page_number(page[head]) || heads[shape(page[head])] >= enough))
      page[head] = {};
  }
}

// The length that full lines have: the 90th percentile.
std::size_t usual_length(const Page& page) {
  std::vector<std::size_t> lengths;
  for (const auto line : page)
    if (!line.empty()) lengths.push_back(utf8_count(line));
  if (lengths.empty()) return 0;
  const auto at = static_cast<std::ptrdiff_t>(lengths.size() * 9 / 10);
  std::nth_element(lengths.begin(), lengths.begin() + at, lengths.end());
  return lengths[static_cast<std::size_t>(at)];
}

bool ends_sentence(std::string_view line) {
  return !line.empty() && std::string_view(".!?:;,").find(line.back()) != std::string_view::npos;
}

std::size_t bullet(std::string_view line) {
  for (const std::string_view mark :
       {"\xE2\x80\xA2 ", "\xE2\x97\x8F ", "\xE2\x96\xAA ", "- ", "* ", "\xE2\x80\x93 "})
    if (line.starts_with(mark)) return mark.size();
  return 0;
}

bool is_heading(const std::vector<std::string_view>& lines) {
  if (lines.size() != 1) return false;
  const std::string_view line = lines[0];
  return utf8_count(line) <= kHeadingChars && !ends_sentence(line) &&
         std::any_of(line.begin(), line.end(), is_letter) && !is_lower(line[0]) &&
         line.find('=') == std::string_view::npos;
}

// Appends a line to the paragraph: with a space, or into the word that the hyphen broke.
void join_line(std::string& paragraph, std::string_view line) {
  const std::size_t n = paragraph.size();
  const bool broken = n >= 2 && paragraph[n - 1] == '-' && is_lower(paragraph[n - 2]) &&
                      !line.empty() && is_lower(line[0]);
  if (paragraph.ends_with("\xC2\xAD"))  // soft hyphen
    paragraph.resize(n - 2);
  else if (broken)
    paragraph.pop_back();
  else if (n > 0)
    paragraph += ' ';
  paragraph += line;
}

void flush(TextBuilder& out, std::vector<std::string_view>& lines) {
  if (lines.empty()) return;
  const std::size_t mark = bullet(lines[0]);
  if (mark > 0) lines[0].remove_prefix(mark);
  if (mark > 0)
    out.open(BlockKind::kListItem, 1);
  else if (is_heading(lines))
    out.open(BlockKind::kHeading, 2);
  else
    out.open(BlockKind::kParagraph);
  std::string paragraph;
  for (const auto line : lines) join_line(paragraph, line);
  out.append_collapsed(paragraph);
  out.close();
  lines.clear();
}

void lay_out(TextBuilder& out, const Page& page) {
  const auto usual = static_cast<double>(usual_length(page));
  std::vector<std::string_view> lines;
  for (const auto line : page) {
    if (line.empty() || bullet(line) > 0) flush(out, lines);
    if (line.empty()) continue;
    lines.push_back(line);
    if (static_cast<double>(utf8_count(line)) < kShortLine * usual) flush(out, lines);
  }
  flush(out, lines);
}

}  // namespace

Parsed lay_out_pages(std::string_view text) {
  std::vector<Page> pages = split_pages(text);
  drop_running_lines(pages);
  TextBuilder out;
  int number = 0;
  for (const Page& page : pages) {
    out.set_page(++number);
    if (number > 1) out.page_break();
    lay_out(out, page);
  }
  return out.take();
}

}  // namespace interposer::knowledge
