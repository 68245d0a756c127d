#include "planner/money/cost.h"

#include <gtest/gtest.h>

#include <cmath>

#include "planner/sheet/draws.h"

namespace interposer::planner {
namespace {

double value(const char* field) {
  return *central((*Catalogue::builtin())->field(std::string("prices/epoch_1gw/") + field));
}

double tco(Seconds life) {  // billions of dollars a year
  const PerSecond rate(value("cost_of_capital"));
  const DollarsPerSecond all =
      annuity(Dollars(value("capex_it")), rate, life) +
      annuity(Dollars(value("capex_facility")), rate, Seconds(value("life_facility"))) +
      DollarsPerSecond(value("staff"));
  return all.base() * kYear.base() / 1e9;
}

// Sharp test 13, first half: Epoch's gigawatt.
TEST(Money, Sharp13OneGigawatt) {
  EXPECT_NEAR(value("capex_it") + value("capex_facility"), value("capex"), 1);
  EXPECT_NEAR(value("capex") / 1e9, 38, 1e-9);
  EXPECT_NEAR(tco(Seconds(value("life_it"))), 8.5, 0.05 * 8.5);
  EXPECT_NEAR(tco(3 * kYear), 12, 0.05 * 12);
  EXPECT_NEAR(tco(7 * kYear), 7, 0.05 * 7);
}

TEST(Money, Annuities) {
  const PerSecond eight(0.08 / kYear.base());
  EXPECT_NEAR(annuity_by_year(eight, 5 * kYear), 0.250456, 1e-6);
  EXPECT_NEAR(annuity_by_year(PerSecond(0), 5 * kYear), 0.2, 1e-12);
  EXPECT_NEAR(annuity_by_year(PerSecond(1e-12 / kYear.base()), 4 * kYear), 0.25, 1e-9);
}

// Sharp test 9: twice the price is exactly twice the cost.
TEST(Money, Sharp9TwiceThePriceIsTwiceTheCost) {
  const PerSecond rate(0.07 / kYear.base());
  EXPECT_DOUBLE_EQ(annuity(Dollars(2e6), rate, 5 * kYear).base(),
                   2 * annuity(Dollars(1e6), rate, 5 * kYear).base());
}

TEST(Money, RentToBurst) {
  const DollarsPerSecond own(1), rent(2);
  // Half of all hours is where owning pays. Load from 100 down to 0: own what works longer: 50.
  EXPECT_NEAR(best_base(100, 50, own, rent), 50, 1e-9);
  // 50 owned, above them a triangle of height 50 and base 1/2: 12.5 rented on average.
  EXPECT_NEAR(rent_to_burst(50, 100, 50, own, rent).base(), 50 + 2 * 12.5, 1e-9);
  EXPECT_EQ(best_base(100, 50, DollarsPerSecond(3), rent), 0);  // owning never pays
  EXPECT_EQ(best_base(100, 10, own, rent), 0);                  // used a fifth of the time
}

TEST(Money, NoOtherBaseIsCheaper) {
  for (const double mean : {10.0, 30.0, 50.0, 70.0, 95.0}) {
    for (const double price : {0.2, 0.5, 0.9, 1.3}) {
      const DollarsPerSecond own(price), rent(1);
      const double best =
          rent_to_burst(best_base(100, mean, own, rent), 100, mean, own, rent).base();
      for (double base = 0; base <= 100; base += 2.5) {
        EXPECT_GE(rent_to_burst(base, 100, mean, own, rent).base(), best - 1e-9)
            << mean << " " << price << " " << base;
      }
    }
  }
}

}  // namespace
}  // namespace interposer::planner
