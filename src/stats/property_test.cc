// What must hold whatever the numbers are, and simulations of what the intervals promise.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "stats/agreement.h"
#include "stats/bootstrap.h"
#include "stats/calibration.h"
#include "stats/distributions.h"
#include "stats/intervals.h"
#include "stats/moments.h"
#include "stats/paired.h"
#include "stats/power.h"
#include "stats/random.h"
#include "stats/ranks.h"
#include "stats/sequential.h"
#include "stats/verdict.h"

namespace interposer::stats {
namespace {

std::vector<double> normals(Random& random, std::size_t n, double mean = 0) {
  std::vector<double> out(n);
  for (double& x : out) x = mean + random.normal();
  return out;
}

TEST(Moments, SumLosesNothingThatDoublesCanHold) {
  std::vector<double> values{1e16, 1, -1e16, 1};
  EXPECT_EQ(sum(values), 2);
  EXPECT_EQ(median(std::vector<double>{3, 1, 2, 10}), 2.5);
}

TEST(Random, BelowIsEvenAndInRange) {
  Random random(7);
  std::vector<int> seen(6, 0);
  for (int i = 0; i < 60'000; ++i) ++seen.at(random.below(6));
  for (int count : seen) EXPECT_NEAR(count, 10'000, 500);  // 5.5 standard deviations
}

TEST(ClusterMean, EqualClustersAreAtIntervalOverClusterMeans) {
  Random random(11);
  std::vector<double> values, means;
  std::vector<std::uint64_t> cluster;
  for (std::uint64_t c = 0; c < 12; ++c) {
    const std::vector<double> members = normals(random, 5, random.normal());
    values.insert(values.end(), members.begin(), members.end());
    cluster.insert(cluster.end(), 5, c * 1000 + 3);
    means.push_back(mean(members));
  }
  const Estimate clustered = cluster_mean(values, cluster);
  const Estimate of_means = mean_estimate(means);
  EXPECT_NEAR(clustered.value, of_means.value, 1e-14);
  EXPECT_NEAR(clustered.standard_error, of_means.standard_error, 1e-13);
  EXPECT_NEAR(clustered.df, 11, 1e-9);
  EXPECT_NEAR(cluster_se_inspect(values, cluster), clustered.standard_error, 1e-13);
}

TEST(ClusterMean, SingletonsAreThePlainMean) {
  Random random(12);
  const std::vector<double> values = normals(random, 40);
  std::vector<std::uint64_t> cluster(40);
  std::iota(cluster.begin(), cluster.end(), std::uint64_t{0});
  EXPECT_NEAR(cluster_mean(values, cluster).standard_error, mean_estimate(values).standard_error,
              1e-14);
  EXPECT_NEAR(cluster_mean(values, cluster).df, 39, 1e-9);
}

TEST(ClusterMean, OrderAndNamesChangeNothing) {
  Random random(13);
  std::vector<double> values = normals(random, 30);
  std::vector<std::uint64_t> cluster(30);
  for (std::size_t i = 0; i < 30; ++i) cluster[i] = i * i % 7;
  const Estimate before = cluster_mean(values, cluster);
  std::reverse(values.begin(), values.end());
  std::reverse(cluster.begin(), cluster.end());
  for (std::uint64_t& name : cluster) name = name * 977 + 5;
  const Estimate after = cluster_mean(values, cluster);
  EXPECT_NEAR(before.value, after.value, 1e-15);
  EXPECT_NEAR(before.standard_error, after.standard_error, 1e-15);
}

// A small cell of the published grid (bench/stats): unequal clusters, skewed binary scores.
TEST(ClusterMean, CoversWithFewUnequalClusters) {
  Random random(14);
  const int rounds = 3000;
  int covered = 0;
  for (int round = 0; round < rounds; ++round) {
    std::vector<double> values;
    std::vector<std::uint64_t> cluster;
    for (std::uint64_t c = 0; c < 50; ++c) {
      const double shared = random.normal();
      for (std::size_t i = 0; i < 4; ++i) {
        values.push_back(shared + random.normal());
        cluster.push_back(c);
      }
    }
    covered += cluster_mean(values, cluster).interval().contains(0) ? 1 : 0;
  }
  EXPECT_NEAR(covered / static_cast<double>(rounds), 0.95, 0.016);  // 4 standard errors
}

TEST(Coverage, DoubtIsForRareOutcomes) {
  std::vector<double> values(100, 1);
  std::vector<std::uint64_t> cluster(100);
  std::iota(cluster.begin(), cluster.end(), std::uint64_t{0});
  EXPECT_TRUE(coverage_is_doubtful(values, cluster));  // all alike
  for (std::size_t i = 0; i < 7; ++i) values[i] = 0;
  EXPECT_TRUE(coverage_is_doubtful(values, cluster));
  values[7] = 0;
  EXPECT_FALSE(coverage_is_doubtful(values, cluster));
  for (std::size_t i = 0; i < 8; ++i) cluster[i] = 200;  // all failures in one cluster
  EXPECT_TRUE(coverage_is_doubtful(values, cluster));
  values[9] = 0.5;
  EXPECT_FALSE(coverage_is_doubtful(values, cluster));
}

TEST(Bootstrap, IntervalsOfAMeanAreNearTheTIntervals) {
  Random random(15);
  const std::vector<double> values = normals(random, 200, 3);
  const Interval t = mean_estimate(values).interval();
  const BootstrapOptions options{.replicates = 20'000, .seed = 4};
  for (const Interval& interval :
       {percentile_interval(bootstrap_means(values, options)), bca_interval(values, options)}) {
    EXPECT_NEAR(interval.low, t.low, 0.02);
    EXPECT_NEAR(interval.high, t.high, 0.02);
  }
  EXPECT_EQ(bootstrap_means(values, options), bootstrap_means(values, options));
}

TEST(Bootstrap, BcaLeansWithTheSkew) {
  Random random(16);
  std::vector<double> values(60);
  for (double& x : values) x = -std::log(1 - random.uniform());
  const BootstrapOptions options{.replicates = 20'000, .seed = 4};
  const Interval plain = percentile_interval(bootstrap_means(values, options));
  const Interval bca = bca_interval(values, options);
  EXPECT_GT(bca.low, plain.low);
  EXPECT_GT(bca.high, plain.high);
}

TEST(Bootstrap, WholeClustersAreWiderThanItems) {
  std::vector<double> values;
  std::vector<std::uint64_t> cluster;
  for (std::uint64_t c = 0; c < 30; ++c) {
    for (int i = 0; i < 10; ++i) {
      values.push_back(c % 2 == 0 ? 1 : 0);
      cluster.push_back(c);
    }
  }
  const BootstrapOptions options{.replicates = 4000, .seed = 9};
  const Interval items = percentile_interval(bootstrap_means(values, options));
  const Interval clusters = percentile_interval(cluster_bootstrap_means(values, cluster, options));
  EXPECT_GT(clusters.half_width(), 2.5 * items.half_width());
}

TEST(QuantileInterval, CoversTheMedian) {
  Random random(17);
  int covered = 0;
  for (int round = 0; round < 2000; ++round) {
    std::vector<double> values = normals(random, 41);
    std::sort(values.begin(), values.end());
    covered += quantile_interval(values, 0.5).contains(0) ? 1 : 0;
  }
  EXPECT_GE(covered / 2000.0, 0.935);
  EXPECT_LE(covered / 2000.0, 0.985);
}

TEST(Wilcoxon, IsBlindToTheSignOfAllAndToZeros) {
  Random random(18);
  std::vector<double> values = normals(random, 25, 0.4);
  const TestResult before = wilcoxon(values);
  for (double& x : values) x = -x;
  values.push_back(0);
  EXPECT_EQ(wilcoxon(values).p, before.p);
}

TEST(PairedTests, ClusterSignsFlipTogether) {
  const std::vector<double> difference{1, 1, 1, 1, 1, 1};
  const std::vector<std::uint64_t> cluster{1, 1, 1, 2, 2, 2};
  EXPECT_EQ(randomisation(difference).p, 2.0 / 64);
  EXPECT_EQ(cluster_randomisation(difference, cluster).p, 0.5);
  EXPECT_EQ(mcnemar_exact(7, 7).p, 1);
  EXPECT_EQ(sign_test(difference).p, 2.0 / 64);
}

TEST(Effects, KnownValues) {
  const std::vector<double> a{1, 2, 3};
  const std::vector<double> b{1, 2, 3};
  EXPECT_EQ(cliffs_delta(a, b), 0);
  EXPECT_EQ(cliffs_delta(std::vector<double>{5, 6}, b), 1);
  EXPECT_EQ(hedges_g(a, b), 0);
  EXPECT_NEAR(cohens_h(1, 0), M_PI, 1e-12);
}

TEST(Verdict, FourCases) {
  const auto estimate = [](double value) {
    return Estimate{400, 400, value, 0.01, 399};  // half-width about 0.0197
  };
  EXPECT_EQ(judge(estimate(0.03), 0.02).verdict, Verdict::kBetter);
  EXPECT_EQ(judge(estimate(0.005), 0.02).verdict, Verdict::kNotWorse);
  EXPECT_EQ(judge(estimate(-0.01), 0.02).verdict, Verdict::kInconclusive);
  EXPECT_EQ(judge(estimate(-0.05), 0.02).verdict, Verdict::kWorse);
  const Judgement open = judge(estimate(-0.01), 0.01);
  ASSERT_TRUE(open.n_needed);
  EXPECT_EQ(*open.n_needed, 1537);  // (1.96 * 0.2 / 0.01)^2
  EXPECT_NEAR(open.visible_effect, 2.8016 * 0.01, 1e-5);
}

TEST(Verdict, OneItemDecidesNothing) {
  const std::vector<double> one{1};
  const Judgement judgement = judge(mean_estimate(one), 0.1);
  EXPECT_EQ(judgement.verdict, Verdict::kInconclusive);
  EXPECT_FALSE(judgement.n_needed);
  EXPECT_EQ(noninferiority_p(mean_estimate(one), 0.1), 1);
}

TEST(Verdict, EquivalenceNeedsBothSides) {
  EXPECT_TRUE(equivalent({400, 400, 0.0, 0.01, 399}, 0.02));
  EXPECT_FALSE(equivalent({400, 400, 0.01, 0.01, 399}, 0.02));
}

TEST(Power, McNemarAndT) {
  EXPECT_NEAR(paired_t_power(0.5, 34), 0.8078, 1e-3);  // the textbook's n for d = 0.5 and 80 %
  EXPECT_GT(mcnemar_items(0.10, 0.08), mcnemar_items(0.12, 0.06));
  EXPECT_EQ(design_effect(1, 0.3), 1);
}

TEST(Sequential, BoundsSpendExactlyAlpha) {
  std::vector<double> fractions;
  for (int i = 1; i <= 10; ++i) fractions.push_back(i / 10.0);
  for (const Spending spending : {Spending::kOBrienFleming, Spending::kPocock}) {
    const std::vector<double> bounds = group_sequential_bounds(fractions, 0.05, spending);
    EXPECT_NEAR(crossing_probabilities(fractions, bounds, 0).back(), 0.05, 1e-4);
  }
}

TEST(Sequential, TwoLooksMeetTheTextbook) {
  // Lan and DeMets' O'Brien-Fleming bounds for two equal looks: 2.963 and 1.969 (ldbounds).
  const std::vector<double> fractions{0.5, 1};
  const std::vector<double> bounds = group_sequential_bounds(fractions);
  EXPECT_NEAR(bounds[0], 2.963, 1e-3);
  EXPECT_NEAR(bounds[1], 1.969, 1e-3);
}

// The promise: >= 40 % saved at 1.5 times the planned effect, <= 2 points of power lost.
TEST(Sequential, SavesAndKeepsItsPower) {
  std::vector<double> fractions;
  for (int i = 1; i <= 20; ++i) fractions.push_back(i / 20.0);
  const std::vector<double> bounds = group_sequential_bounds(fractions);
  const double planned = normal_quantile(0.975) + normal_quantile(0.8);
  EXPECT_GE(crossing_probabilities(fractions, bounds, planned).back(), 0.78);
  const std::vector<double> crossed = crossing_probabilities(fractions, bounds, 1.5 * planned);
  double expected_share = fractions[0];
  for (std::size_t i = 1; i < fractions.size(); ++i) {
    expected_share += (1 - crossed[i - 1]) * (fractions[i] - fractions[i - 1]);
  }
  EXPECT_LE(expected_share, 0.6);
}

TEST(Sequential, ConfidenceSequenceHoldsAtEveryLook) {
  Random random(19);
  int broken = 0;
  for (int round = 0; round < 400; ++round) {
    double total = 0, squares = 0;
    bool left = false;
    for (std::int64_t n = 1; n <= 2000; ++n) {
      const double x = random.normal();
      total += x;
      squares += x * x;
      if (n < 30 || n % 10 != 0) continue;
      const double centre = total / static_cast<double>(n);
      const double sd = std::sqrt(squares / static_cast<double>(n) - centre * centre);
      left = left || !confidence_sequence(centre, sd, n, 500).contains(0);
    }
    broken += left ? 1 : 0;
  }
  EXPECT_LE(broken, 32);  // 8 %: 5 % and 2.8 standard errors; peeking at a t interval gives 40 %
}

TEST(Calibration, PoolsViolatorsAndRises) {
  const std::vector<double> score{1, 2, 3, 4, 5};
  const std::vector<double> outcome{0, 1, 0, 1, 1};
  const Isotonic fit = isotonic(score, outcome);
  EXPECT_EQ(fit.y, (std::vector<double>{0, 0.5, 0.5, 1, 1}));
  EXPECT_EQ(fit(3.5), 0.75);
  EXPECT_EQ(fit(-1), 0);
  EXPECT_EQ(fit(9), 1);
}

TEST(Calibration, ErrorsByHand) {
  const std::vector<double> p{0.1, 0.1, 0.9, 0.9};
  const std::vector<double> outcome{0, 1, 1, 1};
  EXPECT_NEAR(brier(p, outcome), (0.01 + 0.81 + 0.01 + 0.01) / 4, 1e-15);
  EXPECT_NEAR(calibration_error(p, outcome, 10), (2 * 0.4 + 2 * 0.1) / 4, 1e-15);
  EXPECT_NEAR(calibration_error(p, outcome, 2, Bins::kEqualCount), 0.25, 1e-15);
}

TEST(Calibration, ConformalQuantileCovers) {
  std::vector<double> scores(19);
  std::iota(scores.begin(), scores.end(), 1.0);
  EXPECT_EQ(conformal_quantile(scores, 0.1), 18);
  EXPECT_EQ(conformal_quantile(scores, 0.05), 19);
  EXPECT_EQ(conformal_quantile(scores, 0.01), INFINITY);
}

TEST(Agreement, KappasByHand) {
  const std::vector<int> a{0, 0, 1, 1, 1, 0};
  const std::vector<int> b{0, 1, 1, 1, 0, 0};
  EXPECT_NEAR(cohen_kappa(a, b), (4.0 / 6 - 0.5) / 0.5, 1e-12);
  EXPECT_NEAR(cohen_kappa(a, a), 1, 1e-12);
  EXPECT_NEAR(gwet_ac1(a, b), (4.0 / 6 - 0.5) / 0.5, 1e-12);
  EXPECT_TRUE(std::isnan(cohen_kappa(std::vector<int>{1, 1}, std::vector<int>{1, 1})));
  // Two raters as counts: Fleiss differs from Cohen only by pooled margins, equal here.
  EXPECT_NEAR(fleiss_kappa({{2, 0}, {1, 1}, {0, 2}, {0, 2}, {1, 1}, {2, 0}}), 1.0 / 3, 1e-12);
}

TEST(Agreement, AJudgesErrorsAreTakenOut) {
  // Half of the set is right; a judge that passes 90 % of right and 20 % of wrong answers sees 55
  // %.
  const CorrectedRate rate = judge_corrected(5500, 10'000, {900, 1000, 800, 1000});
  EXPECT_TRUE(rate.usable);
  EXPECT_NEAR(rate.value, 0.5, 1e-12);
  EXPECT_TRUE(rate.interval.contains(0.5));
  EXPECT_LT(rate.interval.half_width(), 0.05);
  EXPECT_FALSE(judge_corrected(50, 100, {50, 100, 50, 100}).usable);
}

TEST(Ranks, KendallMeetsTheCountOfPairs) {
  Random random(20);
  for (int round = 0; round < 50; ++round) {
    std::vector<double> a(12), b(12);
    for (std::size_t i = 0; i < 12; ++i) {
      a[i] = static_cast<double>(random.below(6));
      b[i] = static_cast<double>(random.below(6));
    }
    double concordant = 0, ties_a = 0, ties_b = 0;
    for (std::size_t i = 0; i < 12; ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        const double product = (a[i] - a[j]) * (b[i] - b[j]);
        concordant += product > 0 ? 1 : (product < 0 ? -1 : 0);
        ties_a += a[i] == a[j] ? 1 : 0;
        ties_b += b[i] == b[j] ? 1 : 0;
      }
    }
    EXPECT_NEAR(kendall_tau_b(a, b).value, concordant / std::sqrt((66 - ties_a) * (66 - ties_b)),
                1e-12);
  }
}

}  // namespace
}  // namespace interposer::stats
