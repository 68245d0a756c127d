// Finding the answer in a response, and saying when two ways of finding it part: the largest error
// of evaluations (the same GSM8K outputs are 10 % or 86 % right).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace interposer::evals {

// What stands behind the model's thinking: the text after the last </think>; a response without
// <think> as it is. Empty for one whose thinking never ended: it was cut, and there is no answer.
std::optional<std::string_view> answer_part(std::string_view response);

enum class Pick : std::uint8_t { kFirst, kLast };

// A regular expression (ICU's syntax, which has Python's look-behind); the answer is the first
// group that took part in the match, or the whole match where the pattern has no group.
struct Extractor {
  std::string name;
  std::string regex;
  Pick pick = Pick::kFirst;
};
Status check_extractor(const Extractor& extractor);
std::optional<std::string> extract(const Extractor& extractor, std::string_view response);

using AnswerFinder = std::function<std::optional<std::string>(std::string_view)>;

// Two finders over the same responses, each held against the gold.
struct Disagreement {
  std::int64_t n = 0;
  std::int64_t strict_right = 0;
  std::int64_t flexible_right = 0;
  std::int64_t strict_none = 0;  // nothing was found
  std::int64_t flexible_none = 0;
  std::int64_t disagree = 0;  // one says right, the other wrong
  double share() const {
    return n > 0 ? static_cast<double>(disagree) / static_cast<double>(n) : 0;
  }
  std::string sentence()
      const;  // "extractors disagree on 75.6 % (strict 133, flexible 1130 of 1319)"
};
inline constexpr double kDisagreementShown = 0.02;  // from here on the sentence is a warning

Disagreement compare_extractors(
    std::span<const std::string> responses, std::span<const std::string> golds,
    const AnswerFinder& strict, const AnswerFinder& flexible,
    const std::function<bool(std::string_view, std::string_view)>& same);

// The share of the most frequent response. A system that always says the same (a constant answer
// that pleases a judge) has 1; from kDuplicateShare on, over at least kDuplicateMin responses, a
// judged score must not pass a gate.
double duplicate_share(std::span<const std::string> responses);
inline constexpr double kDuplicateShare = 0.5;
inline constexpr std::size_t kDuplicateMin = 10;
bool is_constant_answer(std::span<const std::string> responses);

}  // namespace interposer::evals
