// Percentiles under the names of the tools whose numbers they meet; they differ on the same data.
// All take ascending values, not empty, and p in [0, 1].
#pragma once

#include <cstdint>
#include <span>

namespace interposer::stats {

double percentile_linear(std::span<const double> sorted, double p);    // numpy, pandas: h = (n-1)p
double percentile_inverted(std::span<const double> sorted, double p);  // x[ceil(n p)], exact CDF
// guidellm: the cumulative weights are a running float sum of 1/n, and the first that is >= p is
// taken; rounding shows (1..10 at 0.9 gives 10).
double percentile_guidellm(std::span<const double> sorted, double p);
double percentile_mlperf(std::span<const double> sorted, double p);  // x[floor(n p)], from 0

// MLPerf's early stopping: the number of queries from which "the p-percentile meets its target" is
// sure at `confidence` although `late` queries missed it (459 for p = 0.99, none late).
std::int64_t queries_needed(double p, std::int64_t late, double confidence = 0.99);

}  // namespace interposer::stats
