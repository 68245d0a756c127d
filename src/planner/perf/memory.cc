#include <algorithm>
#include <cmath>

#include "planner/perf/machine.h"

namespace interposer::planner {

double weights_bytes(const ModelShape& shape, Precision precision) {
  const WeightBytes bytes = weight_bytes(shape, precision);
  const double tables = shape.embedding_params + (shape.tied ? 0 : shape.head_params);
  return (shape.attention_params + shape.ffn_params + tables) * bytes.dense +
         shape.all_expert_params() * bytes.expert;
}

double cache_bytes(const ModelShape& shape, Precision precision, double tokens) {
  return shape.cache_elements(tokens) * cache_bytes_per_element(precision);
}

double tokens_that_fit(const ModelShape& shape, Precision precision, double bytes) {
  if (cache_bytes(shape, precision, 1) > bytes) return 0;
  double low = 1;
  double high = 2;
  constexpr double kLongest = 1e12;
  while (high < kLongest && cache_bytes(shape, precision, high) <= bytes) high *= 2;
  if (high >= kLongest) return kLongest;
  while (high - low > 1) {
    const double middle = std::floor((low + high) / 2);
    (cache_bytes(shape, precision, middle) <= bytes ? low : high) = middle;
  }
  return low;
}

}  // namespace interposer::planner
