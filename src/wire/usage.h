// What an answer cost, in token buckets that never overlap, and what the board told about it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace interposer::wire {

// Disjoint: the prompt is input + cache_read + cache_write, the answer output + reasoning.
// Providers count differently (gateway.md 5.3); each dialect's reader normalises here, once.
struct TokenUsage {
  std::int64_t input = 0;  // prompt tokens computed, neither read from nor written to a cache
  std::int64_t cache_read = 0;
  std::int64_t cache_write = 0;
  std::int64_t output = 0;  // visible answer
  std::int64_t reasoning = 0;
  std::int64_t prompt() const { return input + cache_read + cache_write; }
  std::int64_t answer() const { return output + reasoning; }
  friend bool operator==(const TokenUsage&, const TokenUsage&) = default;
};

// One record for all boards; absent stays absent (gateway.md 5.2). Milliseconds, joules, watts, g.
struct Telemetry {
  std::optional<double> queue_ms, prefill_ms, ttft_ms, decode_ms, total_ms;
  std::optional<double> tokens_per_s, draft_accept;
  std::optional<double> joules, watts, grams_co2;
  std::string source;  // "measured", "provider", "model"; empty: nothing known
  std::string board, tier;
  friend bool operator==(const Telemetry&, const Telemetry&) = default;
};

struct Usage {
  TokenUsage tokens;
  Telemetry telemetry;
  bool reported = false;  // the target gave counts; false: counted or estimated here
  bool final = false;     // nothing more will change
  friend bool operator==(const Usage&, const Usage&) = default;
};

}  // namespace interposer::wire
