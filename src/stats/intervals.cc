#include "stats/intervals.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <unordered_map>
#include <unordered_set>

#include "stats/distributions.h"
#include "stats/moments.h"

namespace interposer::stats {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

// Residual sums s_c = sum over the cluster of (x - mean).
std::vector<double> residual_sums(const ClusterSums& sums, double mean) {
  std::vector<double> residual(sums.sum.size());
  for (std::size_t c = 0; c < residual.size(); ++c) {
    residual[c] = sums.sum[c] - static_cast<double>(sums.size[c]) * mean;
  }
  return residual;
}

}  // namespace

Interval wilson(std::int64_t k, std::int64_t n, double level) {
  if (n <= 0) return {0, 1};
  const double z = normal_quantile(0.5 + level / 2);
  const double count = static_cast<double>(n);
  const double rate = static_cast<double>(k) / count;
  const double scale = 1 + z * z / count;
  const double centre = (rate + z * z / (2 * count)) / scale;
  const double half =
      z / scale * std::sqrt(rate * (1 - rate) / count + z * z / (4 * count * count));
  return {k == 0 ? 0 : centre - half, k == n ? 1 : centre + half};
}

Interval clopper_pearson(std::int64_t k, std::int64_t n, double level) {
  if (n <= 0) return {0, 1};
  const double tail = (1 - level) / 2;
  const double hits = static_cast<double>(k);
  const double misses = static_cast<double>(n - k);
  return {k == 0 ? 0 : beta_quantile(tail, hits, misses + 1),
          k == n ? 1 : beta_quantile(1 - tail, hits + 1, misses)};
}

Interval Estimate::interval(double level) const {
  if (std::isnan(standard_error)) {
    return {-std::numeric_limits<double>::infinity(), std::numeric_limits<double>::infinity()};
  }
  const double half = standard_error == 0 ? 0 : t_quantile(0.5 + level / 2, df) * standard_error;
  return {value - half, value + half};
}

double Estimate::two_sided_p(double null) const {
  if (std::isnan(standard_error)) return 1;
  if (standard_error == 0) return value == null ? 1 : 0;
  return t_two_sided((value - null) / standard_error, df);
}

Estimate mean_estimate(std::span<const double> values) {
  const Moments m = moments(values);
  return {m.n, m.n, m.mean, m.n < 2 ? kNan : m.standard_error(), static_cast<double>(m.n) - 1};
}

ClusterSums cluster_sums(std::span<const double> values, std::span<const std::uint64_t> cluster) {
  assert(values.size() == cluster.size());
  std::unordered_map<std::uint64_t, std::size_t> index;
  std::vector<Sum> sums;
  ClusterSums out;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto [found, fresh] = index.try_emplace(cluster[i], sums.size());
    if (fresh) {
      sums.emplace_back();
      out.size.push_back(0);
    }
    sums[found->second].add(values[i]);
    ++out.size[found->second];
  }
  for (const Sum& total : sums) out.sum.push_back(total.value());
  return out;
}

Estimate cluster_mean(std::span<const double> values, std::span<const std::uint64_t> cluster) {
  const ClusterSums sums = cluster_sums(values, cluster);
  const double n = static_cast<double>(values.size());
  Estimate out{values.size(), sums.sum.size(), mean(values), kNan, 0};
  if (sums.sum.size() < 2) return out;
  const std::vector<double> residual = residual_sums(sums, out.value);
  Sum variance, squares, cross, cross_squares;
  for (std::size_t c = 0; c < residual.size(); ++c) {
    const double size = static_cast<double>(sums.size[c]);
    const double leverage = 1 - size / n;
    variance.add(residual[c] * residual[c] / leverage);
    // Covariances of the scaled sums under independence: size on the diagonal, q_c q_d off it.
    const double q = size * size / (n * leverage);
    squares.add(size * size);
    cross.add(q);
    cross_squares.add(q * q);
  }
  out.standard_error = std::sqrt(variance.value()) / n;
  const double trace_squared =
      squares.value() + cross.value() * cross.value() - cross_squares.value();
  out.df = n * n / trace_squared;
  return out;
}

double cluster_se_plain(std::span<const double> values, std::span<const std::uint64_t> cluster) {
  const ClusterSums sums = cluster_sums(values, cluster);
  Sum squares;
  for (double s : residual_sums(sums, mean(values))) squares.add(s * s);
  return std::sqrt(squares.value()) / static_cast<double>(values.size());
}

double cluster_se_inspect(std::span<const double> values, std::span<const std::uint64_t> cluster) {
  const double clusters = static_cast<double>(cluster_sums(values, cluster).sum.size());
  return cluster_se_plain(values, cluster) * std::sqrt(clusters / (clusters - 1));
}

bool coverage_is_doubtful(std::span<const double> values, std::span<const std::uint64_t> cluster) {
  if (values.empty()) return true;
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  std::unordered_set<std::uint64_t> with_low;
  std::unordered_set<std::uint64_t> with_high;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i] != *low && values[i] != *high) return false;  // not two values
    if (values[i] == *low) with_low.insert(cluster[i]);
    if (values[i] == *high) with_high.insert(cluster[i]);
  }
  if (*low == *high) return true;  // no spread to estimate
  return std::min(with_low.size(), with_high.size()) < kRareClustersMin;
}

Interval quantile_interval(std::span<const double> sorted, double p, double level) {
  const auto n = static_cast<std::int64_t>(sorted.size());
  const double tail = (1 - level) / 2;
  // Low: the largest r with P(X < r) <= tail, X ~ Binomial(n, p) the number of values below.
  std::int64_t low = 0;
  std::int64_t step = n;
  while (step > 0) {
    if (low + step <= n && binomial_cdf(low + step - 1, n, p) <= tail) {
      low += step;
    } else {
      step /= 2;
    }
  }
  std::int64_t high = n + 1;
  step = n;
  while (step > 0) {
    if (high - step >= 1 && binomial_sf(high - step - 1, n, p) <= tail) {
      high -= step;
    } else {
      step /= 2;
    }
  }
  const auto at = [&](std::int64_t rank) {
    return sorted[static_cast<std::size_t>(std::clamp<std::int64_t>(rank, 1, n) - 1)];
  };
  return {at(low), at(high)};
}

}  // namespace interposer::stats
