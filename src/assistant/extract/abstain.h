// Whether a sentence answers a part of the question. A logistic model over the measures of
// features.h, fitted by tests/assistant/fit_abstention.py on tuning questions (never on the test
// questions); weights, data and figures are in tests/assistant/README.md. It picks the first
// sentence of each part and decides whether the question is answered at all.
#pragma once

#include "assistant/extract/features.h"

namespace interposer::assistant {

// Log-odds that the sentence answers, less the threshold: 0 and more answers.
double answer_odds(const Features& features);
double probability_of(double odds);  // 0-1
inline constexpr double kAnswerThreshold = 0.5;

// Mean over the parts, for people and for the log.
Features mean(const std::vector<Features>& features);

}  // namespace interposer::assistant
