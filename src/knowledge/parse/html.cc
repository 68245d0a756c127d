// HTML by gumbo (the HTML5 algorithm). The walk is iterative: a million nested tags are no
// recursion. What a reader does not see is not text: scripts, styles, navigation, hidden elements.
#include <gumbo.h>

#include <algorithm>
#include <charconv>
#include <memory>
#include <string>
#include <vector>

#include "base/strings.h"
#include "knowledge/parse/entities.h"
#include "knowledge/parse/parsed.h"

namespace interposer::knowledge {
namespace {

bool is_element(const GumboNode* node) {
  return node->type == GUMBO_NODE_ELEMENT || node->type == GUMBO_NODE_TEMPLATE;
}

const GumboVector* children(const GumboNode* node) {
  if (node->type == GUMBO_NODE_DOCUMENT) return &node->v.document.children;
  return is_element(node) ? &node->v.element.children : nullptr;
}

bool is_text(const GumboNode* node) {
  return node->type == GUMBO_NODE_TEXT || node->type == GUMBO_NODE_WHITESPACE ||
         node->type == GUMBO_NODE_CDATA;
}

// The node after `node` in document order within `root`; with skip, not into its children.
const GumboNode* following(const GumboNode* node, const GumboNode* root, bool skip) {
  const GumboVector* below = children(node);
  if (!skip && below && below->length > 0) return static_cast<const GumboNode*>(below->data[0]);
  while (node != root && node->parent) {
    const GumboVector* siblings = children(node->parent);
    const std::size_t next = node->index_within_parent + 1;
    if (siblings && next < siblings->length)
      return static_cast<const GumboNode*>(siblings->data[next]);
    node = node->parent;
  }
  return nullptr;
}

bool attribute_is(const GumboNode* node, const char* name, std::string_view value) {
  const GumboAttribute* found = gumbo_get_attribute(&node->v.element.attributes, name);
  return found && equals_ignore_case(trim(found->value), value);
}

bool hidden_by_style(const GumboNode* node) {
  const GumboAttribute* style = gumbo_get_attribute(&node->v.element.attributes, "style");
  if (!style) return false;
  std::string text;
  for (const char c : to_lower(style->value))
    if (c != ' ') text += c;
  return text.find("display:none") != text.npos || text.find("visibility:hidden") != text.npos ||
         text.find("font-size:0") != text.npos;
}

bool skipped(const GumboNode* node) {
  if (node->type == GUMBO_NODE_COMMENT || node->type == GUMBO_NODE_TEMPLATE) return true;
  if (!is_element(node)) return false;
  switch (node->v.element.tag) {
    case GUMBO_TAG_SCRIPT:
    case GUMBO_TAG_STYLE:
    case GUMBO_TAG_NOSCRIPT:
    case GUMBO_TAG_TEMPLATE:
    case GUMBO_TAG_HEAD:
    case GUMBO_TAG_SVG:
    case GUMBO_TAG_IFRAME:
    case GUMBO_TAG_OBJECT:
    case GUMBO_TAG_NAV:
    case GUMBO_TAG_SELECT:
    case GUMBO_TAG_BUTTON:
    case GUMBO_TAG_TEXTAREA:
      return true;
    default:
      break;
  }
  return gumbo_get_attribute(&node->v.element.attributes, "hidden") != nullptr ||
         attribute_is(node, "aria-hidden", "true") || hidden_by_style(node);
}

int heading_level(GumboTag tag) {
  return tag >= GUMBO_TAG_H1 && tag <= GUMBO_TAG_H6 ? static_cast<int>(tag - GUMBO_TAG_H1) + 1 : 0;
}

bool is_inline(GumboTag tag) {
  switch (tag) {
    case GUMBO_TAG_A:
    case GUMBO_TAG_ABBR:
    case GUMBO_TAG_B:
    case GUMBO_TAG_BDI:
    case GUMBO_TAG_BDO:
    case GUMBO_TAG_CITE:
    case GUMBO_TAG_CODE:
    case GUMBO_TAG_DATA:
    case GUMBO_TAG_DEL:
    case GUMBO_TAG_DFN:
    case GUMBO_TAG_EM:
    case GUMBO_TAG_FONT:
    case GUMBO_TAG_I:
    case GUMBO_TAG_INS:
    case GUMBO_TAG_KBD:
    case GUMBO_TAG_LABEL:
    case GUMBO_TAG_MARK:
    case GUMBO_TAG_Q:
    case GUMBO_TAG_S:
    case GUMBO_TAG_SAMP:
    case GUMBO_TAG_SMALL:
    case GUMBO_TAG_SPAN:
    case GUMBO_TAG_STRONG:
    case GUMBO_TAG_SUB:
    case GUMBO_TAG_SUP:
    case GUMBO_TAG_TIME:
    case GUMBO_TAG_TT:
    case GUMBO_TAG_U:
    case GUMBO_TAG_VAR:
    case GUMBO_TAG_WBR:
    case GUMBO_TAG_IMG:
      return true;
    default:
      return false;
  }
}

std::string text_of(const GumboNode* root) {
  TextBuilder out;
  out.open(BlockKind::kParagraph);
  for (const GumboNode* n = root; n;) {
    const bool skip = n != root && skipped(n);
    if (!skip && is_text(n)) out.append_collapsed(n->v.text.text);
    if (is_element(n) && n->v.element.tag == GUMBO_TAG_BR) out.append_collapsed(" ");
    n = following(n, root, skip);
  }
  return out.take().text;
}

// Rows of data, not a page's layout: no table inside, and some row with two cells.
bool is_data_table(const GumboNode* table) {
  std::size_t cells = 0, most = 0;
  for (const GumboNode* n = following(table, table, false); n; n = following(n, table, false)) {
    if (!is_element(n)) continue;
    const GumboTag tag = n->v.element.tag;
    if (tag == GUMBO_TAG_TABLE) return false;
    if (tag == GUMBO_TAG_TR) cells = 0;
    if (tag == GUMBO_TAG_TD || tag == GUMBO_TAG_TH) most = std::max(most, ++cells);
  }
  return most >= 2;
}

// The rows of one table as a grid (HTML, 4.9.12): a cell over several rows or columns stands in
// each of its places, for it speaks of all of them.
class Grid {
 public:
  explicit Grid(TextBuilder* out) : out_(*out) {}

