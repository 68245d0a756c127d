// Time to the first token, by simulation: `batch` clients in a closed loop over one engine with
// continuous batching and chunked prompts, at typical efficiencies. What the simulation says of
// waiting becomes terms that the fit scales, as it does with the physical ones.
#pragma once

#include <array>

#include "planner/perf/terms.h"

namespace interposer::planner {

// An engine as the loop sees it, in milliseconds.
struct LoopEngine {
  double step_ms = 10;             // one decode step with nobody's prompt in it
  double step_ms_per_request = 0;  // and what each running request adds
  double prompt_ms_per_token = 0.1;
  double chunk_tokens = 8192;  // prompt tokens a step takes at most
};
struct LoopResult {
  double mean_ms = 0;  // of the time to the first token
  double median_ms = 0;
  double steps = 0;  // simulated
};
// `clients` ask again as soon as they are answered, until each has asked `rounds` times; lengths
// are spread evenly over [0.8, 1] of the stated ones. Deterministic, no allocation after the start
// but the list of times; about 1 us a step.
LoopResult simulate_closed_loop(const LoopEngine& engine, double clients, double prompt_tokens,
                                double output_tokens, int rounds);

enum class FirstTerm {
  kPromptFlops,  // of the prompt alone
  kPromptAttention,
  kPromptReduce,
  kLaunches,    // layers, for each chunk
  kRequest,     // 1: tokenising, scheduling, the first answer
  kBatch,       // requests at once
  kStep,        // a decode step in progress
  kWaitMean,    // what the simulation adds to the prompt alone: mean
  kWaitMedian,  // and median
};
inline constexpr std::size_t kFirstTerms = 9;
using FirstTerms = std::array<double, kFirstTerms>;
FirstTerms first_token_terms(const ModelShape& shape, const GpuNumbers& gpu, Precision precision,
                             const GpuPlacement& placement, const ServingState& state);
const FirstTerms& first_token_priors();

}  // namespace interposer::planner
