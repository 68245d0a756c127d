// Agreement of raters beyond chance, and what a judge's known errors do to a rate.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "stats/intervals.h"

namespace interposer::stats {

enum class Weights : std::uint8_t { kNone, kLinear, kQuadratic };

// Two raters' categories 0..k-1. NaN where chance agreement is complete.
double cohen_kappa(std::span<const int> a, std::span<const int> b,
                   Weights weights = Weights::kNone);
double gwet_ac1(std::span<const int> a, std::span<const int> b);

// counts[item][category] = raters who chose it; the same number of raters for every item (>= 2).
double fleiss_kappa(const std::vector<std::vector<int>>& counts);

enum class Level : std::uint8_t { kNominal, kOrdinal, kInterval };
// ratings[item][rater], empty where a rater did not rate. Items with one rating don't count.
double krippendorff_alpha(const std::vector<std::vector<std::optional<double>>>& ratings,
                          Level level = Level::kNominal);

// A judge with known errors (arXiv 2511.21140): of `truly_right` labelled right answers it passed
// `passed_right`, of `truly_wrong` wrong ones it failed `failed_wrong`; on the set at hand it
// passed `passed` of `n`. theta = (p + q0 - 1) / (q0 + q1 - 1), clamped to [0, 1].
struct JudgeCalibration {
  std::int64_t passed_right = 0;
  std::int64_t truly_right = 0;
  std::int64_t failed_wrong = 0;
  std::int64_t truly_wrong = 0;
};
struct CorrectedRate {
  double value = 0;
  Interval interval;    // adjusted counts (+1 of +2 for q, Agresti-Coull for p), delta method
  bool usable = false;  // the judge is better than chance: q0 + q1 > 1
};
CorrectedRate judge_corrected(std::int64_t passed, std::int64_t n, const JudgeCalibration& judge,
                              double level = 0.95);

// pass@k: 1 - C(n - c, k) / C(n, k); pass^k: C(c, k) / C(n, k). Of c successes in n trials; empty
// where n < k, where neither is defined.
std::optional<double> pass_at_k(std::int64_t n, std::int64_t c, std::int64_t k);
std::optional<double> pass_hat_k(std::int64_t n, std::int64_t c, std::int64_t k);

}  // namespace interposer::stats
