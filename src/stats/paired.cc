#include "stats/paired.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "stats/distributions.h"
#include "stats/intervals.h"
#include "stats/moments.h"
#include "stats/random.h"
#include "stats/ranks.h"

namespace interposer::stats {
namespace {

constexpr std::size_t kWilcoxonExactMax = 50;

std::vector<double> without_zeros(std::span<const double> difference) {
  std::vector<double> kept;
  std::copy_if(difference.begin(), difference.end(), std::back_inserter(kept),
               [](double x) { return x != 0; });
  return kept;
}

// P(W <= w) of the signed-rank sum of n untied ranks, by counting subsets of 1..n.
double signed_rank_cdf(std::size_t n, double w) {
  const std::size_t top = n * (n + 1) / 2;
  std::vector<double> ways(top + 1, 0.0);  // as probabilities, so that no count overflows
  ways[0] = 1;
  for (std::size_t rank = 1; rank <= n; ++rank) {
    for (std::size_t s = top + 1; s-- > rank;) ways[s] = 0.5 * (ways[s] + ways[s - rank]);
    for (std::size_t s = 0; s < rank; ++s) ways[s] *= 0.5;
  }
  Sum total;
  for (std::size_t s = 0; s <= top && static_cast<double>(s) <= w; ++s) total.add(ways[s]);
  return total.value();
}

// Sums that a rounding error apart are ties, or an exact enumeration would miss its own pattern.
bool at_least(double sum, double observed) {
  return std::abs(sum) >= std::abs(observed) * (1 - 1e-12);
}

double count_all_signs(std::span<const double> terms, double observed) {
  const std::uint64_t patterns = std::uint64_t{1} << terms.size();
  std::uint64_t hits = 0;
  for (std::uint64_t pattern = 0; pattern < patterns; ++pattern) {
    double sum = 0;
    for (std::size_t i = 0; i < terms.size(); ++i) {
      sum += ((pattern >> i) & 1) != 0 ? terms[i] : -terms[i];
    }
    if (at_least(sum, observed)) ++hits;
  }
  return static_cast<double>(hits) / static_cast<double>(patterns);
}

double simulate_signs(std::span<const double> terms, double observed,
                      const RandomisationOptions& options) {
  Random random(options.seed);
  std::size_t hits = 0;
  for (std::size_t round = 0; round < options.rounds; ++round) {
    double sum = 0;
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < terms.size(); ++i) {
      if (i % 64 == 0) bits = random();
      sum += (bits & 1) != 0 ? terms[i] : -terms[i];
      bits >>= 1;
    }
    if (at_least(sum, observed)) ++hits;
  }
  return static_cast<double>(hits + 1) / static_cast<double>(options.rounds + 1);
}

TestResult flip_signs(std::span<const double> all, std::size_t items,
                      const RandomisationOptions& options) {
  const std::vector<double> terms = without_zeros(all);
  double observed = 0;
  for (double x : terms) observed += x;
  TestResult result;
  result.statistic = items == 0 ? 0 : observed / static_cast<double>(items);
  result.exact = terms.size() <= options.exact_up_to;
  if (terms.empty()) return result;
  result.p =
      result.exact ? count_all_signs(terms, observed) : simulate_signs(terms, observed, options);
  return result;
}

}  // namespace

TestResult paired_t(std::span<const double> difference) {
  const Estimate estimate = mean_estimate(difference);
  if (std::isnan(estimate.standard_error)) return {};
  return {estimate.value / estimate.standard_error, estimate.two_sided_p(), estimate.df, false};
}

TestResult welch_t(std::span<const double> a, std::span<const double> b) {
  const Moments ma = moments(a);
  const Moments mb = moments(b);
  if (ma.n < 2 || mb.n < 2) return {};
  const double va = ma.variance / static_cast<double>(ma.n);
  const double vb = mb.variance / static_cast<double>(mb.n);
  if (va + vb == 0) return {0, ma.mean == mb.mean ? 1.0 : 0.0, 0, false};
  const double t = (ma.mean - mb.mean) / std::sqrt(va + vb);
  const double df =
      (va + vb) * (va + vb) /
      (va * va / static_cast<double>(ma.n - 1) + vb * vb / static_cast<double>(mb.n - 1));
  return {t, t_two_sided(t, df), df, false};
}

