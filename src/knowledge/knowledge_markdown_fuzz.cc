// Markdown -> blocks, sentences, chunks.
#include <cstddef>
#include <cstdint>

#include "knowledge/fuzz_check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace interposer::knowledge;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto parsed = parse_markdown("x.md", bytes);
  if (parsed) check_parsed(*parsed);
  return 0;
}
