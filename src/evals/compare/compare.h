// Two runs on the same items: what changed, by how much, and what may be claimed of it.
//
// Pairing: items by id; epochs of an item are averaged first. An item whose content differs, or
// that only one run has, is listed and left out. The difference is new minus old, turned round for
// metrics where lower is better, so that positive is always good.
//
// Denominators: `scored` pairs are those that both runs scored, and decide the verdict; over `all`
// pairs a missing score counts 0. Where the two disagree, both are shown.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "evals/record/result_set.h"
#include "stats/verdict.h"

namespace interposer::evals {

inline constexpr std::size_t kRandomisationPairsMax = 5'000;

struct CompareOptions {
  std::string metric;  // the first to be shown and to decide; empty: the first in both
  double margin = 0;   // in the metric's own unit: what difference does not matter
  double level = 0.95;
  bool force = false;  // also where scorers differ, and say so
  // p by McNemar or randomisation, which assume less than the t test that is taken otherwise, and
  // beyond kRandomisationPairsMax pairs anyway.
  bool randomise = true;
  std::size_t items_shown = 20;
};

enum class Change : std::uint8_t {
  kSame,
  kFixed,  // wrong before, right now; or, of a score that is not right or wrong, better
  kBroken,
  kNoise,  // it differs, and an epoch of one and the same run differs too
};
std::string_view change_name(Change change);

struct ItemPair {
  std::string_view id;                  // into the set of run B
  double a = kUnscored, b = kUnscored;  // mean over epochs
  double delta = 0;                     // good is positive; 0 where a side is unscored
  Change change = Change::kSame;
  std::uint32_t row_a = 0, row_b = 0;  // the first epoch's
  std::uint64_t cluster = 0;
  std::uint64_t tags = 0;  // of run B
  bool scored() const { return a == a && b == b; }
};

struct MetricComparison {
  std::string name;
  bool higher_is_better = true;
  bool binary = false;     // every score is 0 or 1
  std::int64_t pairs = 0;  // scored in both
  std::int64_t unscored_a = 0, unscored_b = 0;
  double mean_a = kUnscored, mean_b = kUnscored;  // over the scored pairs
  stats::Estimate difference;
  stats::Judgement judgement;
  double p = 1;  // two-sided; test says which
  std::string test;
  double p_holm = 1;       // over the metrics of this comparison
  double correlation = 0;  // of the two runs over items: what pairing gains
  std::int64_t fixed = 0, broken = 0, noise = 0;
  bool coverage_doubtful = false;            // stats::coverage_is_doubtful
  bool epochs = false;                       // some item has several scores
  std::optional<stats::Judgement> over_all;  // with missing scores as 0, where there are any
  double mean_all_a = 0, mean_all_b = 0;
};

// What it took, over items that both runs have; absent where unknown.
struct Totals {
  std::optional<double> cost_a, cost_b;            // USD
  std::optional<double> median_ms_a, median_ms_b;  // of one answer
  std::int64_t output_tokens_a = 0, output_tokens_b = 0;
};

struct Comparison {
  std::vector<MetricComparison> metrics;  // the deciding one first
  std::vector<ItemPair> items;            // of the deciding metric, largest |delta| first
  std::vector<std::string> changed;       // ids whose content differs
  std::vector<std::string> only_a, only_b;
  std::vector<std::string> warnings;
  bool clustered = false;
  bool forced = false;  // scorers differ
  std::int64_t paired = 0;
  std::int64_t status_a[kUnitStatuses] = {}, status_b[kUnitStatuses] = {};
  Totals totals;
};

// kFailedPrecondition ("unlike_scorers") where the numbers cannot be compared; kInvalidArgument for
// a metric that is not in both, or no item in common. `a` and `b` must outlive the result.
Result<Comparison> compare(const ResultSet& a, const ResultSet& b, const CompareOptions& options);

// "better, worse ..." in a sentence with its numbers, n needed, and the effect that is visible.
std::string verdict_sentence(const MetricComparison& metric);

}  // namespace interposer::evals
