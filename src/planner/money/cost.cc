#include "planner/money/cost.h"

#include <algorithm>
#include <cmath>

namespace interposer::planner {
namespace {

// The load as a duration curve: load(x) falls on a straight line over the share x of the time. With
// a mean under half of the peak it reaches nothing at x0 < 1 and stays there.
struct Duration {
  double peak, low, until;  // low at x = until; nothing after it
};

Duration duration_of(double peak, double mean) {
  mean = std::clamp(mean, 0.0, peak);
  if (mean >= peak / 2) return {peak, 2 * mean - peak, 1};
  return {peak, 0, 2 * mean / peak};
}

}  // namespace

double annuity_by_year(PerSecond rate, Seconds life) {
  const double r = rate.base() * kYear.base();
  const double years = life / kYear;
  if (std::abs(r) < 1e-9) return 1 / years;
  return r / (1 - std::pow(1 + r, -years));
}

DollarsPerSecond annuity(Dollars sum, PerSecond rate, Seconds life) {
  return sum * annuity_by_year(rate, life) / kYear;
}

double break_even_use(DollarsPerSecond own, DollarsPerSecond rent) { return own / rent; }

DollarsPerSecond rent_to_burst(double base, double peak, double mean, DollarsPerSecond own,
                               DollarsPerSecond rent) {
  const Duration d = duration_of(peak, mean);
  base = std::clamp(base, 0.0, peak);
  // The share of the time for which the load is above base, and the mean excess over all time.
  double above = 0;
  if (base <= d.low) {
    above = mean - base;
  } else if (d.peak > d.low) {
    const double x = d.until * (d.peak - base) / (d.peak - d.low);
    above = (d.peak - base) * x / 2;
  }
  return own * base + rent * above;
}

double best_base(double peak, double mean, DollarsPerSecond own, DollarsPerSecond rent) {
  const Duration d = duration_of(peak, mean);
  const double use = break_even_use(own, rent);
  if (use >= d.until) return 0;
  return d.peak - (d.peak - d.low) * use / d.until;
}

}  // namespace interposer::planner
