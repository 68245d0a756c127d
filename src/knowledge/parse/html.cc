// HTML by gumbo (the HTML5 algorithm). The walk is iterative: a million nested tags are no
// recursion. What a reader does not see is not text: scripts, styles, navigation, hidden elements.
#include <gumbo.h>

#include <memory>

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

void add_row(TextBuilder& out, const GumboNode* row) {
  bool header = true;
  out.begin_row();
  for (const GumboNode* n = following(row, row, false); n;) {
    const bool cell =
        is_element(n) && (n->v.element.tag == GUMBO_TAG_TD || n->v.element.tag == GUMBO_TAG_TH);
    if (cell) {
      header = header && n->v.element.tag == GUMBO_TAG_TH;
      out.begin_cell();
      out.append(text_of(n));
      out.end_cell();
    }
    n = following(n, row, cell || skipped(n));
  }
  out.end_row(header);
}

void add_table(TextBuilder& out, const GumboNode* table) {
  for (const GumboNode* n = following(table, table, false); n; n = following(n, table, false)) {
    if (!is_element(n) || n->v.element.tag != GUMBO_TAG_CAPTION) continue;
    out.open(BlockKind::kCaption);
    out.append_collapsed(text_of(n));
    out.close();
  }
  out.begin_table();
  for (const GumboNode* n = following(table, table, false); n;) {
    const bool row = is_element(n) && n->v.element.tag == GUMBO_TAG_TR;
    if (row) add_row(out, n);
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
