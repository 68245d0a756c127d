// Whether the sentences found answer the question at all. A logistic model over a few measures,
// fitted by tests/assistant/fit_abstention.py on tuning questions (never on the test questions);
// weights, data and figures are in tests/assistant/README.md.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "assistant/extract/candidates.h"

namespace interposer::assistant {

struct Features {
  double coverage = 0;        // of all content terms by the chosen sentences, 0-1
  double best_coverage = 0;   // by the best single sentence with its headings
  double similarity = 0;      // greatest cosine of a chosen sentence to the question
  double names_missing = 0;   // share of the question's names in no chosen sentence or heading
  double unknown_weight = 0;  // share of the content terms that the base holds nowhere
  double uncovered_max = 0;   // the heaviest content term not covered, as a share of the heaviest
  double wanted_missing = 0;  // 1: a number, time or name was asked for and none is there
  double passage = 0;         // the best passage's vector score, 0 without vectors
  double weakest_part = 0;    // coverage of the part that is covered least
  bool vectors = false;

  std::vector<std::pair<std::string_view, double>> named() const;
};

Features measure(const Question& question, const Gathered& gathered,
                 const std::vector<std::size_t>& chosen);

// Probability that the question is answered, 0-1.
double answered_probability(const Features& features);
inline constexpr double kAnswerThreshold = 0.5;

}  // namespace interposer::assistant
