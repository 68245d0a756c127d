#include "assistant/extract/abstain.h"

#include <algorithm>
#include <cmath>

#include "assistant/extract/score.h"

namespace interposer::assistant {
namespace {

struct Weights {
  double bias, coverage, soft_coverage, similarity, names_missing, unknown, gap, kind_missing,
      head_missing, passage, weakest_part;
};
// Fitted by tests/assistant/fit_abstention.py; with vectors, and for a base that has none yet.
constexpr Weights kWithVectors = {-4.0, 1.0, 2.5, 5.0, -2.0, -1.0, -1.0, -2.0, -1.5, 1.0, 0.5};
constexpr Weights kWordsOnly = {-3.0, 3.0, 3.0, 0, -3.0, -2.5, -1.0, -2.0, -2.0, 0, 1.0};

constexpr double kSoftEnough = 0.6;  // of a synonym: counts as said

struct Held {  // what the chosen sentences hold together
  std::set<std::string> terms, context;
  std::string text;
  const std::map<std::string, double>& soft;

  bool has(const std::string& term) const {
    return terms.count(term) > 0 || context.count(term) > 0;
  }
  double near(const std::string& term) const {
    const auto found = soft.find(term);
    return found == soft.end() ? 0 : found->second;
  }
};

void measure_part(const QuestionPart& part, const Held& held, Features& out, double& weight) {
  double softly = 0;
  double names = 0;
  double lost = 0;
  double heaviest = 0;
  double gap = 0;
  for (const ContentTerm& term : part.terms) {
    heaviest = std::max(heaviest, term.weight);
    const double share = held.terms.count(term.term) > 0     ? 1
                         : held.context.count(term.term) > 0 ? kContextShare
                                                             : held.near(term.term);
    softly += share * term.weight;
    if (!held.has(term.term)) gap = std::max(gap, (1 - held.near(term.term)) * term.weight);
    if (!term.known) out.unknown += (1 - held.near(term.term)) * term.weight;
    if (!term.name) continue;
    names += 1;
    if (!held.has(term.term) && held.near(term.term) < kSoftEnough) lost += 1;
  }
  const double covered = coverage(part, held.terms, held.context);
  out.coverage += covered * part.weight;
  out.soft_coverage += softly;
  weight += part.weight;
  if (part.weight > 0) out.weakest_part = std::min(out.weakest_part, softly / part.weight);
  if (heaviest > 0) out.gap = std::max(out.gap, gap / heaviest);
  if (names > 0) out.names_missing = std::max(out.names_missing, lost / names);
  if (!fits_wanted(part, held.text)) out.kind_missing = 1;
  if (!part.head.empty() && !held.has(part.head)) {
    out.head_missing = std::max(out.head_missing, 1 - held.near(part.head));
  }
}

}  // namespace

std::vector<std::pair<std::string_view, double>> Features::named() const {
  return {{"coverage", coverage},
          {"soft_coverage", soft_coverage},
          {"similarity", similarity},
          {"names_missing", names_missing},
          {"unknown", unknown},
          {"gap", gap},
          {"kind_missing", kind_missing},
          {"head_missing", head_missing},
          {"passage", passage},
          {"weakest_part", weakest_part},
          {"vectors", vectors ? 1.0 : 0.0}};
}

Features measure(const Question& question, const Gathered& gathered,
                 const std::vector<std::size_t>& chosen,
                 const std::map<std::string, double>& soft) {
  Features out;
  out.vectors = !gathered.found.query_vector.empty();
  for (const knowledge::Hit& hit : gathered.found.hits) {
    out.passage = std::max(out.passage, hit.legs.vector.value_or(0));
  }
  Held held{{}, {}, {}, soft};
  for (const std::size_t index : chosen) {
    const Candidate& candidate = gathered.candidates[index];
    held.terms.insert(candidate.terms.begin(), candidate.terms.end());
    held.context.insert(candidate.context.begin(), candidate.context.end());
    held.text += candidate.sentence.text + "\n";
    out.similarity = std::max(out.similarity, candidate.similarity);
  }
  double weight = 0;
  out.weakest_part = 1;
  for (const QuestionPart& part : question.parts) measure_part(part, held, out, weight);
  if (weight > 0) {
    out.coverage /= weight;
    out.soft_coverage /= weight;
    out.unknown /= weight;
  }
  return out;
}

double answered_probability(const Features& f) {
  const Weights& w = f.vectors ? kWithVectors : kWordsOnly;
  const double sum = w.bias + w.coverage * f.coverage + w.soft_coverage * f.soft_coverage +
                     w.similarity * f.similarity + w.names_missing * f.names_missing +
                     w.unknown * f.unknown + w.gap * f.gap + w.kind_missing * f.kind_missing +
                     w.head_missing * f.head_missing + w.passage * f.passage +
                     w.weakest_part * f.weakest_part;
  return 1 / (1 + std::exp(-sum));
}

}  // namespace interposer::assistant
