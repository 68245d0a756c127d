// Judges: reading what a model said about an answer, and how far that can be trusted. Pure: the
// outputs are handed in. A judge that answers nonsense leaves the item unscored
// (judge_parse_error), never at 0.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "stats/intervals.h"

namespace interposer::evals {

enum class Preference : std::uint8_t { kFirst, kSecond, kTie };

// GBNF that an engine can hold a judge to, so that it cannot answer nonsense: one JSON object with
// a short reason and the choice, or the score.
std::string pairwise_grammar();
std::string rubric_grammar(int lowest, int highest);

// {"choice": "A" | "B" | "tie"}, or the last "[[A]]", "[[B]]", "[[C]]" (MT-Bench's form).
std::optional<Preference> parse_preference(std::string_view output);
// {"score": n} with n in the range, or the last "[[n]]".
std::optional<double> parse_rubric_score(std::string_view output, double lowest, double highest);

// One pair judged in both orders: `forward` has ours first, `backward` ours second.
struct PairJudgement {
  std::optional<Preference> forward;
  std::optional<Preference> backward;
};
struct PairScore {
  std::optional<double> win;  // of ours: mean of both orders: 0, .25, .5, .75, 1
  bool flipped = false;       // the same place won both times, so that the wins cancel
};
PairScore score_pair(const PairJudgement& judgement);

struct PairwiseReport {
  std::int64_t n = 0;
  std::int64_t scored = 0;
  std::int64_t unparsed = 0;               // an order whose output could not be read
  double win_rate = 0;                     // over the scored; NaN without any
  stats::Interval interval;                // of the win rate
  std::optional<double> flip_rate;         // of pairs judged both ways
  std::optional<double> first_place_rate;  // how often the first answer won; 0.5 is fair
};
PairwiseReport pairwise_report(std::span<const PairJudgement> judgements);

// Categories of a judge beside labels of people.
struct Calibration {
  std::int64_t n = 0;
  double kappa = 0;          // Cohen's
  stats::Interval interval;  // of kappa, by bootstrap
  double agreement = 0;      // share of equal categories
  double base_rate = 0;      // of the most frequent label: what a constant judge agrees on
  bool enough = false;       // n >= kCalibrationMin
};
inline constexpr std::int64_t kCalibrationMin = 200;
Calibration calibrate(std::span<const int> judged, std::span<const int> labels);

// Why a judged score must not pass a gate: too few labels, kappa below `min_kappa`, or responses
// that are one constant answer (see is_constant_answer). Empty when it may.
std::string judged_gate_fault(const Calibration& calibration, double min_kappa,
                              std::span<const std::string> responses);

}  // namespace interposer::evals
