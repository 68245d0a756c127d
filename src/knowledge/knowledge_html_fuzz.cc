// HTML -> blocks, as the confined child does it; and what the child may say, as its parent reads
// it.
#include <cstddef>
#include <cstdint>

#include "knowledge/fuzz_check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace interposer::knowledge;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  (void)decode_parsed(bytes);
  const auto source = decode_html("x.html", bytes);
  if (!source) return 0;
  const auto parsed = parse_html_here(*source);
  if (parsed) check_parsed(*parsed);
  return 0;
}
