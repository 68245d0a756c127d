// Sample sizes, before (planning) and after (what this set can see).
#pragma once

#include <cstddef>
#include <cstdint>

namespace interposer::stats {

// Paired design with epochs ("Adding Error Bars to Evals", arXiv 2411.00640): the variance between
// items of the expected difference, and each system's variance within an item over its epochs.
struct PairedDesign {
  double between_variance = 1.0 / 9;
  double within_a = 0;
  double within_b = 0;
  double epochs_a = 1;
  double epochs_b = 1;
  double alpha = 0.05;  // two-sided
  double power = 0.8;
};
std::int64_t items_needed(const PairedDesign& design, double effect);
// The same for the paired t test that judges in the end: the formula above counts on the normal
// distribution and so plans a few items too few (196.2 where 198.2 are needed). Plan with this one.
std::int64_t items_planned(const PairedDesign& design, double effect);
double detectable_effect(const PairedDesign& design, std::int64_t items);

// Items at which z * spread / sqrt(n) falls below `half_width`; `spread` is one item's deviation.
std::int64_t items_for_half_width(double spread, double half_width, double level = 0.95);

// (z_{alpha/2} + z_power) * standard error.
double smallest_effect(double standard_error, double alpha = 0.05, double power = 0.8);

// Power of the two-sided paired t test for a standardised effect (mean / sd of the differences).
double paired_t_power(double effect_dz, std::int64_t items, double alpha = 0.05);

// Pairs for McNemar's test (Connor 1987): rates of items that only one of the two gets right.
std::int64_t mcnemar_items(double rate_fixed, double rate_broken, double alpha = 0.05,
                           double power = 0.8);

// 1 + (m - 1) rho: what clusters of size m with intraclass correlation rho cost.
double design_effect(double cluster_size, double intraclass_correlation);

}  // namespace interposer::stats
