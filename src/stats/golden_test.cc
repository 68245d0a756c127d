// Values of scipy 1.17.1 and CPython 3.11, of the functions named beside them.
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "stats/agreement.h"
#include "stats/distributions.h"
#include "stats/intervals.h"
#include "stats/multiplicity.h"
#include "stats/paired.h"
#include "stats/percentiles.h"
#include "stats/power.h"
#include "stats/random.h"
#include "stats/ranks.h"

namespace interposer::stats {
namespace {

void expect_close(double got, double want, double relative = 1e-12) {
  EXPECT_LE(std::abs(got - want), relative * std::abs(want)) << got << " instead of " << want;
}

const std::vector<double> kDifferences{0.5, -0.2, 0.9, 1.1, -0.4, 0.3, 0.05, -0.6, 1.7, 0.8};

TEST(Golden, Distributions) {
  expect_close(normal_cdf(-8.5), 9.47953482220325e-18);  // norm.cdf, sf, ppf
  expect_close(normal_sf(5.2), 9.96442631693347e-08);
  expect_close(normal_quantile(0.975), 1.959963984540054);
  expect_close(normal_quantile(1e-12), -7.034483825301131);
  expect_close(t_cdf(-2.3, 7.5), 0.026286448052184542);  // t
  expect_close(t_two_sided(4.4, 31), 0.00011886113001722156);
  expect_close(t_quantile(0.975, 1318), 1.9617655127673146);
  expect_close(t_quantile(0.975, 2.2), 3.948720749712723);
  expect_close(chi2_sf(31.4, 12), 0.0017113136220597792);
  expect_close(f_sf(3.3, 4, 57), 0.01679626680783678);
  expect_close(beta_cdf(0.1, 2.5, 17), 0.412030544915315);
  expect_close(beta_quantile(0.025, 3, 98), 0.006229971538306395);
  expect_close(binomial_cdf(17, 60, 0.4), 0.041288218812184634);
  expect_close(binomial_sf(900, 1319, 0.65), 0.006085304930765191);
  expect_close(binomial_pmf(5, 1000, 0.01), 0.03745311160824717);
  expect_close(noncentral_t_cdf(1.9, 30, 2.8), 0.1868204169018231);
}

TEST(Golden, NonsenseIsNanNotAnException) {
  EXPECT_TRUE(std::isnan(t_cdf(1, 0)));
  EXPECT_TRUE(std::isnan(normal_quantile(1.5)));
  EXPECT_TRUE(std::isnan(beta_quantile(2, 1, 1)));
  EXPECT_EQ(normal_quantile(0), -INFINITY);
}

TEST(Golden, Rates) {  // binomtest(7, 50) and (0, 30).proportion_ci: wilson; beta.ppf
  expect_close(wilson(7, 50).low, 0.06950833427016292);
  expect_close(wilson(7, 50).high, 0.26186193710585537);
  expect_close(clopper_pearson(7, 50).low, 0.05819170034037209);
  expect_close(clopper_pearson(7, 50).high, 0.2673960024970084);
  EXPECT_EQ(wilson(0, 30).low, 0);
  expect_close(wilson(0, 30).high, 0.11351339317396875);
  expect_close(clopper_pearson(0, 30).high, 0.11570330822202778);
  EXPECT_EQ(wilson(30, 30).high, 1);
}

TEST(Golden, PairedTests) {
  const TestResult t = paired_t(kDifferences);  // ttest_1samp(d, 0)
  expect_close(t.statistic, 1.810203099767219);
  expect_close(t.p, 0.10370147037896031);
  const TestResult w = wilcoxon(kDifferences);  // wilcoxon(d, method="exact")
  EXPECT_TRUE(w.exact);
  EXPECT_EQ(w.statistic, 12);
  expect_close(w.p, 0.130859375);
  const std::vector<double> tied{1, 1, -1, 2, 0, 3, -2, 1, 4, 1, 1, -1, 2, 2, -3, 1};
  const TestResult approximate = wilcoxon(tied);  // correction=False, method="approx"
  EXPECT_FALSE(approximate.exact);
  EXPECT_EQ(approximate.statistic, 33);
  expect_close(approximate.p, 0.1178786225637427);
  const TestResult all = randomisation(kDifferences);  // permutation_test, all 1024 patterns
  EXPECT_TRUE(all.exact);
  expect_close(all.p, 0.109375);
  expect_close(mcnemar_exact(9, 25).p, 0.00904118549078703);  // binomtest(9, 34)
  const std::vector<double> a{12.1, 14.3, 9.8, 11.0, 13.7};
  const std::vector<double> b{10.2, 9.9, 12.5, 8.8, 9.1, 10.0};
  const TestResult welch = welch_t(a, b);  // ttest_ind(a, b, equal_var=False)
  expect_close(welch.statistic, 2.121190333552426);
  expect_close(welch.p, 0.07157353927228616);
  expect_close(welch.df, 7.003926348442295);
}

TEST(Golden, SimulatedRandomisationIsNearTheExactOne) {
  RandomisationOptions simulated;
  simulated.exact_up_to = 0;
  simulated.rounds = 40'000;
  const TestResult result = randomisation(kDifferences, simulated);
  EXPECT_FALSE(result.exact);
  EXPECT_NEAR(result.p, 0.109375, 0.007);  // 4.5 standard errors
}

TEST(Golden, Ranks) {
  const std::vector<double> x{1, 2, 2, 4, 5, 5, 7, 8, 9, 3};
  const std::vector<double> y{2, 1, 4, 4, 5, 6, 5, 9, 7, 7};
  expect_close(spearman(x, y).value, 0.7692344105857101);
  expect_close(spearman(x, y).p, 0.009290635637722583, 1e-11);
  expect_close(kendall_tau_b(x, y).value, 0.6118070469355152);
  expect_close(kendall_tau_b(x, y).p, 0.017685056778708953);  // method="asymptotic"
}

TEST(Golden, Multiplicity) {
  const std::vector<double> p{0.01, 0.04, 0.03, 0.005, 0.2};
  const std::vector<double> bh{0.025, 0.05, 0.05, 0.025, 0.2};  // false_discovery_control
  const std::vector<double> by{0.05708333333333333, 0.11416666666666667, 0.11416666666666667,
                               0.05708333333333333, 0.45666666666666667};
  const std::vector<double> by_hand{0.04, 0.09, 0.09, 0.025,
                                    0.2};  // 4, 3, 3 (2 raised), 5, 1 times
  for (std::size_t i = 0; i < p.size(); ++i) {
    expect_close(benjamini_hochberg(p)[i], bh[i]);
    expect_close(benjamini_yekutieli(p)[i], by[i]);
    expect_close(holm(p)[i], by_hand[i]);
  }
}

TEST(Golden, PythonRandom) {  // random.Random(seed)
  PythonRandom random(12345);
  EXPECT_EQ(random.random(), 0.41661987254534116);
  EXPECT_EQ(random.random(), 0.010169169457068361);
  EXPECT_EQ(random.random(), 0.8252065092537432);
  const std::vector<std::size_t> choices{298, 368, 193, 566, 161};
  for (std::size_t want : choices) EXPECT_EQ(random.choice_index(1000), want);
  PythonRandom wide((std::uint64_t{1} << 40) + 7);
  EXPECT_EQ(wide.random(), 0.6137037779936511);
  PythonRandom zero(0);
  EXPECT_EQ(zero.random(), 0.8444218515250481);
}

// evaluation.md 5.7, test 17, and numbers that follow from the definitions in 2.6.
TEST(Golden, PercentilesOfOneToTen) {
  const std::vector<double> values{1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
  expect_close(percentile_linear(values, 0.9), 9.1);
  EXPECT_EQ(percentile_inverted(values, 0.9), 9);
  EXPECT_EQ(percentile_guidellm(values, 0.9), 10);
  EXPECT_EQ(percentile_mlperf(values, 0.9), 10);
}

// evaluation.md 2.6: MLPerf's early stopping at 99 % confidence.
TEST(Golden, QueriesNeeded) {
  EXPECT_EQ(queries_needed(0.99, 0), 459);
  EXPECT_EQ(queries_needed(0.99, 1), 662);
  EXPECT_EQ(queries_needed(0.99, 2), 838);
  EXPECT_EQ(queries_needed(0.99, 5), 1307);
  EXPECT_EQ(queries_needed(0.9, 0), 44);
  EXPECT_EQ(queries_needed(0.9, 1), 64);
  EXPECT_EQ(queries_needed(0.9, 2), 81);
  EXPECT_EQ(queries_needed(0.95, 0), 90);
  EXPECT_EQ(queries_needed(0.95, 1), 130);
  EXPECT_EQ(queries_needed(0.95, 2), 165);
}

// arXiv 2411.00640: omega^2 = 1/9, 3 points at 80 %.
TEST(Golden, ItemsNeeded) {
  EXPECT_EQ(items_needed({}, 0.03), 969);
  // G*Power's paired t test: dz 0.2 at 80 % wants 199, where the normal formula says 197.
  PairedDesign unit;
  unit.between_variance = 1;
  EXPECT_EQ(items_needed(unit, 0.2), 197);
  EXPECT_EQ(items_planned(unit, 0.2), 199);
  EXPECT_GE(paired_t_power(0.2, 199), 0.8);
  EXPECT_LT(paired_t_power(0.2, 198), 0.8);
  EXPECT_NEAR(detectable_effect({}, 969), 0.03, 2e-5);
}

// Krippendorff's "Computing Krippendorff's Alpha-Reliability" (2011), example C: 12 items, 4
// observers, missing values: nominal .743, ordinal .815, interval .849.
TEST(Golden, KrippendorffsExample) {
  const auto none = std::optional<double>();
  const std::vector<std::vector<std::optional<double>>> ratings{
      {1, 1, none, 1}, {2, 2, 3, 2},    {3, 3, 3, 3},       {3, 3, 3, 3},
      {2, 2, 2, 2},    {1, 2, 3, 4},    {4, 4, 4, 4},       {1, 1, 2, 1},
      {2, 2, 2, 2},    {none, 5, 5, 5}, {none, none, 1, 1}, {none, none, 3, none}};
  EXPECT_NEAR(krippendorff_alpha(ratings), 0.743, 5e-4);
  EXPECT_NEAR(krippendorff_alpha(ratings, Level::kOrdinal), 0.815, 5e-4);
  EXPECT_NEAR(krippendorff_alpha(ratings, Level::kInterval), 0.849, 5e-4);
}

TEST(Golden, PassAtK) {
  expect_close(*pass_at_k(10, 3, 5), 1 - 21.0 / 252);  // C(7,5) / C(10,5)
  EXPECT_EQ(*pass_at_k(5, 3, 3), 1);
  EXPECT_FALSE(pass_at_k(4, 2, 5));
  expect_close(*pass_hat_k(8, 6, 4), 15.0 / 70);
  EXPECT_EQ(*pass_hat_k(8, 3, 4), 0);
  EXPECT_FALSE(pass_hat_k(3, 3, 4));
}

}  // namespace
}  // namespace interposer::stats
