#include "planner/place/timing.h"

#include <algorithm>
#include <cmath>

namespace interposer::planner {
namespace {

constexpr double kSecondsPerMs = 1e-3;
constexpr double kHop_s = 15e-6;  // a stage's message to the next: p2p_latency and its launch
constexpr double kZ95 = 1.6448536269514722;

double weigh(const Terms& terms, const Performance& performance, Term first, Term last) {
  double ms = 0;
  for (auto k = static_cast<std::size_t>(first); k <= static_cast<std::size_t>(last); ++k) {
    ms += terms[k] * performance.efficiency[k];
  }
  return ms * performance.whole * kSecondsPerMs;
}

}  // namespace

double PlacementTime::seconds(const StepWork& work) const {
  const GpuPlacement gpu{placement_.tensor, placement_.expert > 1};
  const double stages = placement_.pipeline;
  double s = 0;
  // Microbatches of the stages overlap; each token still passes all of them, so a step takes the
  // time of a microbatch through the whole model and the messages between its parts.
  const double batch = work.batch / stages;
  const double context = work.batch > 0 ? work.context / work.batch : 0;
  const Terms decode = step_terms(shape_, board_, placement_.precision, gpu,
                                  {batch, 0, std::max(2 * context, 1e-9)});
  s += weigh(decode, performance_, Term::kDenseBytes, Term::kExpertExchange);
  s += (stages - 1) * kHop_s;
  if (work.prompt > 0) {
    // Terms of `prompt` tokens as one prompt; attention is scaled to the pairs that there are.
    Terms prompt = step_terms(shape_, board_, placement_.precision, gpu, {1, work.prompt, 1});
    const double square = work.prompt * work.prompt / 2;
    prompt[static_cast<std::size_t>(Term::kPromptAttention)] *= work.pairs / square;
    // Launches of a prompt's layers are those of the step that it rides in.
    prompt[static_cast<std::size_t>(Term::kPromptLaunches)] = 0;
    // Chunks of prompts fill the pipeline, one stage each.
    s += weigh(prompt, performance_, Term::kPromptFlops, Term::kPromptTokens) / stages;
  }
  return s;
}

double MachineTime::seconds(const StepWork& work) const {
  StepQuestion q = question_;
  const double context = work.batch > 0 ? work.context / work.batch : 0;
  q.state = {std::max(work.batch, 1.0), std::max(context, 1.0), 1};
  double s = 0;
  if (work.batch > 0 || work.prompt == 0) {
    const auto step = machine_.step_time(q);
    // Beyond what fits there is no step: the curve's batch_max keeps the simulation below it.
    if (!step) return std::nan("");
    s += step->step_ms.p50 * kSecondsPerMs;
  }
  if (work.prompt > 0) {
    q.state = {1, work.prompt, 1};
    const auto prompt = machine_.step_time(q);
    if (!prompt) return std::nan("");
    s += prompt->prompt_ms.p50 * kSecondsPerMs;
  }
  return s;
}

double log_sd_of(double p5, double p95) {
  return p5 > 0 && p95 > p5 ? std::log(p95 / p5) / (2 * kZ95) : 0;
}

}  // namespace interposer::planner
