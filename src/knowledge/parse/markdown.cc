// Markdown by md4c, in process (a small, fuzzed, linear parser). The extracted text is what a
// reader sees: emphasis, links and list markers are gone, table cells stand between " | ".
#include <md4c.h>

#include <cstdlib>

#include "base/strings.h"
#include "knowledge/parse/entities.h"
#include "knowledge/parse/parsed.h"

namespace interposer::knowledge {
namespace {

constexpr unsigned kFlags =
    MD_FLAG_TABLES | MD_FLAG_STRIKETHROUGH | MD_FLAG_PERMISSIVEAUTOLINKS | MD_FLAG_TASKLISTS;

struct Walk {
  TextBuilder out;
  int list_depth = 0;
  bool in_item = false;  // directly: the item's own text comes without a paragraph when tight
  bool in_code = false, in_html = false, in_header = false;
  int cells = 0;     // inside a table cell
  std::string html;  // raw HTML of a block, stripped at its end
  std::string title;
  int title_level = 7;
  std::size_t heading_start = 0;
  int heading_level = 0;

  void ensure_open() {
    if (cells == 0 && !out.is_open())
      out.open(in_item ? BlockKind::kListItem : BlockKind::kParagraph, in_item ? list_depth : 0);
  }
};

void enter_heading(Walk& w, void* detail) {
  w.heading_level = static_cast<int>(static_cast<MD_BLOCK_H_DETAIL*>(detail)->level);
  w.out.open(BlockKind::kHeading, w.heading_level);
  w.heading_start = w.out.size();
}

int enter_block(MD_BLOCKTYPE type, void* detail, void* context) {
  Walk& w = *static_cast<Walk*>(context);
  switch (type) {
    case MD_BLOCK_H:
      enter_heading(w, detail);
      break;
    case MD_BLOCK_P:
      w.out.open(w.in_item ? BlockKind::kListItem : BlockKind::kParagraph,
                 w.in_item ? w.list_depth : 0);
      break;
    case MD_BLOCK_UL:
    case MD_BLOCK_OL:
      w.out.close();
      ++w.list_depth;
      break;
    case MD_BLOCK_LI:
      w.out.close();
      w.in_item = true;
      break;
    case MD_BLOCK_CODE:
      w.out.open(BlockKind::kCode);
      w.in_code = true;
      break;
    case MD_BLOCK_HTML:
      w.out.close();
      w.in_html = true;
      w.html.clear();
      break;
    case MD_BLOCK_TABLE:
      w.out.begin_table();
      break;
    case MD_BLOCK_THEAD:
      w.in_header = true;
      break;
    case MD_BLOCK_TBODY:
      break;
    case MD_BLOCK_TR:
      w.out.begin_row();
      break;
    case MD_BLOCK_TH:
    case MD_BLOCK_TD:
      w.out.begin_cell();
      ++w.cells;
      break;
    default:
      w.out.close();
      break;
  }
  return 0;
}

void leave_html(Walk& w) {
  w.in_html = false;
  const std::string text = strip_tags(w.html);
  if (trim(text).empty()) return;
  w.ensure_open();
  w.out.append_collapsed(text);
  w.out.close();
}

int leave_block(MD_BLOCKTYPE type, void*, void* context) {
  Walk& w = *static_cast<Walk*>(context);
  switch (type) {
    case MD_BLOCK_H:
      w.out.close();
      break;
    case MD_BLOCK_UL:
    case MD_BLOCK_OL:
      w.out.close();
      --w.list_depth;
      w.in_item = w.list_depth > 0;
      break;
    case MD_BLOCK_LI:
      w.out.close();
      w.in_item = w.list_depth > 1;
      break;
    case MD_BLOCK_CODE:
      w.in_code = false;
      w.out.close();
      break;
    case MD_BLOCK_HTML:
      leave_html(w);
      break;
    case MD_BLOCK_TABLE:
      w.out.end_table();
      break;
    case MD_BLOCK_THEAD:
      w.in_header = false;
      break;
    case MD_BLOCK_TBODY:
      break;
    case MD_BLOCK_TR:
      w.out.end_row(w.in_header);
      break;
    case MD_BLOCK_TH:
    case MD_BLOCK_TD:
      w.out.end_cell();
      --w.cells;
      break;
    default:
      w.out.close();
      break;
  }
  return 0;
}

int span(MD_SPANTYPE, void*, void*) { return 0; }

int text(MD_TEXTTYPE type, const MD_CHAR* data, MD_SIZE size, void* context) {
  Walk& w = *static_cast<Walk*>(context);
  const std::string_view piece(data, size);
  if (w.in_html) {
    w.html += piece;
    return 0;
  }
  if (type == MD_TEXT_HTML) return 0;  // an inline tag: what stands between tags comes as text
  w.ensure_open();
  switch (type) {
    case MD_TEXT_NULLCHAR:
      w.out.append("\xEF\xBF\xBD");
      break;
    case MD_TEXT_BR:
      w.out.line_break();
      break;
    case MD_TEXT_SOFTBR:
      w.out.append_collapsed(" ");
      break;
    case MD_TEXT_ENTITY:
      w.out.append(decode_entity(piece));
      break;
    case MD_TEXT_CODE:
      if (w.in_code)
        w.out.append(piece);
      else
        w.out.append_collapsed(piece);
      break;
    default:
      w.out.append_collapsed(piece);
      break;
  }
  return 0;
}

// YAML between two lines of "---" at the very start; only its title is used.
std::string_view skip_front_matter(std::string_view text, std::string* title) {
  if (!text.starts_with("---\n") && !text.starts_with("---\r\n")) return text;
  std::size_t at = text.find('\n') + 1;
  while (at < text.size()) {
    std::size_t end = text.find('\n', at);
    if (end == std::string_view::npos) end = text.size();
    const std::string_view line = trim(text.substr(at, end - at));
    if (line == "---" || line == "...") return text.substr(std::min(end + 1, text.size()));
    if (line.starts_with("title:")) {
      std::string_view value = trim(line.substr(6));
      if (value.size() >= 2 && (value[0] == '"' || value[0] == '\'') && value.back() == value[0])
        value = value.substr(1, value.size() - 2);
      *title = std::string(value);
    }
    at = end + 1;
  }
  title->clear();
  return text;  // never closed: it was a thematic break
}

}  // namespace

Result<Parsed> parse_markdown(const std::string& name, std::string_view bytes) {
  IP_TRY(const std::string source, decode_text(name, bytes));
  std::string front_title;
  const std::string_view body = skip_front_matter(source, &front_title);
  Walk walk;
  const MD_PARSER parser{0, kFlags, enter_block, leave_block, span, span, text, nullptr, nullptr};
  if (md_parse(body.data(), static_cast<MD_SIZE>(body.size()), &parser, &walk) != 0)
    return make_error(Code::kResourceExhausted, name + ": out of memory while reading Markdown");
  Parsed parsed = walk.out.take();
  parsed.title = std::move(front_title);
  if (parsed.title.empty()) parsed.title = first_heading(parsed);
  parsed.title_from_content = !parsed.title.empty();
  return parsed;
}

}  // namespace interposer::knowledge
