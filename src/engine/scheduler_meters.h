// The scheduler's metrics. Included by its .cc files only.
#pragma once

#include <string>

#include "base/metrics.h"
#include "engine/scheduler.h"

namespace interposer::engine {

struct Scheduler::Meters {
  explicit Meters(const std::string& model)
      : labels(metrics::label("model", model)),
        running(metrics::gauge("interposer_engine_running", "Answers being computed", labels)),
        waiting(metrics::gauge("interposer_engine_waiting", "Requests without a place", labels)),
        kv_tokens(
            metrics::gauge("interposer_engine_kv_tokens", "Tokens held in the KV memory", labels)),
        prompt(metrics::counter("interposer_engine_prompt_tokens_total", "Prompt tokens", labels)),
        cached(metrics::counter("interposer_engine_cached_tokens_total",
                                "Prompt tokens that were already computed", labels)),
        output(metrics::counter("interposer_engine_output_tokens_total", "Answer tokens", labels)),
        step(metrics::histogram("interposer_engine_step_seconds", "Time of one step", labels)),
        ttft(metrics::histogram("interposer_engine_ttft_seconds",
                                "From submission to the first token", labels)) {}

  void finished(const Generation& g) {
    prompt.add(
        static_cast<std::uint64_t>(static_cast<std::int64_t>(g.tokens().size()) - g.produced()));
    cached.add(static_cast<std::uint64_t>(g.cached()));
    output.add(static_cast<std::uint64_t>(g.produced()));
    if (g.first_token_at() != TimePoint{}) {
      ttft.observe(to_ms(g.first_token_at() - g.submitted_at()) / 1000);
    }
  }

  std::string labels;
  metrics::Gauge &running, &waiting, &kv_tokens;
  metrics::Counter &prompt, &cached, &output;
  metrics::Histogram &step, &ttft;
};

}  // namespace interposer::engine
