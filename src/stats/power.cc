#include "stats/power.h"

#include <algorithm>
#include <cmath>

#include "stats/distributions.h"

namespace interposer::stats {
namespace {

double z_sum(double alpha, double power) {
  return normal_quantile(1 - alpha / 2) + normal_quantile(power);
}

double variance_of(const PairedDesign& d) {
  return d.between_variance + d.within_a / d.epochs_a + d.within_b / d.epochs_b;
}

std::int64_t round_up(double n) { return static_cast<std::int64_t>(std::ceil(n)); }

}  // namespace

std::int64_t items_needed(const PairedDesign& design, double effect) {
  const double z = z_sum(design.alpha, design.power);
  return round_up(z * z * variance_of(design) / (effect * effect));
}

std::int64_t items_planned(const PairedDesign& design, double effect) {
  const double dz = std::abs(effect) / std::sqrt(variance_of(design));
  std::int64_t n = std::max<std::int64_t>(2, items_needed(design, effect));
  for (int steps = 0; steps < 64 && paired_t_power(dz, n, design.alpha) < design.power; ++steps) {
    ++n;  // two or three times
  }
  return n;
}

double detectable_effect(const PairedDesign& design, std::int64_t items) {
  return z_sum(design.alpha, design.power) *
         std::sqrt(variance_of(design) / static_cast<double>(items));
}

std::int64_t items_for_half_width(double spread, double half_width, double level) {
  const double root = normal_quantile(0.5 + level / 2) * spread / half_width;
  return round_up(root * root);
}

double smallest_effect(double standard_error, double alpha, double power) {
  return z_sum(alpha, power) * standard_error;
}

double paired_t_power(double effect_dz, std::int64_t items, double alpha) {
  const double df = static_cast<double>(items) - 1;
  const double shift = effect_dz * std::sqrt(static_cast<double>(items));
  const double critical = t_quantile(1 - alpha / 2, df);
  return 1 - noncentral_t_cdf(critical, df, shift) + noncentral_t_cdf(-critical, df, shift);
}

std::int64_t mcnemar_items(double rate_fixed, double rate_broken, double alpha, double power) {
  const double discordant = rate_fixed + rate_broken;
  const double difference = rate_fixed - rate_broken;
  const double root = normal_quantile(1 - alpha / 2) * std::sqrt(discordant) +
                      normal_quantile(power) * std::sqrt(discordant - difference * difference);
  return round_up(root * root / (difference * difference));
}

double design_effect(double cluster_size, double intraclass_correlation) {
  return 1 + (cluster_size - 1) * intraclass_correlation;
}

}  // namespace interposer::stats
