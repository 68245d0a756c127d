// CSV with any separator -> cells that quote.
#include <cstddef>
#include <cstdint>

#include "knowledge/fuzz_check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace interposer::knowledge;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  for (const char separator : {char{0}, char{9}}) {
    const auto parsed = parse_csv("x.csv", bytes, separator);
    if (parsed) check_parsed(*parsed);
  }
  return 0;
}
