// Bootstrap intervals of a mean. Every function is deterministic in its seed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "stats/intervals.h"

namespace interposer::stats {

struct BootstrapOptions {
  std::size_t replicates = 10'000;
  std::uint64_t seed = 1;
  double level = 0.95;
};

// Means of resampled values. An index costs half of a 64-bit draw, so its probability is off by at
// most n / 2^32 relative; n < 2^32.
std::vector<double> bootstrap_means(std::span<const double> values, const BootstrapOptions&);

// Resamples whole clusters; each replicate is the ratio of the drawn sums to the drawn sizes.
std::vector<double> cluster_bootstrap_means(std::span<const double> values,
                                            std::span<const std::uint64_t> cluster,
                                            const BootstrapOptions&);

// Any statistic of a resample of indices: the slow, general way.
std::vector<double> bootstrap(
    std::size_t n, const std::function<double(std::span<const std::uint32_t>)>& statistic,
    const BootstrapOptions&);

// Percentile interval of replicates (linear interpolation between order statistics).
Interval percentile_interval(std::vector<double> replicates, double level = 0.95);

// Bias-corrected and accelerated (Efron 1987) interval of the mean, acceleration by the jackknife.
// Falls back to the percentile interval where all values are equal.
Interval bca_interval(std::span<const double> values, const BootstrapOptions&);

}  // namespace interposer::stats
