// Ranks and rank correlation.
#pragma once

#include <span>
#include <vector>

namespace interposer::stats {

struct Ranks {
  std::vector<double> rank;  // from 1; equal values share the mean of their ranks
  double tie_term = 0;       // sum over groups of equal values of t^3 - t
};
Ranks average_ranks(std::span<const double> values);

struct Correlation {
  double value = 0;  // NaN when a side is constant
  double p = 1;      // two-sided, asymptotic
};
Correlation spearman(std::span<const double> a, std::span<const double> b);       // p: t with n - 2
Correlation kendall_tau_b(std::span<const double> a, std::span<const double> b);  // O(n log n)

}  // namespace interposer::stats
