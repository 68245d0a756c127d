#include "stats/verdict.h"

#include <cmath>

#include "stats/distributions.h"
#include "stats/power.h"

namespace interposer::stats {

std::string_view verdict_name(Verdict verdict) {
  switch (verdict) {
    case Verdict::kBetter:
      return "better";
    case Verdict::kNotWorse:
      return "not worse";
    case Verdict::kWorse:
      return "worse";
    case Verdict::kInconclusive:
      return "inconclusive";
  }
  return "";
}

Judgement judge(const Estimate& difference, double margin, double level) {
  Judgement out;
  out.interval = difference.interval(level);
  out.margin = margin;
  if (out.interval.low > 0) {
    out.verdict = Verdict::kBetter;
  } else if (out.interval.low > -margin) {
    out.verdict = Verdict::kNotWorse;
  } else if (out.interval.high < 0) {
    out.verdict = Verdict::kWorse;
  }
  if (std::isnan(difference.standard_error)) return out;
  const double spread = difference.standard_error * std::sqrt(static_cast<double>(difference.n));
  if (margin > 0) out.n_needed = items_for_half_width(spread, margin, level);
  out.visible_effect = smallest_effect(difference.standard_error, 1 - level);
  return out;
}

bool equivalent(const Estimate& difference, double margin, double alpha) {
  const Interval interval = difference.interval(1 - 2 * alpha);
  return interval.low > -margin && interval.high < margin;
}

double noninferiority_p(const Estimate& difference, double margin) {
  if (std::isnan(difference.standard_error)) return 1;
  if (difference.standard_error == 0) return difference.value > -margin ? 0 : 1;
  return t_cdf(-(difference.value + margin) / difference.standard_error, difference.df);
}

}  // namespace interposer::stats
