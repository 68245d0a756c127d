#include "stats/bootstrap.h"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "stats/distributions.h"
#include "stats/moments.h"
#include "stats/percentiles.h"
#include "stats/random.h"

namespace interposer::stats {
namespace {

// Two indices below n from one draw.
struct Pair {
  std::uint32_t first;
  std::uint32_t second;
};
Pair two_below(Random& random, std::uint64_t n) {
  const std::uint64_t draw = random();
  return {static_cast<std::uint32_t>(((draw & 0xffffffffU) * n) >> 32),
          static_cast<std::uint32_t>(((draw >> 32) * n) >> 32)};
}

double resampled_sum(std::span<const double> values, Random& random) {
  const std::size_t n = values.size();
  const double* const data = values.data();
  // Independent running sums: additions of one chain would wait for each other.
  double a = 0, b = 0, c = 0, d = 0;
  std::size_t i = 0;
  for (; i + 4 <= n; i += 4) {
    const Pair one = two_below(random, n);
    const Pair two = two_below(random, n);
    a += data[one.first];
    b += data[one.second];
    c += data[two.first];
    d += data[two.second];
  }
  for (; i < n; ++i) a += data[two_below(random, n).first];
  return (a + b) + (c + d);
}

}  // namespace

std::vector<double> bootstrap_means(std::span<const double> values,
                                    const BootstrapOptions& options) {
  if (values.empty()) return {};
  assert(values.size() < (std::uint64_t{1} << 32));
  Random random(options.seed);
  std::vector<double> means(options.replicates);
  for (double& m : means) m = resampled_sum(values, random) / static_cast<double>(values.size());
  return means;
}

std::vector<double> cluster_bootstrap_means(std::span<const double> values,
                                            std::span<const std::uint64_t> cluster,
                                            const BootstrapOptions& options) {
  if (values.empty()) return {};
  const ClusterSums sums = cluster_sums(values, cluster);
  Random random(options.seed);
  std::vector<double> means(options.replicates);
  for (double& m : means) {
    double total = 0;
    std::size_t size = 0;
    for (std::size_t c = 0; c < sums.sum.size(); ++c) {
      const std::uint32_t drawn = two_below(random, sums.sum.size()).first;
      total += sums.sum[drawn];
      size += sums.size[drawn];
    }
    m = total / static_cast<double>(size);
  }
  return means;
}

std::vector<double> bootstrap(
    std::size_t n, const std::function<double(std::span<const std::uint32_t>)>& statistic,
    const BootstrapOptions& options) {
  Random random(options.seed);
  std::vector<double> out(options.replicates);
  std::vector<std::uint32_t> drawn(n);
  for (double& value : out) {
    for (std::uint32_t& index : drawn) index = two_below(random, n).first;
    value = statistic(drawn);
  }
  return out;
}

Interval percentile_interval(std::vector<double> replicates, double level) {
  std::sort(replicates.begin(), replicates.end());
  const double tail = (1 - level) / 2;
  return {percentile_linear(replicates, tail), percentile_linear(replicates, 1 - tail)};
}

Interval bca_interval(std::span<const double> values, const BootstrapOptions& options) {
  std::vector<double> replicates = bootstrap_means(values, options);
  const double centre = mean(values);
  const auto below =
      std::count_if(replicates.begin(), replicates.end(), [&](double m) { return m < centre; });
  const double share = static_cast<double>(below) / static_cast<double>(replicates.size());
  Sum squares, cubes;  // of the jackknife's deviations, which for a mean are the residuals
  for (double x : values) {
    const double residual = x - centre;
    squares.add(residual * residual);
    cubes.add(residual * residual * residual);
  }
  if (squares.value() == 0 || share == 0 || share == 1) {
    return percentile_interval(std::move(replicates), options.level);
  }
  const double bias = normal_quantile(share);
  const double acceleration = cubes.value() / (6 * std::pow(squares.value(), 1.5));
  std::sort(replicates.begin(), replicates.end());
  const auto adjusted = [&](double p) {
    const double z = bias + normal_quantile(p);
    return percentile_linear(replicates, normal_cdf(bias + z / (1 - acceleration * z)));
  };
  const double tail = (1 - options.level) / 2;
  return {adjusted(tail), adjusted(1 - tail)};
}

}  // namespace interposer::stats
