// Multiple choice and perplexity from token log-likelihoods, as lm-evaluation-harness has them.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace interposer::evals {

struct Choice {
  std::string text;                     // without the delimiter before it
  double log_likelihood = 0;            // of the text after the context, natural logarithm
  std::optional<double> unconditional;  // the same without the context
  bool is_greedy = false;               // every token is the one the model likes best
};

struct ChoiceScore {
  std::size_t picked = 0;  // by log-likelihood, the first of equals
  double acc = 0;
  double acc_norm = 0;                    // log-likelihood by character
  double acc_bytes = 0;                   // by UTF-8 byte
  std::optional<double> acc_mutual_info;  // minus the unconditional one, when all have it
  double exact_match = 0;                 // the gold choice is greedy
  double brier = 0;                       // squared error of the softmax over the choices
  double probability = 0;                 // of the gold choice in that softmax
};

// `gold` indexes `choices`. Empty where there is no choice, gold is out of range, or a likelihood
// is NaN: such an item is unscored, never wrong.
std::optional<ChoiceScore> score_choices(std::span<const Choice> choices, std::size_t gold);

// A document's log-likelihood with its size in words (split at white space) and bytes.
struct Rolled {
  double log_likelihood = 0;
  std::int64_t words = 0;
  std::int64_t bytes = 0;
};
Rolled rolled(std::string_view document, double log_likelihood);

// Weighted over the corpus, not by document. NaN of nothing.
double word_perplexity(std::span<const Rolled> documents);
double byte_perplexity(std::span<const Rolled> documents);
double bits_per_byte(std::span<const Rolled> documents);

}  // namespace interposer::evals
