// What routing knows of the board behind a target: plain numbers, evaluated in nanoseconds. The
// planner compiles them from a board's card; live traffic corrects them. Absent: unknown.
#pragma once

#include <optional>
#include <string>

namespace interposer::boards {

struct BoardProfile {
  std::string board;                          // "h200", "lpu", "llama.cpp on 2 cores"
  std::optional<double> ttft_ms;              // median, 1,000 prompt tokens, unloaded
  std::optional<double> tpot_ms;              // median, per token, one stream
  std::optional<double> usd_per_m_input;      // per million prompt tokens
  std::optional<double> usd_per_m_cached;     // of these, read from a cache
  std::optional<double> usd_per_m_output;     // per million answer tokens
  std::optional<double> joules_per_token;     // answer tokens
  std::optional<double> grams_co2_per_token;  // answer tokens
};

}  // namespace interposer::boards
