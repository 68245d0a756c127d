#include "stats/percentiles.h"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "stats/distributions.h"

namespace interposer::stats {

double percentile_linear(std::span<const double> sorted, double p) {
  assert(!sorted.empty());
  const double at = static_cast<double>(sorted.size() - 1) * p;
  const auto below = static_cast<std::size_t>(at);
  if (below + 1 >= sorted.size()) return sorted.back();
  const double share = at - static_cast<double>(below);
  const double difference = sorted[below + 1] - sorted[below];
  // numpy's lerp comes from the nearer end
  return share >= 0.5 ? sorted[below + 1] - difference * (1 - share)
                      : sorted[below] + difference * share;
}

double percentile_inverted(std::span<const double> sorted, double p) {
  assert(!sorted.empty());
  const double n = static_cast<double>(sorted.size());
  // The smallest rank r with r / n >= p; ceil alone would trip over the rounding of n p.
  auto rank = static_cast<std::int64_t>(std::ceil(n * p));
  if (rank > 1 && static_cast<double>(rank - 1) / n >= p) --rank;
  rank = std::clamp<std::int64_t>(rank, 1, static_cast<std::int64_t>(sorted.size()));
  return sorted[static_cast<std::size_t>(rank - 1)];
}

double percentile_guidellm(std::span<const double> sorted, double p) {
  assert(!sorted.empty());
  const double weight = 1.0 / static_cast<double>(sorted.size());
  double cumulative = 0;
  for (double x : sorted) {
    cumulative += weight;
    if (cumulative >= p) return x;
  }
  return sorted.back();
}

double percentile_mlperf(std::span<const double> sorted, double p) {
  assert(!sorted.empty());
  const auto at = static_cast<std::size_t>(static_cast<double>(sorted.size()) * p);
  return sorted[std::min(at, sorted.size() - 1)];
}

std::int64_t queries_needed(double p, std::int64_t late, double confidence) {
  const auto sure = [&](std::int64_t n) { return binomial_cdf(late, n, 1 - p) <= 1 - confidence; };
  std::int64_t high = late + 1;
  while (!sure(high)) high *= 2;
  std::int64_t low = late;  // not sure here
  while (high - low > 1) {
    const std::int64_t middle = low + (high - low) / 2;
    (sure(middle) ? high : low) = middle;
  }
  return high;
}

}  // namespace interposer::stats
