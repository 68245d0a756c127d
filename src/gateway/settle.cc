#include "gateway/settle.h"

#include "base/ids.h"
#include "base/log.h"

namespace interposer::gateway {
namespace {

metrics::Counter& requests(const std::string& label, const char* outcome) {
  return metrics::counter("interposer_requests_total", "Calls of targets by how they ended",
                          label + "," + metrics::label("outcome", outcome));
}

metrics::Counter& tokens(const std::string& label, const char* kind) {
  return metrics::counter("interposer_tokens_total", "Tokens by bucket",
                          label + "," + metrics::label("kind", kind));
}

// Whole microseconds are written several times faster than the shortest decimal of a double.
std::int64_t microseconds(double ms) { return static_cast<std::int64_t>(ms * 1000); }

}  // namespace

TargetMetrics::TargetMetrics(const std::string& target)
    : ok(requests(metrics::label("target", target), "ok")),
      failed(requests(metrics::label("target", target), "error")),
      cancelled(requests(metrics::label("target", target), "cancelled")),
      input_tokens(tokens(metrics::label("target", target), "input")),
      cached_tokens(tokens(metrics::label("target", target), "cache_read")),
      output_tokens(tokens(metrics::label("target", target), "output")),
      first_s(metrics::histogram("interposer_first_frame_seconds",
                                 "From the call to the first frame of the answer",
                                 metrics::label("target", target))),
      total_s(metrics::histogram("interposer_call_seconds", "From the call to the answer's end",
                                 metrics::label("target", target))) {}

Settlement::Settlement(store::Ledger* ledger, std::shared_ptr<const TargetMetrics> metrics,
                       backends::RequestRef request, backends::CallRef call,
                       const std::string& target, bool composite, TimePoint started)
    : open_(new Open{ledger, std::move(metrics), std::move(request), std::move(call), target,
                     new_id(""), wall_now_ms(), started, TimePoint{}, composite}) {}

void Settlement::delivered(TimePoint now) {
  if (open_ && open_->first == TimePoint{}) open_->first = now;
}

void Settlement::finish(const wire::Usage& usage, const Error* error, TimePoint now) {
  const std::unique_ptr<Open> open = std::move(open_);
  if (!open) return;
  if (open->first == TimePoint{}) open->first = now;
  store::UsageEntry entry;
  entry.id = open->id;
  entry.at = open->at;
  entry.trace_id = open->call->trace.trace_id;
  entry.principal = open->call->principal.name;
  entry.route = open->request->model();
  entry.target = entry.model = open->target;
  entry.operation = wire::operation_name(open->request->operation());
  entry.ttft_ms = to_ms(open->first - open->started);
  entry.total_ms = to_ms(now - open->started);
  entry.joules = usage.telemetry.joules;
  if (!open->composite) {
    entry.input_tokens = usage.tokens.input;
    entry.cache_read_tokens = usage.tokens.cache_read;
    entry.cache_write_tokens = usage.tokens.cache_write;
    entry.output_tokens = usage.tokens.output;
    entry.reasoning_tokens = usage.tokens.reasoning;
  }
  const TargetMetrics& metrics = *open->metrics;
  entry.outcome = "ok";
  std::string outcome;
  if (error != nullptr) {
    const bool cancelled = error->code == Code::kCancelled;
    outcome = cancelled ? "cancelled" : "error:" + error->kind;
    entry.outcome = outcome;
    (cancelled ? metrics.cancelled : metrics.failed).add();
  } else {
    metrics.ok.add();
  }
  metrics.input_tokens.add(static_cast<std::uint64_t>(entry.input_tokens));
  if (entry.cache_read_tokens != 0) {
    metrics.cached_tokens.add(static_cast<std::uint64_t>(entry.cache_read_tokens));
  }
  metrics.output_tokens.add(static_cast<std::uint64_t>(entry.output_tokens));
  metrics.first_s.observe(entry.ttft_ms / 1000);
  metrics.total_s.observe(entry.total_ms / 1000);
  log(entry, error);
  if (open->ledger == nullptr) return;
  if (!open->ledger->append(entry)) {
    log::error("the usage ledger is full: a record was not kept", {{"trace", entry.trace_id}});
  }
}

void Settlement::log(const store::UsageEntry& entry, const Error* error) {
  if (error != nullptr && error->code != Code::kCancelled) {
    log::warn("call failed", {{"trace", entry.trace_id},
                              {"principal", entry.principal},
                              {"model", entry.route},
                              {"target", entry.target},
                              {"kind", error->kind},
                              {"reason", error->message},
                              {"total_us", microseconds(entry.total_ms)}});
    return;
  }
  log::info("call", {{"trace", entry.trace_id},
                     {"principal", entry.principal},
                     {"operation", entry.operation},
                     {"model", entry.route},
                     {"target", entry.target},
                     {"outcome", entry.outcome},
                     {"input_tokens", entry.input_tokens},
                     {"output_tokens", entry.output_tokens},
                     {"first_us", microseconds(entry.ttft_ms)},
                     {"total_us", microseconds(entry.total_ms)}});
}

}  // namespace interposer::gateway
