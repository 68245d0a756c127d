// What must hold before a change is let through. In YAML, a list:
//   gate:
//     - {metric: f1@squad, vs: baseline, test: noninferior, margin: 0.01, alpha: 0.05}
//     - {metric: em@squad, min_lower_ci: 0.85}
//     - {max_unscored: 0.5%}
//     - {no_new_hard_fail: tag:critical}
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/config.h"
#include "base/result.h"

namespace interposer::evals {

struct GateRule {
  enum class Kind : std::uint8_t {
    kNonInferior,    // fails when the run is shown to be worse, beyond the margin
    kMinLowerBound,  // the lower bound of the mean's interval is at least `value`
    kMaxUnscored,    // at most the share `value` of the units has no score
    kNoNewHardFail,  // no item with `tag` that passed in the baseline fails now
  };
  Kind kind = Kind::kNonInferior;
  std::string metric;  // empty: the first
  double margin = 0;
  double alpha = 0.05;  // two-sided: the interval's level is 1 - alpha
  double value = 0;
  std::string tag;
};
inline constexpr double kMaxUnscoredDefault = 0.02;

Result<std::vector<GateRule>> parse_gate(config::Node list);
// "0.5%", "0.005".
Result<double> parse_share(std::string_view text);
std::string describe(const GateRule& rule);

}  // namespace interposer::evals
