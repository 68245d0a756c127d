#include <cstdint>

#include "planner/units/unit.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace planner = interposer::planner;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (auto unit = planner::parse_unit(text)) {
    // What was read can be written and read again.
    if (!planner::parse_unit(unit->text)) __builtin_trap();
    (void)planner::format_in(1.5, *unit);
  }
  (void)planner::parse_quantity(text, planner::Watts::kDimension);
  return 0;
}
