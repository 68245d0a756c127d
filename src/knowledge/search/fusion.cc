#include "knowledge/search/fusion.h"

#include <algorithm>
#include <unordered_map>

namespace interposer::knowledge {
namespace {

struct Range {
  double low = 0, high = 0;
  double of(double score) const {
    return high > low ? std::clamp((score - low) / (high - low), 0.0, 1.0)
                      : (score >= high ? 1.0 : 0.0);
  }
};

// From the leg's best to its last candidate.
Range range_of(const std::vector<Found>& found) {
  if (found.empty()) return {};
  return {found.back().score, found.front().score};
}

bool before(const Fused& a, const Fused& b) {
  return a.score != b.score ? a.score > b.score : a.chunk < b.chunk;
}

std::vector<Fused> one_leg(const std::vector<Found>& found, bool lexical) {
  std::vector<Fused> out;
  for (const Found& f : found) {
    Fused fused{f.chunk, f.document, f.score, {}};
    (lexical ? fused.legs.lexical : fused.legs.vector) = f.score;
    out.push_back(fused);
  }
  return out;
}

}  // namespace

std::vector<Fused> fuse(const Index& index, const FusionInput& input) {
  std::vector<Found> words, meaning;
  if (!input.terms.empty()) words = index.lexical(input.terms, input.depth);
  if (!input.query.empty()) meaning = index.nearest(input.query, input.depth);
  if (meaning.empty()) return one_leg(words, true);
  if (words.empty()) return one_leg(meaning, false);

  std::unordered_map<std::int64_t, Fused> all;
  for (const auto* found : {&words, &meaning})
    for (const Found& f : *found) all.try_emplace(f.chunk, Fused{f.chunk, f.document, 0, {}});
  for (const Found& f : words) all[f.chunk].legs.lexical = f.score;
  for (const Found& f : meaning) all[f.chunk].legs.vector = f.score;
  const Range by_words = range_of(words), by_meaning = range_of(meaning);
  std::vector<Fused> out;
  out.reserve(all.size());
  for (auto& [chunk, fused] : all) {
    if (!fused.legs.vector) fused.legs.vector = index.vector_score(input.query, chunk);
    if (!fused.legs.lexical) {
      const double score = index.lexical_score(input.terms, chunk);
      if (score > 0) fused.legs.lexical = score;
    }
    const double lexical = fused.legs.lexical ? by_words.of(*fused.legs.lexical) : 0;
    const double vector = fused.legs.vector ? by_meaning.of(*fused.legs.vector) : 0;
    fused.score = (1 - input.vector_weight) * lexical + input.vector_weight * vector;
    out.push_back(fused);
  }
  std::sort(out.begin(), out.end(), before);
  return out;
}

}  // namespace interposer::knowledge
