// Plain text: the text is the file; blocks are paragraphs (blank lines between) and list items.
#include "base/strings.h"
#include "knowledge/parse/parsed.h"

namespace interposer::knowledge {
namespace {

// The bytes of a list marker with its indentation ("  - ", "12) "), or 0.
std::size_t list_marker(std::string_view line) {
  std::size_t at = 0;
  while (at < line.size() && (line[at] == ' ' || line[at] == '\t')) ++at;
  std::size_t digits = at;
  while (digits < line.size() && digits - at < 3 && line[digits] >= '0' && line[digits] <= '9')
    ++digits;
  if (digits > at && digits < line.size() && (line[digits] == '.' || line[digits] == ')'))
    at = digits + 1;
  else if (at < line.size() && (line[at] == '-' || line[at] == '*' || line[at] == '+'))
    at = at + 1;
  else if (line.substr(at).starts_with("\xE2\x80\xA2"))  // bullet
    at = at + 3;
  else
    return 0;
  if (at >= line.size() || line[at] != ' ') return 0;
  while (at < line.size() && line[at] == ' ') ++at;
  return at < line.size() ? at : 0;
}

struct Open {
  bool on = false;
  BlockKind kind = BlockKind::kParagraph;
  std::size_t start = 0, end = 0;
};

void finish(Open& open, std::vector<Block>& blocks) {
  if (open.on && open.end > open.start) {
    Block block;
    block.kind = open.kind;
    block.level = open.kind == BlockKind::kListItem ? 1 : 0;
    block.start = static_cast<std::int64_t>(open.start);
    block.end = static_cast<std::int64_t>(open.end);
    blocks.push_back(std::move(block));
  }
  open.on = false;
}

}  // namespace

Result<Parsed> parse_text(const std::string& name, std::string_view bytes) {
  IP_TRY(std::string text, decode_text(name, bytes));
  Parsed parsed;
  parsed.text = std::move(text);
  const std::string_view all = parsed.text;
  Open open;
  for (std::size_t at = 0; at < all.size();) {
    const std::size_t newline = all.find('\n', at);
    const std::size_t next = newline == std::string_view::npos ? all.size() : newline + 1;
    const std::string_view line = all.substr(at, next - at);
    const std::string_view content = trim(line);
    if (content.empty()) {
      finish(open, parsed.blocks);
    } else {
      const auto first = static_cast<std::size_t>(content.data() - all.data());
      const std::size_t marker = list_marker(line);
      if (marker > 0 || !open.on) {
        finish(open, parsed.blocks);
        open = {true, marker > 0 ? BlockKind::kListItem : BlockKind::kParagraph,
                marker > 0 ? at + marker : first, 0};
      }
      open.end = first + content.size();
    }
    at = next;
  }
  finish(open, parsed.blocks);
  return parsed;
}

}  // namespace interposer::knowledge
