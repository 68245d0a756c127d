// From a response to numbers: extractors take the answer out of it, scorers judge the answer.
// Deterministic; nothing here asks a model.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "evals/record/response.h"
#include "evals/record/result_set.h"

namespace interposer::evals {

struct Extract;
struct ScorerSpec;
struct Suite;
struct Item;

struct Scored {
  double value = kUnscored;
  std::string why;  // for people, where the number alone says little
};

struct Scorer {
  Metric metric;
  std::function<Scored(const Item&, const Response&, std::string_view answer)> score;
};

// kInvalidArgument with the nearest name; also for an argument that is missing or wrong.
Status check_scorer(const ScorerSpec& spec);
Result<std::vector<Scorer>> make_scorers(const Suite& suite);

Status check_pattern(const std::string& pattern);  // a regular expression (ICU's syntax)

// The extractors, one after the other. nullopt: nothing matched, so there is no answer; that is
// wrong, not unscored. Reasoning that was not finished never gets here (status truncated).
std::optional<std::string> extract_answer(std::string_view text, const std::vector<Extract>& steps);

// All responses against the suite: the text of scores.jsonl (import/own_log.cc reads it). Units
// that cannot be scored have null, and their status says why.
struct ScoredRun {
  std::string scores;
  std::int64_t units = 0, unscored = 0;
  std::vector<std::string> notes;  // "extractors disagree on 12 %"
};
Result<ScoredRun> score_responses(const Suite& suite, const std::vector<Item>& items,
                                  const std::vector<const Response*>& responses);

}  // namespace interposer::evals
