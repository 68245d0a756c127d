#include "planner/units/unit.h"

#include <gtest/gtest.h>

#include <type_traits>

namespace interposer::planner {
namespace {

TEST(Unit, ReadsWhatPeopleWrite) {
  struct Case {
    const char* text;
    double scale;
    Dimension dimension;
  };
  const Case cases[] = {
      {"GB", 1e9, Bytes::kDimension},
      {"GiB", 1073741824.0, Bytes::kDimension},
      {"Gb/s", 0.125e9, BytesPerSecond::kDimension},
      {"TFLOPS", 1e12, FlopsPerSecond::kDimension},
      {"TOPS", 1e12, FlopsPerSecond::kDimension},
      {"kWh", 3.6e6, Joules::kDimension},
      {"MVA", 1e6, Watts::kDimension},
      {"$/kWh", 1 / 3.6e6, DollarsPerJoule::kDimension},
      {"$/h", 1 / 3600.0, DollarsPerSecond::kDimension},
      {"L/min/kW", 1e-3 / 60 / 1e3, CubicMetresPerJoule::kDimension},
      {"gCO2e/kWh", 1e-3 / 3.6e6, Co2PerJoule::kDimension},
      {"1/cm^2", 1e4, PerSquareMetre::kDimension},
      {"kWh/cm^2", 3.6e10, JoulesPerSquareMetre::kDimension},
      {"kJ/kg/K", 1e3, SpecificHeat::kDimension},
      {"$/kW/month", 1 / (1e3 * 2629800.0), DollarsPerJoule::kDimension},
      {"mm^2", 1e-6, SquareMetres::kDimension},
      {"%", 0.01, {}},
      {"month", 2629800, Seconds::kDimension},
      {"$/Mtoken", 1e-6, DollarsPerToken::kDimension},
      {"pJ/bit", 1e-12 / 0.125, JoulesPerByte::kDimension},
  };
  for (const Case& one : cases) {
    auto unit = parse_unit(one.text);
    ASSERT_TRUE(unit) << one.text << ": " << unit.error().to_string();
    EXPECT_NEAR(unit->scale / one.scale, 1, 1e-12) << one.text;
    EXPECT_TRUE(unit->dimension == one.dimension) << one.text;
  }
}

TEST(Unit, RefusesWhatIsNoUnit) {
  for (const char* text : {"", "GBps", "kJ//K", "m^9", "GB^x", "/s", "KW", "Mi", "apples"}) {
    EXPECT_FALSE(parse_unit(text).ok()) << text;
  }
}

// Sharp test 9, last part: GB for GiB is seen in the number, GB/s for GB in the type.
TEST(Unit, Sharp9UnitChangeIsCaught) {
  EXPECT_NE(*parse_quantity("80 GB", Bytes::kDimension),
            *parse_quantity("80 GiB", Bytes::kDimension));
  auto wrong = parse_quantity("80 GB/s", Bytes::kDimension);
  ASSERT_FALSE(wrong);
  EXPECT_NE(wrong.error().message.find("byte/second"), std::string::npos);
  static_assert(!std::is_convertible_v<BytesPerSecond, Bytes>);
  static_assert(std::is_same_v<decltype(Bytes{} / BytesPerSecond{}), Seconds>);
  static_assert(std::is_same_v<decltype(Watts{} * Seconds{}), Joules>);
}

TEST(Unit, QuantitiesOfTheCommandLine) {
  EXPECT_DOUBLE_EQ(*parse_quantity("2MW", Watts::kDimension), 2e6);
  EXPECT_DOUBLE_EQ(*parse_quantity("20/s", PerSecond::kDimension), 20);
  EXPECT_DOUBLE_EQ(*parse_quantity(" 0.5 ", Dimension{}), 0.5);
  EXPECT_FALSE(parse_quantity("2", Watts::kDimension).ok());
  EXPECT_FALSE(parse_quantity("MW", Watts::kDimension).ok());
  EXPECT_FALSE(parse_quantity("inf MW", Watts::kDimension).ok());
}

TEST(Unit, NumbersForPeople) {
  EXPECT_EQ(format_number(1234567), "1,235,000");
  EXPECT_EQ(format_number(-45678), "-45,680");
  EXPECT_EQ(format_number(0.12345), "0.1235");
  EXPECT_EQ(format_number(0), "0");
  EXPECT_EQ(format_in(2e6, readable_unit(Watts::kDimension, 2e6)), "2 MW");
  EXPECT_EQ(format_in(0.08 / 3.6e6, readable_unit(DollarsPerJoule::kDimension, 1e-8)), "$0.08/kWh");
  EXPECT_EQ(format_in(14 * 86400.0, readable_unit(Seconds::kDimension, 14 * 86400.0)), "14 day");
  EXPECT_EQ(format_in(0.05, readable_unit(Seconds::kDimension, 0.05)), "50 ms");
  EXPECT_EQ(format_in(1e3, readable_unit(PerSquareMetre::kDimension, 1e3)), "0.1 1/cm^2");
  EXPECT_EQ(dimension_text(SpecificHeat::kDimension), "joule/kelvin/kg");
}

}  // namespace
}  // namespace interposer::planner
