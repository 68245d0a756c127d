#include "planner/simulate/quantiles.h"

#include <algorithm>
#include <cmath>

#include "stats/distributions.h"
#include "stats/moments.h"

namespace interposer::planner {
namespace {

// Partially sorts [from, end) so that the quantile stands in its place; ascending calls may begin
// where the last one ended.
double place_quantile(std::vector<double>* samples, double p, std::size_t* from) {
  const auto n = static_cast<double>(samples->size());
  const auto k = static_cast<std::size_t>(std::max(std::ceil(p * n) - 1, 0.0));
  const auto begin = samples->begin();
  std::nth_element(begin + static_cast<std::ptrdiff_t>(*from),
                   begin + static_cast<std::ptrdiff_t>(k), samples->end());
  *from = k;
  return (*samples)[k];
}

double half_width(const std::vector<double>& samples) {
  const std::size_t each = samples.size() / kBatches;
  if (each < kBatchSamplesMin) return 0;
  std::vector<double> values;
  for (std::size_t b = 0; b < kBatches; ++b) {
    const auto begin = samples.begin() + static_cast<std::ptrdiff_t>(b * each);
    std::vector<double> batch(begin, begin + static_cast<std::ptrdiff_t>(each));
    std::size_t from = 0;
    values.push_back(place_quantile(&batch, 0.99, &from));
  }
  return stats::moments(values).standard_error() *
         stats::t_quantile(0.975, static_cast<double>(kBatches - 1));
}

}  // namespace

Quantiles quantiles_of(std::vector<double> samples) {
  Quantiles out;
  if (samples.empty()) return out;
  out.mean = stats::mean(samples);
  out.p99_half_width = half_width(samples);
  std::size_t from = 0;
  out.p50 = place_quantile(&samples, 0.50, &from);
  out.p90 = place_quantile(&samples, 0.90, &from);
  out.p95 = place_quantile(&samples, 0.95, &from);
  out.p99 = place_quantile(&samples, 0.99, &from);
  out.max = *std::max_element(samples.begin() + static_cast<std::ptrdiff_t>(from), samples.end());
  return out;
}

}  // namespace interposer::planner
