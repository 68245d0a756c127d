// Confidence intervals of rates, means and quantiles. `level` is the confidence (0.95), two-sided.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace interposer::stats {

struct Interval {
  double low = 0;
  double high = 0;
  double half_width() const { return (high - low) / 2; }
  bool contains(double x) const { return low <= x && x <= high; }
};

// Rates: k successes of n. n = 0 gives [0, 1]. Never the Wald interval: it fails under n = 100.
Interval wilson(std::int64_t k, std::int64_t n, double level = 0.95);
Interval clopper_pearson(std::int64_t k, std::int64_t n, double level = 0.95);

// An estimate with its standard error and the degrees of freedom that its t interval uses.
struct Estimate {
  std::size_t n = 0;         // items
  std::size_t clusters = 0;  // = n when every item stands for itself
  double value = 0;
  double standard_error = 0;  // NaN with fewer than two clusters
  double df = 0;
  Interval interval(double level = 0.95) const;
  double two_sided_p(double null = 0) const;  // 1 when the estimate equals `null` without spread
};

Estimate mean_estimate(std::span<const double> values);

// Mean of clustered values, small-sample corrected: the CR2 variance of Bell and McCaffrey, which
// for a mean scales each cluster's residual sum by 1 / sqrt(1 - m_c / n), with their Satterthwaite
// degrees of freedom. For equal clusters both reduce to the t interval over cluster means (C - 1).
// `cluster[i]` names the cluster of values[i] by any number.
Estimate cluster_mean(std::span<const double> values, std::span<const std::uint64_t> cluster);

// The plain sandwich sqrt(sum_c s_c^2) / n, and inspect's with the factor sqrt(C / (C - 1)).
double cluster_se_plain(std::span<const double> values, std::span<const std::uint64_t> cluster);
double cluster_se_inspect(std::span<const double> values, std::span<const std::uint64_t> cluster);

// Whether a t interval over these scores is likely to cover less than 92 % instead of 95 %, by the
// simulated grid (bench/evals/run): scores with two values of which the rarer one occurs in fewer
// than kRareClustersMin clusters. Say so beside the interval; for single items take wilson().
inline constexpr std::size_t kRareClustersMin = 8;
bool coverage_is_doubtful(std::span<const double> values, std::span<const std::uint64_t> cluster);

// Interval of the p-quantile by order statistics: no assumption on the distribution. Where n is too
// small for the level, the whole range. `sorted` ascending and not empty.
Interval quantile_interval(std::span<const double> sorted, double p, double level = 0.95);

// Sums of values by cluster, in order of first appearance, with the members of each.
struct ClusterSums {
  std::vector<double> sum;
  std::vector<std::size_t> size;
};
ClusterSums cluster_sums(std::span<const double> values, std::span<const std::uint64_t> cluster);

}  // namespace interposer::stats
