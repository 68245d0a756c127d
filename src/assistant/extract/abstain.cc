#include "assistant/extract/abstain.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "assistant/extract/score.h"

namespace interposer::assistant {
namespace {

struct Weights {
  double bias, coverage, soft_coverage, similarity, names_missing, unknown, gap, kind_missing,
      head_missing, passage, together;
};
// Fitted by tests/assistant/fit_abstention.py; with vectors, and for a base that has none yet.
constexpr Weights kWithVectors = {0.69,  0.00,  0.22,  2.11, -1.00, -1.72,
                                  -2.39, -3.42, -2.49, 1.98, 0.00};
constexpr Weights kWordsOnly = {3.51,  0.02,  0.02,  0.00, -1.00, -2.60,
                                -2.73, -3.54, -2.51, 0.00, 0.02};

constexpr double kSoftEnough = 0.6;  // of a synonym: counts as said

using Soft = std::map<std::string, double>;

struct Held {  // what a sentence holds, or several together
  std::set<std::string> terms, context;
  std::string text;

  bool has(const std::string& term) const {
    return terms.count(term) > 0 || context.count(term) > 0;
  }
};

double near(const Soft& soft, const std::string& term) {
  const auto found = soft.find(term);
  return found == soft.end() ? 0 : found->second;
}

double soft_coverage(const QuestionPart& part, const Held& held, const Soft& soft) {
  double sum = 0;
  for (const ContentTerm& term : part.terms) {
    const double share = held.terms.count(term.term) > 0     ? 1
                         : held.context.count(term.term) > 0 ? kContextShare
                                                             : near(soft, term.term);
    sum += share * term.weight;
  }
  return part.weight > 0 ? sum / part.weight : 0;
}

// One sentence held against one part.
Features measure_one(const QuestionPart& part, const Held& held, const Soft& soft,
                     double similarity) {
  Features out;
  out.similarity = similarity;
  out.coverage = coverage(part, held.terms, held.context);
  out.soft_coverage = soft_coverage(part, held, soft);
  double names = 0;
  double lost = 0;
  double heaviest = 0;
  for (const ContentTerm& term : part.terms) {
    heaviest = std::max(heaviest, term.weight);
    const double missing = held.has(term.term) ? 0 : 1 - near(soft, term.term);
    out.gap = std::max(out.gap, missing * term.weight);
    if (!term.known) out.unknown += missing * term.weight;
    if (!term.name) continue;
    names += 1;
    if (missing > 1 - kSoftEnough) lost += 1;
  }
  if (part.weight > 0) out.unknown /= part.weight;
  if (heaviest > 0) out.gap /= heaviest;
  if (names > 0) out.names_missing = lost / names;
  if (!fits_wanted(part, held.text)) out.kind_missing = 1;
  if (!part.head.empty() && !held.has(part.head)) out.head_missing = 1 - near(soft, part.head);
  return out;
}

double promise(const Features& f) {
  return f.soft_coverage + f.similarity - 0.3 * f.kind_missing - 0.3 * f.head_missing -
         0.5 * f.names_missing;
}

void add(Features& sum, const Features& one, double share) {
  sum.coverage += share * one.coverage;
  sum.soft_coverage += share * one.soft_coverage;
  sum.similarity += share * one.similarity;
  sum.names_missing += share * one.names_missing;
  sum.unknown += share * one.unknown;
  sum.gap += share * one.gap;
  sum.kind_missing += share * one.kind_missing;
  sum.head_missing += share * one.head_missing;
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
          {"together", together},
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
  Held all;
  std::vector<Held> each;
  for (const std::size_t index : chosen) {
    const Candidate& candidate = gathered.candidates[index];
    each.push_back({candidate.terms, candidate.context, candidate.sentence.text});
    all.terms.insert(candidate.terms.begin(), candidate.terms.end());
    all.context.insert(candidate.context.begin(), candidate.context.end());
  }
  const double share = 1 / static_cast<double>(std::max<std::size_t>(question.parts.size(), 1));
  for (const QuestionPart& part : question.parts) {
    std::optional<Features> best;
    for (std::size_t i = 0; i < each.size(); ++i) {
      const double similarity = gathered.candidates[chosen[i]].similarity;
      const Features one = measure_one(part, each[i], soft, similarity);
      if (!best || promise(one) > promise(*best)) best = one;
    }
    if (best) add(out, *best, share);
    out.together += share * soft_coverage(part, all, soft);
  }
  return out;
}

double answered_probability(const Features& f) {
  const Weights& w = f.vectors ? kWithVectors : kWordsOnly;
  const double sum = w.bias + w.coverage * f.coverage + w.soft_coverage * f.soft_coverage +
                     w.similarity * f.similarity + w.names_missing * f.names_missing +
                     w.unknown * f.unknown + w.gap * f.gap + w.kind_missing * f.kind_missing +
                     w.head_missing * f.head_missing + w.passage * f.passage +
                     w.together * f.together;
  return 1 / (1 + std::exp(-sum));
}

}  // namespace interposer::assistant
