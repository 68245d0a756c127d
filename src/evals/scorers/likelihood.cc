#include "evals/scorers/likelihood.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "evals/scorers/unicode.h"

namespace interposer::evals {
namespace {

template <class Value>
std::size_t first_best(std::span<const Choice> choices, const Value& value) {
  std::size_t best = 0;
  for (std::size_t i = 1; i < choices.size(); ++i) {
    if (value(choices[i]) > value(choices[best])) best = i;
  }
  return best;
}

double per(double log_likelihood, std::size_t size) {
  return log_likelihood / static_cast<double>(size);
}

struct Totals {
  double log_likelihood = 0;
  double words = 0;
  double bytes = 0;
};

Totals totals(std::span<const Rolled> documents) {
  Totals out;
  for (const Rolled& d : documents) {
    out.log_likelihood += d.log_likelihood;
    out.words += static_cast<double>(d.words);
    out.bytes += static_cast<double>(d.bytes);
  }
  return out;
}

}  // namespace

std::optional<ChoiceScore> score_choices(std::span<const Choice> choices, std::size_t gold) {
  if (gold >= choices.size()) return std::nullopt;
  for (const Choice& choice : choices) {
    if (std::isnan(choice.log_likelihood)) return std::nullopt;
  }
  const auto right = [&](std::size_t picked) { return picked == gold ? 1.0 : 0.0; };
  ChoiceScore out;
  out.picked = first_best(choices, [](const Choice& c) { return c.log_likelihood; });
  out.acc = right(out.picked);
  out.acc_norm = right(first_best(
      choices, [](const Choice& c) { return per(c.log_likelihood, decode(c.text).size()); }));
  out.acc_bytes = right(
      first_best(choices, [](const Choice& c) { return per(c.log_likelihood, c.text.size()); }));
  const bool all = std::all_of(choices.begin(), choices.end(),
                               [](const Choice& c) { return c.unconditional.has_value(); });
  if (all) {
    out.acc_mutual_info = right(
        first_best(choices, [](const Choice& c) { return c.log_likelihood - *c.unconditional; }));
  }
  out.exact_match = choices[gold].is_greedy ? 1 : 0;
  const double top = choices[out.picked].log_likelihood;
  double total = 0;
  for (const Choice& c : choices) total += std::exp(c.log_likelihood - top);
  for (std::size_t i = 0; i < choices.size(); ++i) {
    const double p = std::exp(choices[i].log_likelihood - top) / total;
    if (i == gold) out.probability = p;
    out.brier += (p - right(i)) * (p - right(i));
  }
  return out;
}

Rolled rolled(std::string_view document, double log_likelihood) {
  // re.split(r"\s+") gives an empty word at each end that white space touches.
  std::int64_t words = 1;
  bool space = false;
  for (char32_t c : decode(document)) {
    words += is_python_space(c) && !space ? 1 : 0;
    space = is_python_space(c);
  }
  return {log_likelihood, words, static_cast<std::int64_t>(document.size())};
}

double word_perplexity(std::span<const Rolled> documents) {
  const Totals t = totals(documents);
  return std::exp(-t.log_likelihood / t.words);
}

double byte_perplexity(std::span<const Rolled> documents) {
  const Totals t = totals(documents);
  return std::exp(-t.log_likelihood / t.bytes);
}

double bits_per_byte(std::span<const Rolled> documents) {
  const Totals t = totals(documents);
  return -t.log_likelihood / t.bytes / std::numbers::ln2;
}

}  // namespace interposer::evals
