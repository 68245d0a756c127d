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
                       const wire::Request& request, const backends::Call& call, std::string target,
                       bool composite, TimePoint started)
    : ledger_(ledger),
      metrics_(std::move(metrics)),
      started_(started),
      composite_(composite),
      finished_(false) {
  record_.id = new_id("");  // sorted by time: the ledger's tree grows at its end
  record_.at = wall_now_ms();
  record_.trace_id = call.trace.trace_id;
  record_.principal = call.principal.name;
  record_.route = request.model();
  record_.model = target;
  record_.target = std::move(target);
  record_.operation = std::string(wire::operation_name(request.operation()));
}

void Settlement::delivered(TimePoint now) {
  if (first_ == TimePoint{}) first_ = now;
}

void Settlement::finish(const wire::Usage& usage, const Error* error, TimePoint now) {
  if (finished_) return;
  finished_ = true;
  if (first_ == TimePoint{}) first_ = now;
  record_.ttft_ms = to_ms(first_ - started_);
  record_.total_ms = to_ms(now - started_);
  record_.joules = usage.telemetry.joules;
  if (!composite_) {
    record_.input_tokens = usage.tokens.input;
    record_.cache_read_tokens = usage.tokens.cache_read;
    record_.cache_write_tokens = usage.tokens.cache_write;
    record_.output_tokens = usage.tokens.output;
    record_.reasoning_tokens = usage.tokens.reasoning;
  }
  record_.outcome = "ok";
  if (error != nullptr) {
    const bool cancelled = error->code == Code::kCancelled;
    record_.outcome = cancelled ? "cancelled" : "error:" + error->kind;
    (cancelled ? metrics_->cancelled : metrics_->failed).add();
  } else {
    metrics_->ok.add();
  }
  metrics_->input_tokens.add(static_cast<std::uint64_t>(record_.input_tokens));
  metrics_->cached_tokens.add(static_cast<std::uint64_t>(record_.cache_read_tokens));
  metrics_->output_tokens.add(static_cast<std::uint64_t>(record_.output_tokens));
  metrics_->first_s.observe(record_.ttft_ms / 1000);
  metrics_->total_s.observe(record_.total_ms / 1000);
  log(error);
  if (ledger_ == nullptr) return;
  store::UsageRecord record = std::move(record_);
  if (!ledger_->append(std::move(record))) {
    log::error("the usage ledger is full: a record was not kept", {{"trace", record_.trace_id}});
  }
}

void Settlement::log(const Error* error) const {
  if (error != nullptr && error->code != Code::kCancelled) {
    log::warn("call failed", {{"trace", record_.trace_id},
                              {"principal", record_.principal},
                              {"model", record_.route},
                              {"target", record_.target},
                              {"kind", error->kind},
                              {"reason", error->message},
                              {"total_us", microseconds(record_.total_ms)}});
    return;
  }
  log::info("call", {{"trace", record_.trace_id},
                     {"principal", record_.principal},
                     {"operation", record_.operation},
                     {"model", record_.route},
                     {"target", record_.target},
                     {"outcome", record_.outcome},
                     {"input_tokens", record_.input_tokens},
                     {"output_tokens", record_.output_tokens},
                     {"first_us", microseconds(record_.ttft_ms)},
                     {"total_us", microseconds(record_.total_ms)}});
}

}  // namespace interposer::gateway
