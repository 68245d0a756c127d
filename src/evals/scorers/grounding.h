// Whether what is cited supports what is said (with a judge of entailment that is handed in), and
// whether the system knows when to say nothing.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "evals/scorers/citations.h"

namespace interposer::evals {

// True when the premise says that the hypothesis holds. An error leaves the answer unscored.
using Entailment =
    std::function<Result<bool>(const std::string& premise, const std::string& hypothesis)>;

// A rough judge without a model: numbers and names of the hypothesis are in the premise, and at
// least kLexicalShare of its other words of four letters or more. Knows no negation.
Result<bool> lexical_entailment(const std::string& premise, const std::string& hypothesis);
inline constexpr double kLexicalShare = 0.6;

// ALCE (arXiv 2305.14627), of one answer. Recall: the share of sentences that their passages
// together entail. Precision: the share of citations that count: one alone when it entails; of
// several a passage that entails alone, or without which the rest does not. A sentence that cites
// no passage, or one that is not there, is not recalled and its citations are not counted. Without
// citations precision is 0.
struct CitationQuality {
  double precision = 0;
  double recall = 0;
  std::int64_t sentences = 0;
  std::int64_t citations = 0;
  double f1() const {
    return precision + recall > 0 ? 2 * precision * recall / (precision + recall) : 0;
  }
};
// Empty for an answer without sentences.
Result<std::optional<CitationQuality>> citation_quality(const CitedAnswer& answer,
                                                        const Entailment& entails);

// ragas' faithfulness: supported statements of all. Empty (unscored, not NaN) without statements.
Result<std::optional<double>> faithfulness(std::span<const std::string> statements,
                                           const std::string& evidence, const Entailment& entails);

struct AbstentionRow {
  bool answerable = false;
  bool abstained = false;
  std::optional<double> score;  // of an answer, 0 to 1
};
struct AbstentionQuality {
  std::int64_t n = 0;
  std::int64_t answerable = 0;
  std::int64_t right_refusals = 0;       // not answerable, abstained
  std::int64_t wrong_refusals = 0;       // answerable, abstained
  std::int64_t unsupported = 0;          // not answerable, answered
  std::optional<double> precision;       // right refusals of all refusals; empty without any
  std::optional<double> recall;          // of all that is not answerable
  std::optional<double> coverage;        // answered of the answerable
  std::optional<double> answered_score;  // mean over answerable ones that were answered and scored
};
AbstentionQuality abstention_quality(std::span<const AbstentionRow> rows);

}  // namespace interposer::evals
