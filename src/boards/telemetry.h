// What boards tell about an answer, brought to one record (gateway.md 5.2).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace interposer::boards {

struct TelemetryRecord {  // milliseconds, tokens a second, joules, watts; absent: not told
  std::optional<double> queue_ms, prefill_ms, ttft_ms, decode_ms, total_ms;
  std::optional<double> tokens_per_s, draft_accept;
  std::optional<double> joules, watts, grams_co2;
  std::string tier;
  bool empty() const;
  void merge(const TelemetryRecord& other);  // what `other` tells wins
  friend bool operator==(const TelemetryRecord&, const TelemetryRecord&) = default;
};

// From an answer or a chunk in OpenAI's dialect, wherever the provider puts it: Groq (usage.*_time,
// s), Cerebras (time_info, s), SambaNova (usage), Fireworks (perf_metrics), vLLM (metrics, ms),
// llama.cpp (timings, ms), Neuralwatt (energy). What is no JSON tells nothing.
TelemetryRecord read_telemetry(std::string_view json);
// Neuralwatt tells energy in a comment of the stream: ": energy {...}".
TelemetryRecord read_telemetry_comment(std::string_view comment);
// True when a frame may hold any of it: the cheap look before read_telemetry.
bool may_hold_telemetry(std::string_view frame);

}  // namespace interposer::boards