TestResult wilcoxon(std::span<const double> difference) {
  const std::vector<double> kept = without_zeros(difference);
  if (kept.empty()) return {0, 1, 0, true};
  std::vector<double> size(kept.size());
  std::transform(kept.begin(), kept.end(), size.begin(), [](double x) { return std::abs(x); });
  const Ranks ranked = average_ranks(size);
  Sum plus;
  for (std::size_t i = 0; i < kept.size(); ++i) {
    if (kept[i] > 0) plus.add(ranked.rank[i]);
  }
  const double n = static_cast<double>(kept.size());
  const double statistic = std::min(plus.value(), n * (n + 1) / 2 - plus.value());
  if (kept.size() <= kWilcoxonExactMax && ranked.tie_term == 0) {
    return {statistic, std::min(1.0, 2 * signed_rank_cdf(kept.size(), statistic)), 0, true};
  }
  const double variance = n * (n + 1) * (2 * n + 1) / 24 - ranked.tie_term / 48;
  const double z = (statistic - n * (n + 1) / 4) / std::sqrt(variance);
  return {statistic, std::min(1.0, 2 * normal_cdf(z)), 0, false};
}

TestResult sign_test(std::span<const double> difference) {
  const auto up =
      std::count_if(difference.begin(), difference.end(), [](double x) { return x > 0; });
  const auto down =
      std::count_if(difference.begin(), difference.end(), [](double x) { return x < 0; });
  return mcnemar_exact(down, up);
}

TestResult mcnemar_exact(std::int64_t broken, std::int64_t fixed) {
  const std::int64_t least = std::min(broken, fixed);
  const double p = std::min(1.0, 2 * binomial_cdf(least, broken + fixed, 0.5));
  return {static_cast<double>(least), broken == fixed ? 1.0 : p, 0, true};
}

TestResult mcnemar_mid_p(std::int64_t broken, std::int64_t fixed) {
  const std::int64_t least = std::min(broken, fixed);
  const double own = binomial_pmf(least, broken + fixed, 0.5);
  const double p = 2 * binomial_cdf(least, broken + fixed, 0.5) - own;
  return {static_cast<double>(least), broken == fixed ? 1.0 : std::min(1.0, p), 0, true};
}

TestResult randomisation(std::span<const double> difference, const RandomisationOptions& options) {
  return flip_signs(difference, difference.size(), options);
}

TestResult cluster_randomisation(std::span<const double> difference,
                                 std::span<const std::uint64_t> cluster,
                                 const RandomisationOptions& options) {
  return flip_signs(cluster_sums(difference, cluster).sum, difference.size(), options);
}

double cohens_dz(std::span<const double> difference) {
  const Moments m = moments(difference);
  return m.mean / m.sd();
}

double hedges_g(std::span<const double> a, std::span<const double> b) {
  const Moments ma = moments(a);
  const Moments mb = moments(b);
  const double df = static_cast<double>(ma.n + mb.n) - 2;
  const double pooled = std::sqrt(
      (static_cast<double>(ma.n - 1) * ma.variance + static_cast<double>(mb.n - 1) * mb.variance) /
      df);
  return (ma.mean - mb.mean) / pooled * (1 - 3 / (4 * df - 1));
}

double cohens_h(double rate_a, double rate_b) {
  return 2 * std::asin(std::sqrt(rate_a)) - 2 * std::asin(std::sqrt(rate_b));
}

double cliffs_delta(std::span<const double> a, std::span<const double> b) {
  std::vector<double> sorted(b.begin(), b.end());
  std::sort(sorted.begin(), sorted.end());
  double wins = 0;
  for (double x : a) {
    const auto [first, last] = std::equal_range(sorted.begin(), sorted.end(), x);
    wins += static_cast<double>(first - sorted.begin()) - static_cast<double>(sorted.end() - last);
  }
  return wins / (static_cast<double>(a.size()) * static_cast<double>(b.size()));
}

}  // namespace interposer::stats
