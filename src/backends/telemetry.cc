#include "backends/telemetry.h"

namespace interposer::backends {

void apply(const boards::TelemetryRecord& record, wire::Telemetry* out) {
  if (record.empty()) return;
  const auto set = [](const std::optional<double>& from, std::optional<double>& to) {
    if (from) to = from;
  };
  set(record.queue_ms, out->queue_ms);
  set(record.prefill_ms, out->prefill_ms);
  set(record.ttft_ms, out->ttft_ms);
  set(record.decode_ms, out->decode_ms);
  set(record.total_ms, out->total_ms);
  set(record.tokens_per_s, out->tokens_per_s);
  set(record.draft_accept, out->draft_accept);
  set(record.joules, out->joules);
  set(record.watts, out->watts);
  set(record.grams_co2, out->grams_co2);
  if (!record.tier.empty()) out->tier = record.tier;
  out->source = "provider";
}

}  // namespace interposer::backends
