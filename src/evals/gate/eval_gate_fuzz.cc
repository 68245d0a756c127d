// Baselines and gate rules.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "evals/gate/baseline.h"
#include "evals/gate/rules.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace ev = interposer::evals;
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (data[0] % 2 == 0) {
    const auto set = ev::parse_baseline(text, "fuzz");
    if (!set) return 0;
    const std::string again = ev::encode_baseline(*set);
    const auto back = ev::parse_baseline(again, "fuzz");
    if (!back || ev::encode_baseline(*back) != again) std::abort();
    return 0;
  }
  const auto document = interposer::config::parse(text, "fuzz.yaml");
  if (!document) return 0;
  const auto rules = ev::parse_gate(document->root());
  if (!rules) return 0;
  for (const ev::GateRule& rule : *rules) {
    if (ev::describe(rule).empty()) std::abort();
  }
  return 0;
}
