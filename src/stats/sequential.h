// Looking at the data before all of it is there, without paying in false alarms.
//
// Two ways. Group sequential: the number of looks' information fractions is planned, the bounds
// spend alpha over them (Lan, DeMets 1983), and hardly any power is lost. Confidence sequence:
// valid at every n at once, whatever made one look; wider.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "stats/intervals.h"

namespace interposer::stats {

enum class Spending : std::uint8_t {
  kOBrienFleming,  // 2 - 2 Phi(z_{alpha/4} / sqrt(t)) a side: almost nothing early
  kPocock,         // alpha ln(1 + (e - 1) t): even
};
double spent_alpha(Spending spending, double fraction, double alpha);

// Two-sided bounds on |z| at rising information fractions (last one 1), by recursive numerical
// integration of the score process (Armitage, McPherson, Rowe 1969). At most kLooksMax looks.
inline constexpr std::size_t kLooksMax = 100;
std::vector<double> group_sequential_bounds(std::span<const double> fractions, double alpha = 0.05,
                                            Spending spending = Spending::kOBrienFleming);

// Chance to have crossed a bound by each look when the z statistic's mean at full information is
// `drift` (0: false alarms; z_{alpha/2} + z_power: the planned effect).
std::vector<double> crossing_probabilities(std::span<const double> fractions,
                                           std::span<const double> bounds, double drift);

// Asymptotic confidence sequence of a mean with Robbins' normal mixture (Waudby-Smith and others,
// arXiv 2103.06476): at `count` values with that mean and sd; `tuned_for` is the count at which it
// should be narrowest. Holds for all counts together from a few dozen on.
Interval confidence_sequence(double mean, double sd, std::int64_t count, std::int64_t tuned_for,
                             double alpha = 0.05);

}  // namespace interposer::stats
