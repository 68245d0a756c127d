// Tests of two systems on the same items. `difference[i]` is new minus old of item i; epochs of one
// item are averaged before. All p values are two-sided.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace interposer::stats {

struct TestResult {
  double statistic = 0;
  double p = 1;
  double df = 0;       // t tests
  bool exact = false;  // no approximation and no simulation
};

TestResult paired_t(std::span<const double> difference);
TestResult welch_t(std::span<const double> a, std::span<const double> b);  // unpaired, for contrast

// Wilcoxon's signed ranks, zeros dropped. Exact up to 50 differences without ties; beyond that the
// normal approximation with tie correction and without continuity correction. Statistic: min(W+,
// W-).
TestResult wilcoxon(std::span<const double> difference);

TestResult sign_test(std::span<const double> difference);  // exact; zeros dropped

// Binary pairs: `broken` items that only the old got right, `fixed` that only the new did.
TestResult mcnemar_exact(std::int64_t broken, std::int64_t fixed);
TestResult mcnemar_mid_p(std::int64_t broken, std::int64_t fixed);  // less conservative

struct RandomisationOptions {
  std::size_t rounds = 10'000;
  std::uint64_t seed = 12345;
  std::size_t exact_up_to = 20;  // nonzero differences: all 2^k sign patterns are counted
};

// Fisher's paired randomisation of the mean difference: signs flip at random. Simulated p values
// are (c + 1) / (rounds + 1). Statistic: the mean difference.
TestResult randomisation(std::span<const double> difference, const RandomisationOptions& = {});

// The same with the sign of a whole cluster flipped at once.
TestResult cluster_randomisation(std::span<const double> difference,
                                 std::span<const std::uint64_t> cluster,
                                 const RandomisationOptions& = {});

// Effect sizes.
double cohens_dz(std::span<const double> difference);  // mean / sd of the differences
double hedges_g(std::span<const double> a, std::span<const double> b);
double cohens_h(double rate_a, double rate_b);
double cliffs_delta(std::span<const double> a, std::span<const double> b);  // P(a > b) - P(a < b)

}  // namespace interposer::stats
