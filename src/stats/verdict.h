// What a comparison of two systems may claim, and what it would take to claim more.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "stats/intervals.h"

namespace interposer::stats {

enum class Verdict : std::uint8_t {
  kBetter,        // the interval of the difference lies above 0
  kNotWorse,      // it lies above -margin, and reaches 0 or below
  kWorse,         // it lies below 0, and reaches below -margin
  kInconclusive,  // it reaches below -margin and to 0 or above: nobody can tell yet
};
std::string_view verdict_name(Verdict verdict);  // "better", "not worse", "worse", "inconclusive"

struct Judgement {
  Verdict verdict = Verdict::kInconclusive;
  Interval interval;  // of new minus old
  double margin = 0;
  std::optional<std::int64_t> n_needed;  // items at which the half-width falls below the margin
  double visible_effect = 0;             // the smallest |difference| this set shows at 80 % power
};

// `difference` estimates new minus old, higher is better. A margin of 0 asks for superiority.
// The interval is two-sided at `level`, so that non-inferiority is tested at (1 - level) / 2.
// A difference that is significantly negative and within the margin is "not worse", by definition
// of the margin; the interval shows it. n_needed is empty without a margin or a standard error.
Judgement judge(const Estimate& difference, double margin, double level = 0.95);

// Equivalence by two one-sided tests: true when |difference| < margin at `alpha`.
bool equivalent(const Estimate& difference, double margin, double alpha = 0.05);
// p value of "the difference is at most -margin": small is non-inferior.
double noninferiority_p(const Estimate& difference, double margin);

}  // namespace interposer::stats
