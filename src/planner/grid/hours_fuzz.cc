#include <cstdint>

#include "planner/grid/profile.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)interposer::planner::parse_hours(text, "fuzz.csv");
  return 0;
}
