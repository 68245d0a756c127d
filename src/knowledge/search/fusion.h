// Two legs -> one ranking, by the weighted average of normalised scores (min-max, not reciprocal
// ranks: retrieval.md 2b). Every candidate of one leg is scored by the other too, so that a chunk
// is not punished for standing just below the other leg's cut.
#pragma once

#include <string>
#include <vector>

#include "knowledge/index/index.h"
#include "knowledge/types.h"

namespace interposer::knowledge {

struct Fused {
  std::int64_t chunk = 0, document = 0;
  double score = 0;
  Legs legs;
};

struct FusionInput {
  std::vector<std::string> terms;  // empty: no lexical leg
  std::vector<float> query;        // empty: no vector leg
  std::size_t depth = 200;         // candidates of each leg
  double vector_weight = 0.5;      // of the vector leg, 0 to 1
};

// Best first; equal scores in order of their chunks.
std::vector<Fused> fuse(const Index& index, const FusionInput& input);

}  // namespace interposer::knowledge
