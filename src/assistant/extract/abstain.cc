#include "assistant/extract/abstain.h"

#include <array>
#include <cmath>

namespace interposer::assistant {
namespace {

struct Measure {
  std::string_view name;
  double Features::* value;
  double with_vectors, words_only;  // weights
};

// Fitted by tests/assistant/fit_abstention.py; with vectors, and for a base that has none yet.
constexpr double kBias = -4.67;
constexpr double kBiasWordsOnly = -2.42;
constexpr std::array kMeasures = {
    Measure{"coverage", &Features::coverage, 0.44, 3.56},
    Measure{"similarity", &Features::similarity, 7.48, 0.00},
    Measure{"context_similarity", &Features::context_similarity, 1.42, 0.00},
    Measure{"passage", &Features::passage, 2.84, 0.00},
    Measure{"rank", &Features::rank, 3.28, 2.27},
    Measure{"gap", &Features::gap, -2.60, -0.68},
    Measure{"meaning_gap", &Features::meaning_gap, -0.78, 0.00},
    Measure{"meaning_missing", &Features::meaning_missing, -3.33, 0.00},
    Measure{"drop", &Features::drop, 0.00, 0.00},
    Measure{"drop_missing", &Features::drop_missing, 6.99, 0.00},
    Measure{"names_missing", &Features::names_missing, -1.34, -1.92},
    Measure{"name_unknown", &Features::name_unknown, -1.00, -1.00},
    Measure{"identifier_missing", &Features::identifier_missing, -2.74, -2.00},
    Measure{"quantity_missing", &Features::quantity_missing, 0.00, 0.00},
    Measure{"year_missing", &Features::year_missing, -7.33, -4.50},
    Measure{"kind_missing", &Features::kind_missing, -5.04, -3.13},
    Measure{"count_missing", &Features::count_missing, -3.48, -3.06},
    Measure{"focus_missing", &Features::focus_missing, -0.60, -0.53},
    Measure{"other_missing", &Features::other_missing, 0.00, 0.00},
    Measure{"counted_other_missing", &Features::counted_other_missing, -0.52, 0.00},
    Measure{"superlative_missing", &Features::superlative_missing, -1.00, -1.00},
};

}  // namespace

std::vector<std::pair<std::string_view, double>> Features::named() const {
  std::vector<std::pair<std::string_view, double>> out;
  for (const Measure& measure : kMeasures) out.emplace_back(measure.name, this->*measure.value);
  out.emplace_back("vectors", vectors ? 1.0 : 0.0);
  return out;
}

double answer_odds(const Features& f) {
  double sum = f.vectors ? kBias : kBiasWordsOnly;
  for (const Measure& measure : kMeasures) {
    sum += (f.vectors ? measure.with_vectors : measure.words_only) * f.*measure.value;
  }
  return sum;
}

double probability_of(double odds) { return 1 / (1 + std::exp(-odds)); }

Features mean(const std::vector<Features>& features) {
  Features out;
  if (features.empty()) return out;
  for (const Features& one : features) {
    for (const Measure& measure : kMeasures) out.*measure.value += one.*measure.value;
    out.vectors = one.vectors;
  }
  for (const Measure& measure : kMeasures)
    out.*measure.value /= static_cast<double>(features.size());
  return out;
}

}  // namespace interposer::assistant
