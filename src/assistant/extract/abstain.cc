#include "assistant/extract/abstain.h"

#include <algorithm>
#include <cmath>

#include "assistant/extract/score.h"

namespace interposer::assistant {
namespace {

struct Weights {
  double bias, coverage, best_coverage, similarity, names_missing, unknown_weight, uncovered_max,
      wanted_missing, passage, weakest_part;
};
// With vectors, and for a base that has none yet.
constexpr Weights kWithVectors = {-4.0, 2.5, 1.5, 5.0, -3.0, -2.5, -1.0, -1.0, 1.0, 1.0};
constexpr Weights kWordsOnly = {-3.2, 4.0, 2.5, 0, -3.0, -2.5, -1.0, -1.0, 0, 1.0};

}  // namespace

std::vector<std::pair<std::string_view, double>> Features::named() const {
  return {{"coverage", coverage},
          {"best_coverage", best_coverage},
          {"similarity", similarity},
          {"names_missing", names_missing},
          {"unknown_weight", unknown_weight},
          {"uncovered_max", uncovered_max},
          {"wanted_missing", wanted_missing},
          {"passage", passage},
          {"weakest_part", weakest_part},
          {"vectors", vectors ? 1.0 : 0.0}};
}

Features measure(const Question& question, const Gathered& gathered,
                 const std::vector<std::size_t>& chosen) {
  Features out;
  out.vectors = !gathered.found.query_vector.empty();
  for (const knowledge::Hit& hit : gathered.found.hits) {
    out.passage = std::max(out.passage, hit.legs.vector.value_or(0));
  }
  std::set<std::string> terms;
  std::set<std::string> context;
  std::string text;
  for (const std::size_t index : chosen) {
    const Candidate& candidate = gathered.candidates[index];
    terms.insert(candidate.terms.begin(), candidate.terms.end());
    context.insert(candidate.context.begin(), candidate.context.end());
    text += candidate.sentence.text + "\n";
    out.similarity = std::max(out.similarity, candidate.similarity);
  }
  double all = 0;
  double covered = 0;
  double heaviest = 0;
  double heaviest_uncovered = 0;
  out.weakest_part = 1;
  for (std::size_t p = 0; p < question.parts.size(); ++p) {
    const QuestionPart& part = question.parts[p];
    const double share = coverage(part, terms, context);
    all += part.weight;
    covered += share * part.weight;
    out.weakest_part = std::min(out.weakest_part, share);
    out.names_missing = std::max(out.names_missing, names_missing(part, terms, context));
    if (!fits_wanted(part, text)) out.wanted_missing = 1;
    double best = 0;
    for (const std::size_t index : chosen) {
      best = std::max(best, gathered.candidates[index].coverage[p]);
    }
    out.best_coverage += best / static_cast<double>(question.parts.size());
    for (const ContentTerm& term : part.terms) {
      heaviest = std::max(heaviest, term.weight);
      const bool there = terms.count(term.term) > 0 || context.count(term.term) > 0;
      if (!there) heaviest_uncovered = std::max(heaviest_uncovered, term.weight);
      if (!term.known) out.unknown_weight += term.weight;
    }
  }
  if (all > 0) {
    out.coverage = covered / all;
    out.unknown_weight /= all;
    out.uncovered_max = heaviest_uncovered / heaviest;
  }
  return out;
}

double answered_probability(const Features& f) {
  const Weights& w = f.vectors ? kWithVectors : kWordsOnly;
  const double sum = w.bias + w.coverage * f.coverage + w.best_coverage * f.best_coverage +
                     w.similarity * f.similarity + w.names_missing * f.names_missing +
                     w.unknown_weight * f.unknown_weight + w.uncovered_max * f.uncovered_max +
                     w.wanted_missing * f.wanted_missing + w.passage * f.passage +
                     w.weakest_part * f.weakest_part;
  return 1 / (1 + std::exp(-sum));
}

}  // namespace interposer::assistant
