#include <cstddef>
#include <cstdint>

#include "assistant/tables/reading.h"
#include "assistant/tables/relation.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace interposer::assistant;
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  const CellValue value = parse_cell(text);
  if (value.blank && value.number) __builtin_trap();
  // The same bytes as a table and as a question about it.
  interposer::knowledge::Knowledge::TableRef ref;
  ref.document = "b/t.csv";
  const std::size_t half = size / 2;
  for (const std::string_view piece : {text.substr(0, half), text.substr(half)}) {
    ref.table.header.push_back({0, 1, std::string(piece)});
  }
  ref.table.rows.push_back(ref.table.header);
  const auto relation = make_relation(ref);
  return relation && read_question(text, *relation) && relation->rows.empty() ? 1 : 0;
}
