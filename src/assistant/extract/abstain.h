// Whether the sentences found answer the question at all. A logistic model over a few measures,
// fitted by tests/assistant/fit_abstention.py on tuning questions (never on the test questions);
// weights, data and figures are in tests/assistant/README.md.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "assistant/extract/candidates.h"

namespace interposer::assistant {

// Of the one sentence that answers a part best, with its headings; the mean over the parts. One
// sentence, because words that lie apart ("N2" here, "yield" there) answer nothing together.
struct Features {
  double coverage = 0;       // weight share of the part's content terms in it, 0-1
  double soft_coverage = 0;  // the same, near synonyms counted
  double similarity = 0;     // cosine to the whole question
  double names_missing = 0;  // share of the part's names that are not there
  double unknown = 0;        // weight share of terms that neither the base nor a synonym knows
  double gap = 0;            // the heaviest term that is missing, as a share of the heaviest
  double kind_missing =
      0;  // 1: a figure, time or name was asked for and none of that kind is there
  double head_missing = 0;  // the quantity or the things counted are not there
  double passage = 0;       // the best passage's vector score, 0 without vectors
  double together = 0;      // soft coverage by all the chosen sentences together
  bool vectors = false;

  std::vector<std::pair<std::string_view, double>> named() const;
};

Features measure(const Question& question, const Gathered& gathered,
                 const std::vector<std::size_t>& chosen, const std::map<std::string, double>& soft);

// Probability that the question is answered, 0-1.
double answered_probability(const Features& features);
inline constexpr double kAnswerThreshold = 0.5;

}  // namespace interposer::assistant
