// Any bytes as an outcome matrix: what is read has one score a query and model.
#include <cstdint>
#include <cstdlib>

#include "evals/routing_matrix/matrix.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace routing = interposer::evals::routing_matrix;
  const auto matrix = routing::parse_matrix({reinterpret_cast<const char*>(data), size}, "fuzz");
  if (!matrix) return 0;
  for (const auto& row : matrix->score) {
    if (row.size() != matrix->models.size()) std::abort();
  }
  const auto point = routing::chosen(*matrix, routing::oracle_choice(*matrix), "oracle");
  if (routing::regret(*matrix, point).to_oracle > 1e-9) std::abort();
  return 0;
}
