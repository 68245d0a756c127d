#include "planner/power/chain.h"

#include <gtest/gtest.h>

#include <cmath>

namespace interposer::planner {
namespace {

TEST(Power, RedundancySetsModulesAside) {
  const Watts each = 400 * kKilowatt;
  EXPECT_EQ(ups_capacity(5, each, Redundancy::kN), 2000 * kKilowatt);
  EXPECT_EQ(ups_capacity(5, each, Redundancy::kNPlus1), 1600 * kKilowatt);
  EXPECT_EQ(ups_capacity(5, each, Redundancy::k2N), 800 * kKilowatt);
  EXPECT_EQ(ups_capacity(0, each, Redundancy::kNPlus1), Watts(0));
}

TEST(Power, ModulesToBuyCarryTheLoad) {
  const Watts each = 400 * kKilowatt;
  for (const auto r : {Redundancy::kN, Redundancy::kNPlus1, Redundancy::k2N}) {
    for (double kw = 1; kw < 5000; kw += 37) {
      const double n = ups_modules(kw * kKilowatt, each, r);
      EXPECT_GE(ups_capacity(n, each, r).base(), kw * 1e3);
      EXPECT_LT(ups_capacity(n - (r == Redundancy::k2N ? 2 : 1), each, r).base(), kw * 1e3);
    }
  }
  EXPECT_TRUE(parse_redundancy("2N"));
  EXPECT_FALSE(parse_redundancy("3N"));
}

TEST(Power, PueAtPartLoad) {
  EXPECT_DOUBLE_EQ(pue_at(1.25, 0.4, 1), 1.25);
  EXPECT_NEAR(pue_at(1.25, 0.4, 0.6), 1 + 0.25 * (0.4 / 0.6 + 0.6), 1e-12);
  EXPECT_DOUBLE_EQ(pue_at(1.25, 0, 0.1), 1.25);  // all of it follows the load
  EXPECT_DOUBLE_EQ(pue_at(1.25, 1, 0.5), 1.5);   // none of it does
}

TEST(Power, BoardsStayUnderTheirLimit) {
  // H100 of the ML.ENERGY fit: 458 W + 61 W for each 100 TFLOP/s; 300 TFLOP/s -> 641 W.
  EXPECT_DOUBLE_EQ(board_power(Watts(458), Watts(183), Watts(0), Watts(700)).base(), 641);
  EXPECT_DOUBLE_EQ(board_power(Watts(458), Watts(610), Watts(0), Watts(700)).base(), 700);
}

TEST(Power, SparesAreAPoissonQuantile) {
  // 6.4 failures during a repair: P(<= 10) = 0.939, P(<= 11) = 0.968.
  EXPECT_EQ(spares_for(640, PerSecond(0.1 / kYear.base()), 0.1 * kYear, 0.05), 11);
  EXPECT_EQ(spares_for(0, PerSecond(1), Seconds(1), 0.05), 0);
  double before = 0;
  for (double boards = 100; boards < 2e5; boards *= 1.5) {
    const double n = spares_for(boards, PerSecond(0.1 / kYear.base()), 14 * kDay, 0.05);
    EXPECT_GE(n, before);
    before = n;
  }
}

}  // namespace
}  // namespace interposer::planner
