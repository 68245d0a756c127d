#include "routing/pick.h"

#include <algorithm>
#include <cmath>

namespace interposer::routing {
namespace {

constexpr float kNarrow = 0.34F;
constexpr float kFar = 8;  // over exp(6 * 0.34)

float bias_factor(float log_bias) { return log_bias == 0 ? 1.F : std::exp(log_bias); }

// Probability that a log-normal with this median and spread is at most `limit`.
float within(float median, float log_sd, float limit) {
  if (limit <= 0) return 1;
  if (log_sd <= 0 || median <= 0) return median <= limit ? 1.F : 0.F;
  // Far below the limit, where the chance is 1 to all digits: the usual case, without a logarithm.
  if (log_sd < kNarrow && limit > kFar * median) return 1;
  const float z = std::log(limit / median) / log_sd;
  if (z > 6) return 1;
  if (z < -6) return 0;
  return 0.5F * std::erfc(-z * 0.70710678F);
}

void fold(float predicted, float observed, float* bias, float* weight) {
  if (!(predicted > 0) || !(observed > 0)) return;
  // A single wild observation moves the bias by at most a factor of ten, divided by what is known.
  const float error = std::clamp(std::log(observed / predicted), -2.3F, 2.3F);
  const float seen = std::min(*weight * kMemory + 1, kMemory);
  *bias += error / seen;
  *weight = seen / kMemory;
}

}  // namespace

Estimate estimate(const boards::StepProfile& profile, const Load& load, float cached,
                  const Ask& ask) {
  Estimate out;
  const float fresh = std::max(ask.prompt_tokens - cached, 1.F);
  const float work = load.waiting_tokens + fresh;
  const float pairs = fresh * (ask.prompt_tokens - fresh / 2);
  const float running = std::min(load.running, profile.batch_max);
  const float steps = std::ceil(work / std::max(profile.step_tokens, 1.F));
  // Steps in which the queue's prompts and this one are computed while others decode.
  float ttft = steps * profile.step_s(running, load.context_tokens, 0, 0) +
               profile.prefill_token_s * work + profile.prefill_pair_s * pairs;
  const float together = running + load.waiting + 1;
  const float batch = std::min(together, profile.batch_max);
  const float context =
      load.context_tokens + load.waiting_tokens + ask.prompt_tokens + ask.answer_tokens / 2;
  const float step = profile.step_s(batch, context, 0, 0);
  // No seat, or no room for the context: about one answer in `running` ends each answer's length.
  const bool full = together > profile.batch_max ||
                    (load.free_tokens >= 0 && load.free_tokens < ask.prompt_tokens);
  if (full && running > 0) ttft += step * ask.answer_tokens * (load.waiting + 1) / running;
  out.ttft_s = ttft * bias_factor(profile.ttft_log_bias);
  out.tpot_s = step * bias_factor(profile.tpot_log_bias);
  out.meets = within(out.ttft_s, profile.ttft_log_sd, ask.ttft_limit_s) *
              within(out.tpot_s, profile.tpot_log_sd, ask.tpot_limit_s);
  out.usd =
      (ask.prompt_tokens * profile.usd_per_m_input + ask.answer_tokens * profile.usd_per_m_output) *
      1e-6F;
  out.joules = fresh * profile.joules_per_input + ask.answer_tokens * profile.joules_per_output;
  out.grams_co2 = out.joules * profile.grams_per_joule;
  return out;
}

int pick(std::span<const Option> options, const Ask& ask, float enough) {
  int best = -1;
  Estimate chosen;
  float chosen_time = 0;
  for (std::size_t i = 0; i < options.size(); ++i) {
    if (options[i].profile == nullptr) continue;
    const Estimate e =
        estimate(*options[i].profile, options[i].load, options[i].cached_tokens, ask);
    const float time = e.ttft_s + e.tpot_s * ask.answer_tokens;
    bool better = best < 0;
    if (!better) {
      const bool enough_here = e.meets >= enough;
      const bool enough_there = chosen.meets >= enough;
      if (enough_here != enough_there) {
        better = enough_here;
      } else if (!enough_here && e.meets != chosen.meets) {
        better = e.meets > chosen.meets;
      } else if (e.usd != chosen.usd) {
        better = e.usd < chosen.usd;
      } else {
        better = time < chosen_time;
      }
    }
    if (!better) continue;
    best = static_cast<int>(i);
    chosen = e;
    chosen_time = time;
  }
  return best;
}

void learn(boards::StepProfile* profile, float predicted_ttft_s, float observed_ttft_s,
           float predicted_tpot_s, float observed_tpot_s) {
  fold(predicted_ttft_s, observed_ttft_s, &profile->ttft_log_bias, &profile->ttft_weight);
  fold(predicted_tpot_s, observed_tpot_s, &profile->tpot_log_bias, &profile->tpot_weight);
}

}  // namespace interposer::routing
