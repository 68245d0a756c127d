// Quantiles of a simulation's samples. Inner to simulate.
#pragma once

#include <vector>

#include "planner/simulate/fleet.h"

namespace interposer::planner {

// The p-quantile is the smallest sample with at least the share p at or below it. The half width is
// by kBatches batches in the order given; 0 where a batch would hold fewer than 200 samples.
inline constexpr std::size_t kBatches = 20;
inline constexpr std::size_t kBatchSamplesMin = 200;
Quantiles quantiles_of(std::vector<double> samples);

}  // namespace interposer::planner
