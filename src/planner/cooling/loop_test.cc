#include "planner/cooling/loop.h"

#include <gtest/gtest.h>

#include "planner/sheet/draws.h"

namespace interposer::planner {
namespace {

Coolant fluid(const char* id) {
  const Catalogue& catalogue = **Catalogue::builtin();
  const Card* card = catalogue.find("cooling", id);
  return {MassDensity(*central(card->field("fluid_density"))),
          SpecificHeat(*central(card->field("specific_heat")))};
}

double litres_a_minute(CubicMetresPerSecond flow) { return flow.base() * 60000; }

// Sharp test 12.
TEST(Cooling, Sharp12Flow) {
  const Watts rack = 120 * kKilowatt;
  const auto water = coolant_flow(rack, fluid("water"), Kelvins(10));
  ASSERT_TRUE(water);
  EXPECT_NEAR(litres_a_minute(*water), 173, 0.5);
  EXPECT_NEAR(litres_a_minute(*water) / 120, 1.44, 0.005);
  const auto glycol = coolant_flow(rack, fluid("pg25"), Kelvins(10));
  ASSERT_TRUE(glycol);
  EXPECT_NEAR(litres_a_minute(*glycol), 181, 2);
  EXPECT_NEAR(litres_a_minute(*glycol) / 120, 1.51, 0.005);
  EXPECT_FALSE(coolant_flow(rack, fluid("water"), Kelvins(0)));
  EXPECT_FALSE(coolant_flow(rack, fluid("water"), Kelvins(-5)));
}

TEST(Cooling, PumpsFollowTheCube) {
  const Watts design = pump_power(CubicMetresPerSecond(0.01), Pascals(150000), 0.6);
  EXPECT_DOUBLE_EQ(design.base(), 2500);
  EXPECT_DOUBLE_EQ(pump_power_at(design, 2).base(), 8 * 2500);
  EXPECT_DOUBLE_EQ(pump_power_at(design, 0).base(), 0);
}

TEST(Cooling, OneUnitMoreThanItTakes) {
  EXPECT_EQ(coolant_units(900 * kKilowatt, 300 * kKilowatt), 4);
  EXPECT_EQ(coolant_units(901 * kKilowatt, 300 * kKilowatt), 5);
  EXPECT_EQ(coolant_units(Watts(0), 300 * kKilowatt), 0);
}

TEST(Cooling, MoreHeatMoreFlowLessRiseMoreFlow) {
  double before = 0;
  for (double kw = 10; kw < 500; kw += 10) {
    const auto flow = coolant_flow(kw * kKilowatt, fluid("pg25"), Kelvins(8));
    EXPECT_GT(flow->base(), before);
    before = flow->base();
    EXPECT_GT(flow->base(), coolant_flow(kw * kKilowatt, fluid("pg25"), Kelvins(9))->base());
  }
}

}  // namespace
}  // namespace interposer::planner