  void add_row(const GumboNode* row) {
    bool header = true;
    std::size_t column = 0;
    out_.begin_row();
    for (const GumboNode* n = following(row, row, false); n;) {
      const bool cell =
          is_element(n) && (n->v.element.tag == GUMBO_TAG_TD || n->v.element.tag == GUMBO_TAG_TH);
      if (cell) {
        header = header && n->v.element.tag == GUMBO_TAG_TH;
        column = place(n, from_above(column));
      }
      n = following(n, row, cell || skipped(n));
    }
    std::size_t end = above_.size();  // of the columns that cells above cover
    while (end > column && above_[end - 1].rows == 0) --end;
    while ((column = from_above(column)) < end) {
      write("");
      ++column;
    }
    out_.end_row(header);
  }

 private:
  static constexpr std::size_t kColumnsMax = 1000;        // HTML's own bound of colspan
  static constexpr std::size_t kRowsMax = 65534;          // and of rowspan
  static constexpr std::size_t kRepeatedMax = 64 * 1024;  // bytes of a table's repeated cells

  struct Covered {  // a column by a cell further up
    std::size_t rows = 0;
    std::string text;
  };

  static std::size_t span(const GumboNode* cell, const char* name, std::size_t most) {
    const GumboAttribute* found = gumbo_get_attribute(&cell->v.element.attributes, name);
    if (found == nullptr) return 1;
    std::size_t value = 1;
    const std::string_view text = trim(found->value);
    std::from_chars(text.data(), text.data() + text.size(), value);
    return std::min(value, most);
  }

  void write(std::string_view text) {
    out_.begin_cell();
    out_.append(text);
    out_.end_cell();
  }

  // Writes what cells above say from here on; the first column that is free.
  std::size_t from_above(std::size_t column) {
    for (; column < above_.size() && above_[column].rows > 0; ++column) {
      Covered& covered = above_[column];
      repeated_ += covered.text.size() + 1;
      if (repeated_ > kRepeatedMax) covered = {1, {}};  // ends here
      --covered.rows;
      write(covered.text);
    }
    return column;
  }

  // The column after the cell.
  std::size_t place(const GumboNode* cell, std::size_t column) {
    const std::string text = text_of(cell);
    std::size_t columns = std::max<std::size_t>(span(cell, "colspan", kColumnsMax), 1);
    std::size_t rows = span(cell, "rowspan", kRowsMax);
    if (rows == 0) rows = kRowsMax;  // to the table's end
    // Hostile spans: what is over the bound is taken as an ordinary cell.
    if (repeated_ + columns * (text.size() + 1) > kRepeatedMax) columns = rows = 1;
    for (std::size_t i = 0; i < columns; ++i, ++column) {
      if (i > 0) repeated_ += text.size() + 1;
      write(text);
      if (column >= kColumnsMax) continue;
      if (column >= above_.size()) above_.resize(column + 1);
      above_[column] = {rows - 1, rows > 1 ? text : std::string()};
    }
    return column;
  }

