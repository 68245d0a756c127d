#include "assistant/extract/score.h"

#include <algorithm>
#include <cmath>

namespace interposer::assistant {
namespace {

// Weights of the parts of a score, chosen on tests/questions/tuning.tsv
// (tests/assistant/README.md).
constexpr double kCoverageWeight = 1.0;
constexpr double kMeaningWeight = 1.1;
constexpr double kRankWeight = 0.35;
constexpr double kWantedBonus = 0.2;
constexpr double kNameMissingCost = 0.5;
constexpr double kUnknownMeaning = 0.25;  // assumed for sentences not compared by meaning

}  // namespace

double coverage(const QuestionPart& part, const std::set<std::string>& terms,
                const std::set<std::string>& context) {
  if (part.weight <= 0) return 0;
  double sum = 0;
  for (const ContentTerm& term : part.terms) {
    if (terms.count(term.term) > 0) {
      sum += term.weight;
    } else if (context.count(term.term) > 0) {
      sum += kContextShare * term.weight;
    }
  }
  return sum / part.weight;
}

double names_missing(const QuestionPart& part, const std::set<std::string>& terms,
                     const std::set<std::string>& context) {
  double names = 0;
  double missing = 0;
  for (const ContentTerm& term : part.terms) {
    if (!term.name) continue;
    ++names;
    if (terms.count(term.term) == 0 && context.count(term.term) == 0) ++missing;
  }
  return names == 0 ? 0 : missing / names;
}

double rank_share(const Gathered& gathered, std::size_t hit) {
  const auto& hits = gathered.found.hits;
  const double best = hits.empty() ? 0 : hits[0].score;
  const double worst = hits.empty() ? 0 : hits.back().score;
  if (best <= worst) return 1;
  return (hits[hit].score - worst) / (best - worst);
}

bool fits_wanted(const QuestionPart& part, std::string_view text) {
  if (part.wants_time) return has_time(text);
  if (part.figure != Figure::kNone) return has_figure(text, part.figure);
  if (part.wants_names) return names_in(text) >= 1;
  return true;
}

double cosine(const std::vector<float>& a, const std::vector<float>& b) {
  if (a.size() != b.size() || a.empty()) return 0;
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    sum += static_cast<double>(a[i]) * static_cast<double>(b[i]);
  return sum;
}

double first_guess(const Question& question, const Gathered& gathered, const Candidate& candidate) {
  double best = 0;
  for (const QuestionPart& part : question.parts) {
    best = std::max(best, coverage(part, candidate.terms, candidate.context) -
                              0.3 * names_missing(part, candidate.terms, candidate.context));
  }
  return best + 0.5 * rank_share(gathered, candidate.hit);
}

void score_all(const Question& question, Gathered& gathered) {
  const bool meaning = !gathered.found.query_vector.empty();
  for (Candidate& candidate : gathered.candidates) {
    candidate.similarity = candidate.vector.empty()
                               ? (meaning ? kUnknownMeaning : 0)
                               : cosine(candidate.vector, gathered.found.query_vector);
    candidate.context_similarity =
        candidate.context_vector.empty()
            ? candidate.similarity
            : cosine(candidate.context_vector, gathered.found.query_vector);
    candidate.coverage.clear();
    candidate.score.clear();
    for (const QuestionPart& part : question.parts) {
      const double covered = coverage(part, candidate.terms, candidate.context);
      double score = kCoverageWeight * covered +
                     kMeaningWeight * std::max(candidate.similarity, candidate.context_similarity) +
                     kRankWeight * rank_share(gathered, candidate.hit);
      const bool wants = part.figure != Figure::kNone || part.wants_time || part.wants_names;
      if (wants) score += fits_wanted(part, candidate.sentence.text) ? kWantedBonus : -kWantedBonus;
      score -= kNameMissingCost * names_missing(part, candidate.terms, candidate.context);
      candidate.coverage.push_back(covered);
      candidate.score.push_back(score);
    }
  }
}

}  // namespace interposer::assistant
