#include <cmath>
#include <cstddef>
#include <cstdint>

#include "planner/shape/shape.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace interposer::planner;
  const auto shape = parse_model_config({reinterpret_cast<const char*>(bytes), size}, "fuzz.json");
  if (!shape.ok()) {
    // Every error names the file.
    if (shape.error().message.find("fuzz.json") == std::string::npos) __builtin_trap();
    return 0;
  }
  for (const double tokens : {0.0, 1.0, 4096.0, 1e6}) {
    const double kept = shape->cache_elements(tokens);
    if (!(kept >= 0) || !(shape->read_elements(tokens) >= 0)) __builtin_trap();
    if (!(shape->prefill_attention_flops(tokens) >= 0)) __builtin_trap();
  }
  if (!(shape->active_params() >= 0) || !(shape->total_params() >= 0)) __builtin_trap();
  return 0;
}