  TextBuilder& out_;
  std::vector<Covered> above_;
  std::size_t repeated_ = 0;
};

void add_table(TextBuilder& out, const GumboNode* table) {
  for (const GumboNode* n = following(table, table, false); n; n = following(n, table, false)) {
    if (!is_element(n) || n->v.element.tag != GUMBO_TAG_CAPTION) continue;
    out.open(BlockKind::kCaption);
    out.append_collapsed(text_of(n));
    out.close();
  }
  out.begin_table();
  Grid grid(&out);
  for (const GumboNode* n = following(table, table, false); n;) {
    const bool row = is_element(n) && n->v.element.tag == GUMBO_TAG_TR;
    if (row) grid.add_row(n);
    n = following(n, table, row);
  }
  out.end_table();
}

// The kind of block that text directly below this element belongs to.
void open_for(TextBuilder& out, const GumboNode* node, const GumboNode* root) {
  int depth = 0;
  const GumboNode* item = nullptr;
  for (const GumboNode* n = node; n && n != root; n = n->parent) {
    if (!is_element(n)) continue;
    const GumboTag tag = n->v.element.tag;
    if (const int level = heading_level(tag)) return out.open(BlockKind::kHeading, level);
    if (tag == GUMBO_TAG_PRE) return out.open(BlockKind::kCode);
    if (tag == GUMBO_TAG_FIGCAPTION || tag == GUMBO_TAG_CAPTION)
      return out.open(BlockKind::kCaption);
    if (tag == GUMBO_TAG_LI || tag == GUMBO_TAG_DD || tag == GUMBO_TAG_DT) item = item ? item : n;
    if (tag == GUMBO_TAG_UL || tag == GUMBO_TAG_OL || tag == GUMBO_TAG_DL) ++depth;
    if (depth > 16) break;
  }
  out.open(item ? BlockKind::kListItem : BlockKind::kParagraph, item ? std::max(depth, 1) : 0);
}

void add_text(TextBuilder& out, const GumboNode* node, const GumboNode* root) {
  const std::string_view text = node->v.text.text;
  if (!out.is_open()) {
    if (trim(text).empty()) return;
    open_for(out, node->parent, root);
  }
  if (out.kind() == BlockKind::kCode)
    out.append(text);
  else
    out.append_collapsed(text);
}

void walk(TextBuilder& out, const GumboNode* root) {
  for (const GumboNode* n = root; n;) {
    bool skip = skipped(n) && n != root;
    if (!skip && is_text(n)) {
      add_text(out, n, root);
    } else if (!skip && is_element(n)) {
      const GumboTag tag = n->v.element.tag;
      if (tag == GUMBO_TAG_TABLE && is_data_table(n)) {
        out.close();
        add_table(out, n);
        skip = true;
      } else if (tag == GUMBO_TAG_BR) {
        if (out.is_open()) out.line_break();
      } else if (!is_inline(tag)) {
        out.close();
      }
    }
    const GumboNode* next = following(n, root, skip);
    // Leaving block elements on the way up ends their text.
    for (const GumboNode* up = n; next && up && up != next->parent; up = up->parent)
      if (is_element(up) && !is_inline(up->v.element.tag) && up->v.element.tag != GUMBO_TAG_BR) {
        out.close();
        break;
      }
    n = next;
  }
  out.close();
}

std::string page_title(const GumboNode* root) {
  for (const GumboNode* n = root; n; n = following(n, root, false)) {
    if (is_element(n) && n->v.element.tag == GUMBO_TAG_BODY) break;
    if (is_element(n) && n->v.element.tag == GUMBO_TAG_TITLE) return text_of(n);
  }
  return {};
}

}  // namespace

Result<Parsed> parse_html_here(std::string_view bytes) {
  GumboOptions options = kGumboDefaultOptions;
  options.max_errors = 0;
  const auto drop = [](GumboOutput* o) { gumbo_destroy_output(&kGumboDefaultOptions, o); };
  const std::unique_ptr<GumboOutput, decltype(drop)> tree(
      gumbo_parse_with_options(&options, bytes.data(), bytes.size()), drop);
  if (!tree) return make_error(Code::kInvalidArgument, "the HTML cannot be read", "", "malformed");
  TextBuilder out;
  walk(out, tree->root);
  Parsed parsed = out.take();
  parsed.title = page_title(tree->root);
  if (parsed.title.empty()) parsed.title = first_heading(parsed);
  parsed.title_from_content = !parsed.title.empty();
  return parsed;
}

}  // namespace interposer::knowledge
