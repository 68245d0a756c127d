#include <gtest/gtest.h>

#include "planner/silicon/package_cost.h"
#include "planner/silicon/wafer.h"

namespace interposer::planner {
namespace {

const PerSquareMetre kTenth{0.10 * 1e4};  // 0.10 a square centimetre

const Catalogue& builtin() {
  static const Catalogue* catalogue = *Catalogue::builtin();
  return *catalogue;
}

// Sharp test 11.
TEST(Silicon, Sharp11GrossDiesAndYields) {
  const SquareMetres h100 = 814 * kSquareMillimetre;
  EXPECT_NEAR(gross_dies(h100, {}), 59.5, 0.05);
  EXPECT_NEAR(die_yield(YieldModel::kPoisson, h100, kTenth), 0.443, 0.0005);
  EXPECT_NEAR(die_yield(YieldModel::kMurphy, h100, kTenth), 0.468, 0.0005);
  EXPECT_NEAR(die_yield(YieldModel::kNegativeBinomial, h100, kTenth, 3), 0.487, 0.0005);
  EXPECT_NEAR(die_yield(YieldModel::kSeeds, h100, kTenth), 0.551, 0.0005);
}

TEST(Silicon, Sharp11AWaferWithoutRedundancyIsRefused) {
  Sheet sheet;
  const Card* wse = builtin().find("boards", "cerebras_wse3");
  const Status refused = add_package_cost(builtin(), *wse, {}, &sheet);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("without redundancy"), std::string::npos);
  EXPECT_NE(refused.error().remedy.find("--tolerated-defects"), std::string::npos);
  Sheet spared;
  SiliconOptions options;
  options.tolerated = 100;  // it meets about 46
  ASSERT_TRUE(add_package_cost(builtin(), *wse, options, &spared));
  EXPECT_GT(spared.range(spared.find("silicon.yield")).p50, 0.99);
}

TEST(Silicon, Sharp11CostOfAB200OverlapsTheAnchor) {
  Sheet sheet;
  ASSERT_TRUE(add_package_cost(builtin(), *builtin().find("boards", "b200_sxm"), {}, &sheet));
  const Range cost = sheet.range(sheet.find("silicon.cost"));
  EXPECT_LT(cost.p5, 7300);  // Epoch's range is 5,700 to 7,300
  EXPECT_GT(cost.p95, 5700);
  EXPECT_GT(cost.p50, 4500);
  EXPECT_LT(cost.p50, 8000);
  EXPECT_FALSE(sheet.drivers(sheet.find("silicon.cost")).empty());
}

TEST(Silicon, MoreAreaOrDefectsNeverYieldMore) {
  for (const auto model : {YieldModel::kPoisson, YieldModel::kMurphy, YieldModel::kNegativeBinomial,
                           YieldModel::kSeeds}) {
    double before = 1;
    for (double mm2 = 10; mm2 < 1000; mm2 += 10) {
      const double y = die_yield(model, mm2 * kSquareMillimetre, kTenth);
      EXPECT_LT(y, before);
      before = y;
      EXPECT_LE(die_yield(model, mm2 * kSquareMillimetre, 2 * kTenth), y);
    }
  }
}

TEST(Silicon, SparesAreThePoissonSum) {
  const SquareMetres area = 46225 * kSquareMillimetre;
  EXPECT_NEAR(
      die_yield_with_spares(area, kTenth, 0) / die_yield(YieldModel::kPoisson, area, kTenth), 1,
      1e-9);
  double before = 0;
  for (std::int64_t k = 0; k < 100; ++k) {
    const double y = die_yield_with_spares(area, kTenth, k);
    EXPECT_GE(y, before);
    before = y;
  }
  EXPECT_NEAR(die_yield_with_spares(area, kTenth, 46), 0.5, 0.06);  // the median is near the mean
  EXPECT_DOUBLE_EQ(die_yield_with_spares(area, PerSquareMetre(0), 0), 1);
  EXPECT_DOUBLE_EQ(harvested_yield(0.4, 0.5), 0.7);
}

TEST(Silicon, DiesThatDoNotFit) {
  EXPECT_EQ(gross_dies(100000 * kSquareMillimetre, {}), 0);
  EXPECT_EQ(gross_dies(SquareMetres(0), {}), 0);
  EXPECT_EQ(gross_dies(40000 * kSquareMillimetre, {}), 1);
  SiliconOptions options;
  options.area = 100000 * kSquareMillimetre;
  Sheet sheet;
  const Status refused =
      add_package_cost(builtin(), *builtin().find("boards", "b200_sxm"), options, &sheet);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("does not fit"), std::string::npos);
}

// Sharp test 9: a wafer at twice the price makes the die cost exactly twice as much.
TEST(Silicon, Sharp9TwiceThePriceTwiceTheCost) {
  Catalogue dear = builtin();
  for (Card& card : dear.mutable_cards()) {
    if (card.path() != "foundries/n4") continue;
    for (Field& field : card.fields) {
      if (field.name != "wafer_price") continue;
      for (Claim& claim : field.claims) claim.low *= 2, claim.high *= 2;
    }
  }
  Sheet one, two;
  ASSERT_TRUE(add_package_cost(builtin(), *builtin().find("boards", "b200_sxm"), {}, &one));
  ASSERT_TRUE(add_package_cost(dear, *dear.find("boards", "b200_sxm"), {}, &two));
  const Number& a = one.number(one.find("silicon.logic_cost"));
  const Number& b = two.number(two.find("silicon.logic_cost"));
  for (std::size_t d = 0; d < one.size(); ++d) EXPECT_DOUBLE_EQ(b.at(d), 2 * a.at(d));
}

}  // namespace
}  // namespace interposer::planner
