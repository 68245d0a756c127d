#include "knowledge/types.h"

#include <array>

#include "knowledge/knowledge.h"

namespace interposer::knowledge {

std::string_view block_kind_name(BlockKind kind) {
  constexpr std::array<std::string_view, 7> kNames = {"heading", "paragraph", "list_item", "table",
                                                      "code",    "caption",   "page_break"};
  return kNames[static_cast<std::size_t>(kind)];
}

std::string_view state_name(FileEvent::State state) {
  constexpr std::array<std::string_view, 7> kNames = {
      "reading", "parsing", "searchable", "embedded", "unchanged", "failed", "deleted"};
  return kNames[static_cast<std::size_t>(state)];
}

}  // namespace interposer::knowledge
