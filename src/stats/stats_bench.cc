// How honest the intervals are, and how fast: Markdown tables by simulation, the same in every run.
//   stats_bench coverage|gate|sequential|speed [ROUNDS]
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "stats/bootstrap.h"
#include "stats/distributions.h"
#include "stats/intervals.h"
#include "stats/power.h"
#include "stats/random.h"
#include "stats/sequential.h"
#include "stats/verdict.h"

namespace interposer::stats {
namespace {

struct Cell {
  std::size_t clusters;
  std::size_t size;    // items a cluster; 0: from 1 to 9, unbalanced
  double correlation;  // of items of one cluster
  double rate;         // of a binary score; 0: continuous
};

// A cluster's shared part and an item's own, mixed so that items correlate as asked; for binary
// scores the mix is cut where `rate` of it is a success.
struct Sample {
  std::vector<double> values;
  std::vector<std::uint64_t> cluster;
};

Sample draw(const Cell& cell, Random& random) {
  Sample out;
  const double shared_weight = std::sqrt(cell.correlation);
  const double own_weight = std::sqrt(1 - cell.correlation);
  const double cut = cell.rate > 0 ? normal_quantile(cell.rate) : 0;
  for (std::size_t c = 0; c < cell.clusters; ++c) {
    const double shared = random.normal();
    const std::size_t size = cell.size > 0 ? cell.size : 1 + random.below(9);
    for (std::size_t i = 0; i < size; ++i) {
      const double mixed = shared_weight * shared + own_weight * random.normal();
      out.values.push_back(cell.rate > 0 ? (mixed < cut ? 1.0 : 0.0) : mixed);
      out.cluster.push_back(c);
    }
  }
  return out;
}

double coverage(const Cell& cell, std::size_t rounds) {
  Random random(20'260'000 + cell.clusters * 31 + cell.size);
  std::size_t covered = 0;
  for (std::size_t round = 0; round < rounds; ++round) {
    const Sample sample = draw(cell, random);
    covered += cluster_mean(sample.values, sample.cluster).interval().contains(cell.rate) ? 1 : 0;
  }
  return static_cast<double>(covered) / static_cast<double>(rounds);
}

void print_coverage(std::size_t rounds) {
  std::printf(
      "| score | clusters | items each | correlation | coverage of 95 %% "
      "|\n|---|---|---|---|---|\n");
  for (const double rate : {0.0, 0.5, 0.9, 0.98}) {
    for (const std::size_t clusters : {10U, 20U, 50U, 100U, 300U}) {
      for (const std::size_t size : {1U, 5U, 0U}) {
        const Cell cell{clusters, size, size == 1 ? 0 : 0.3, rate};
        char score[32] = "continuous";
        if (rate > 0) std::snprintf(score, sizeof score, "binary, %.2f", rate);
        std::printf("| %s | %zu | %s | %.1f | %.1f %% |\n", score, clusters,
                    size == 1 ? "1" : (size == 5 ? "5" : "1 to 9"), cell.correlation,
                    100 * coverage(cell, rounds));
      }
    }
  }
}

// Share of runs in which the verdict is `verdict`, for a true difference in standard deviations.
double verdict_rate(Verdict verdict, double effect, double margin, std::int64_t items,
                    std::size_t rounds) {
  Random random(77);
  std::size_t hits = 0;
  std::vector<double> difference(static_cast<std::size_t>(items));
  for (std::size_t round = 0; round < rounds; ++round) {
    for (double& x : difference) x = effect + random.normal();
    hits += judge(mean_estimate(difference), margin).verdict == verdict ? 1 : 0;
  }
  return static_cast<double>(hits) / static_cast<double>(rounds);
}

void print_gate(std::size_t rounds) {
  const double effect = 0.2;
  PairedDesign design;
  design.between_variance = 1;
  const std::int64_t items = items_planned(design, effect);
  std::printf(
      "%lld items, planned for %.2f standard deviations at 80 %%\n\n| what | rate |\n|---|---|\n",
      static_cast<long long>(items), effect);
  std::printf("| simulation error (two of its standard deviations at 80 %%) | %.2f %% |\n",
              200 * std::sqrt(0.8 * 0.2 / static_cast<double>(rounds)));
  std::printf("| A/A called worse | %.2f %% |\n",
              100 * verdict_rate(Verdict::kWorse, 0, 0, items, rounds));
  std::printf("| A/A called better | %.2f %% |\n",
              100 * verdict_rate(Verdict::kBetter, 0, 0, items, rounds));
  std::printf("| planned gain called better | %.2f %% |\n",
              100 * verdict_rate(Verdict::kBetter, effect, 0, items, rounds));
  std::printf("| A/A called not worse or better, margin = effect | %.2f %% |\n",
              100 * (verdict_rate(Verdict::kNotWorse, 0, effect, items, rounds) +
                     verdict_rate(Verdict::kBetter, 0, effect, items, rounds)));
  std::printf("| loss of the margin called not worse or better | %.2f %% |\n",
              100 * (verdict_rate(Verdict::kNotWorse, -effect, effect, items, rounds) +
                     verdict_rate(Verdict::kBetter, -effect, effect, items, rounds)));
}

void print_sequential(std::size_t rounds) {
  constexpr std::size_t kLooks = 20;
  constexpr std::size_t kItems = 1000;
  std::vector<double> fractions;
  for (std::size_t i = 1; i <= kLooks; ++i) fractions.push_back(static_cast<double>(i) / kLooks);
  const std::vector<double> bounds = group_sequential_bounds(fractions);
  const double planned = smallest_effect(1 / std::sqrt(static_cast<double>(kItems)));
  std::printf(
      "%zu looks, O'Brien-Fleming spending\n\n| effect / planned | stopped with a finding | "
      "fixed size finds | items used |\n|---|---|---|---|\n",
      kLooks);
  for (const double times : {0.0, 1.0, 1.5}) {
    Random random(5);
    double found = 0, fixed = 0, used = 0;
    for (std::size_t round = 0; round < rounds; ++round) {
      double total = 0;
      double stopped_at = 1;
      bool stopped = false;
      for (std::size_t look = 0; look < kLooks; ++look) {
        for (std::size_t i = 0; i < kItems / kLooks; ++i)
          total += times * planned + random.normal();
        const double n = static_cast<double>((look + 1) * kItems / kLooks);
        if (stopped || std::abs(total) / std::sqrt(n) < bounds[look]) continue;
        stopped = true;
        stopped_at = fractions[look];
      }
      found += stopped ? 1 : 0;
      used += stopped_at;
      fixed += std::abs(total) / std::sqrt(static_cast<double>(kItems)) >= normal_quantile(0.975)
                   ? 1
                   : 0;
    }
    const double n = static_cast<double>(rounds);
    std::printf("| %.1f | %.1f %% | %.1f %% | %.1f %% |\n", times, 100 * found / n, 100 * fixed / n,
                100 * used / n);
  }
}

void print_speed() {
  Random random(3);
  std::vector<double> values(1319);
  for (double& x : values) x = random.below(2) == 0 ? 0 : 1;
  const auto start = std::chrono::steady_clock::now();
  const std::vector<double> means = bootstrap_means(values, {.replicates = 100'000, .seed = 1});
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  std::printf("100 k bootstrap replicates of 1,319 items: %.3f s (budget 0.5 s), first mean %.4f\n",
              took.count(), means.front());
}

}  // namespace
}  // namespace interposer::stats

int main(int count, char** words) {
  namespace stats = interposer::stats;
  const std::string_view what = count > 1 ? words[1] : "";
  const std::size_t rounds = count > 2 ? std::strtoull(words[2], nullptr, 10) : 10'000;
  if (what == "coverage") {
    stats::print_coverage(rounds);
  } else if (what == "gate") {
    stats::print_gate(rounds);
  } else if (what == "sequential") {
    stats::print_sequential(rounds);
  } else if (what == "speed") {
    stats::print_speed();
  } else {
    std::fprintf(stderr, "give coverage, gate, sequential or speed, and the number of rounds\n");
    return 2;
  }
  return 0;
}
