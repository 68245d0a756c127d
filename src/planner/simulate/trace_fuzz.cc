#include <cstddef>
#include <cstdint>

#include "planner/simulate/trace.h"

// A trace is a file of the person's: any bytes. What is read obeys the limits that the simulation
// relies on.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace interposer::planner;
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  const auto check = [](const interposer::Result<Workload>& read) {
    if (!read) return;
    double before = 0;
    for (const SimRequest& r : read->requests) {
      if (!(r.arrival_s >= before) || r.prompt == 0 || r.answer == 0) __builtin_trap();
      if (r.prompt > kTraceTokensMax || r.answer > kTraceTokensMax) __builtin_trap();
      if (std::size_t{r.first_block} + r.blocks > read->blocks.size()) __builtin_trap();
      before = r.arrival_s;
    }
  };
  check(read_csv_trace(text, "fuzz.csv"));
  check(read_mooncake_trace(text, "fuzz.jsonl"));
  return 0;
}
