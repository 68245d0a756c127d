#include <gtest/gtest.h>

#include "planner/grid/profile.h"
#include "planner/grid/site.h"

namespace interposer::planner {
namespace {

// Sharp test 13, second half.
TEST(Grid, Sharp13TransformersDecideTheDate) {
  const Catalogue& catalogue = **Catalogue::builtin();
  SiteOptions options;
  options.it = 1000 * kMegawatt;
  options.site = "us";  // no interconnection claim: transformers are what is waited for
  options.transformer = 300 * kMegawatt;
  Sheet sheet;
  ASSERT_TRUE(add_site(catalogue, options, &sheet));
  const auto share = [&](const char* name) { return sheet.range(sheet.find(name)).p50; };
  EXPECT_GT(share("site.lead_transformer.is_last") + share("site.lead_power_transformer.is_last"),
            0.95);
  EXPECT_LT(share("site.lead_boards.is_last"), 0.05);
  const Range first = sheet.range(sheet.find("site.first_watt"));
  EXPECT_GT(first.p50, 2.5 * kYear.base());
  EXPECT_LT(first.p95, 6 * kYear.base());
  EXPECT_FALSE(sheet.number(sheet.find("site.lead_interconnect")).blank.empty());
}

TEST(Grid, AQueueThatIsKnownCounts) {
  SiteOptions options;
  options.it = 100 * kMegawatt;
  options.site = "us_pjm";
  Sheet sheet;
  ASSERT_TRUE(add_site(**Catalogue::builtin(), options, &sheet));
  EXPECT_GT(sheet.range(sheet.find("site.first_watt")).p50, 5 * kYear.base());
  options.site = "us_pjn";
  Sheet none;
  const Status unknown = add_site(**Catalogue::builtin(), options, &none);
  ASSERT_FALSE(unknown);
  EXPECT_NE(unknown.error().remedy.find("us_pjm"), std::string::npos);
}

TEST(Grid, SubstationArithmetic) {
  SiteOptions options;
  options.it = 100 * kMegawatt;
  options.site = "us";
  options.pue = 1.2;
  options.power_factor = 0.96;
  options.utilisation = 0.8;
  options.transformer = 60 * kMegawatt;
  Sheet sheet;
  ASSERT_TRUE(add_site(**Catalogue::builtin(), options, &sheet));
  // 120 MW / (0.96 * 0.8) = 156.25 MVA; 3 of 60 MVA and a spare.
  EXPECT_NEAR(sheet.range(sheet.find("site.substation")).p50, 156.25e6, 1);
  EXPECT_EQ(sheet.range(sheet.find("site.transformers")).p50, 4);
}

TEST(Hours, WeightsByLoad) {
  auto hours = parse_hours(
      "# a short day\nhour,load,gco2e_per_kwh,usd_per_kwh\n0,1,400,0.05\n1,3,200,0.09\n",
      "day.csv");
  ASSERT_TRUE(hours) << hours.error().to_string();
  EXPECT_NEAR(hours->carbon->base() * 3.6e6 * 1e3, 250, 1e-9);  // (400 + 3 * 200) / 4
  EXPECT_NEAR(hours->tariff->base() * 3.6e6, 0.08, 1e-12);      // (0.05 + 3 * 0.09) / 4
  EXPECT_NEAR(*hours->peak_over_mean, 1.5, 1e-12);
  auto flat = parse_hours("hour\n0\n1\n2\n", "flat.csv");
  ASSERT_TRUE(flat);
  EXPECT_FALSE(flat->carbon);
}

TEST(Hours, ErrorsNameFileAndLine) {
  const std::pair<const char*, const char*> cases[] = {
      {"hour,load\n0,1\n2,1\n", "day.csv:3"},
      {"hour,load\n0,-1\n", "day.csv:2"},
      {"hour,load\n0\n", "day.csv:2"},
      {"hour,lod\n0,1\n", "day.csv:1"},
      {"load\n1\n", "day.csv:1"},
      {"hour,load\n0,x\n", "day.csv:2"},
      {"hour,load\n0,0\n", "day.csv"},
      {"", "day.csv"},
      {"hour,hour\n0,0\n", "day.csv:1"},
  };
  for (const auto& [text, where] : cases) {
    auto bad = parse_hours(text, "day.csv");
    ASSERT_FALSE(bad) << text;
    EXPECT_NE(bad.error().message.find(where), std::string::npos) << bad.error().message;
  }
}

}  // namespace
}  // namespace interposer::planner
