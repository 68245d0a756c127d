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

struct Features {
  double coverage = 0;       // of all content terms by the chosen sentences, 0-1
  double soft_coverage = 0;  // the same, near synonyms counted
  double similarity = 0;     // greatest cosine of a chosen sentence to the question
  double names_missing = 0;  // share of the question's names in no chosen sentence or heading
  double unknown = 0;        // weight share of content terms that neither base nor synonyms know
  double gap = 0;            // the heaviest term that is missing, as a share of the heaviest
  double kind_missing =
      0;  // 1: a figure, time or name was asked for and none of that kind is there
  double head_missing = 0;  // what "how many ..." counts is not there
  double passage = 0;       // the best passage's vector score, 0 without vectors
  double weakest_part = 0;  // soft coverage of the part that is covered least
  bool vectors = false;

  std::vector<std::pair<std::string_view, double>> named() const;
};

Features measure(const Question& question, const Gathered& gathered,
                 const std::vector<std::size_t>& chosen, const std::map<std::string, double>& soft);

// Probability that the question is answered, 0-1.
double answered_probability(const Features& features);
inline constexpr double kAnswerThreshold = 0.5;

}  // namespace interposer::assistant
