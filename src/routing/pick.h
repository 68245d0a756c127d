// Choosing among serving targets by what their profiles predict for this very request under the
// load that each has now. Pure arithmetic: no clock, no I/O, no allocation; the gateway and the
// planner's simulation run this same source, so that a policy is tried on a trace before it is
// switched on.
#pragma once

#include <cstdint>
#include <span>

#include "boards/step_profile.h"

namespace interposer::routing {

// What a target has to do at the moment of the decision. Unknown counts are zero.
struct Load {
  float running = 0;         // sequences that decode
  float context_tokens = 0;  // that these hold together
  float waiting = 0;         // requests that have not begun to decode
  float waiting_tokens = 0;  // their prompt tokens still to be computed
  float free_tokens = -1;    // room for context; negative: unknown
};

// The request, and what is wanted of its answer; a limit of 0 is none.
struct Ask {
  float prompt_tokens = 0;
  float answer_tokens = 0;  // expected
  float ttft_limit_s = 0;
  float tpot_limit_s = 0;
};

struct Estimate {
  float ttft_s = 0;  // median
  float tpot_s = 0;
  float meets = 1;  // probability that both limits hold
  float usd = 0;
  float joules = 0;
  float grams_co2 = 0;
};

// The request's prompt is computed behind the waiting tokens, in steps that also decode what runs;
// after that it decodes among what runs and waits. `cached` prompt tokens need no computing.
Estimate estimate(const boards::StepProfile& profile, const Load& load, float cached,
                  const Ask& ask);

struct Option {
  const boards::StepProfile* profile = nullptr;  // null: never chosen
  Load load;
  float cached_tokens = 0;  // of this prompt, found in the target's prefix cache
};

// Targets whose probability of meeting the limits is at least `enough` compete by cost, then by
// expected time; when none is, the most probable wins. Ties go to the first. -1 without any option.
inline constexpr float kEnough = 0.95F;
int pick(std::span<const Option> options, const Ask& ask, float enough = kEnough);

// Folds one finished request into the profile: the logarithm of observed over predicted moves the
// bias, quickly at first (as a mean), then as an average of about the last kMemory requests.
// Predictions must be those that estimate() gave with the same profile.
inline constexpr float kMemory = 50;  // requests
void learn(boards::StepProfile* profile, float predicted_ttft_s, float observed_ttft_s,
           float predicted_tpot_s, float observed_tpot_s);

}  // namespace interposer::routing
