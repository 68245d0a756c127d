#include "planner/sheet/sheet.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <future>

#include "planner/sheet/explain.h"

namespace interposer::planner {
namespace {

constexpr std::string_view kSources = "sources:\n  lab: {title: \"Lab\", publisher: \"us\"}\n";

std::string claim(const std::string& value, char grade, const std::string& more = "") {
  return "          - {value: " + value + more +
         ", source: lab, date: 2026, locator: \"page 3\", kind: press, confidence: " + grade +
         "}\n";
}

Catalogue board(const std::string& field, const std::string& claims,
                const std::string& results = "") {
  const std::string text = "cards:\n  b:\n    title: B\n    fields:\n      " + field +
                           ":\n        why: \"as given\"\n        claims:\n" + claims + results;
  const TextFile files[] = {{"sources/s.yaml", kSources}, {"boards/b.yaml", text}};
  auto made = Catalogue::parse(files);
  EXPECT_TRUE(made) << made.error().to_string();
  return made ? *std::move(made) : Catalogue();
}

TEST(Draws, ADatasheetStandsAsItIsWritten) {
  const Catalogue c = board("power", claim("700, unit: W", 'A'));
  for (const double value : draw_field(*c.field("boards/b/power"), 100, 1)) {
    EXPECT_DOUBLE_EQ(value, 700);
  }
}

TEST(Draws, WorseGradesAreWider) {
  double before = 0;
  for (const char grade : {'A', 'B', 'C', 'D'}) {
    const Catalogue c = board("power", claim("700, unit: W", grade));
    const Range r = range_of(draw_field(*c.field("boards/b/power"), 2000, 1));
    EXPECT_NEAR(r.p50, 700, 2);
    EXPECT_GE(r.p95 - r.p5, before);
    before = r.p95 - r.p5;
    // Log-normal: p95 = median * exp(1.645 sd).
    const double sd = grade == 'A'   ? 0
                      : grade == 'B' ? kSpreadB
                      : grade == 'C' ? kSpreadC
                                     : kSpreadD;
    EXPECT_NEAR(r.p95, 700 * std::exp(1.645 * sd), 700 * 0.02);
  }
}

TEST(Draws, ContestedClaimsAreEquallyLikely) {
  const Catalogue c = board("memory", claim("180, unit: GB", 'A') + claim("192, unit: GB", 'A'));
  const auto draws = draw_field(*c.field("boards/b/memory"), 2000, 1);
  const auto low = std::count(draws.begin(), draws.end(), 180e9);
  EXPECT_EQ(low, 1000);
  EXPECT_EQ(std::count(draws.begin(), draws.end(), 192e9), 1000);
}

TEST(Draws, DensitiesOfPeaks) {
  const Catalogue sparse = board("fp8", claim("4, unit: PFLOPS, density: sparse", 'A'));
  EXPECT_DOUBLE_EQ(*central(sparse.field("boards/b/fp8")), 2e15);
  const Catalogue open = board("fp8", claim("4, unit: PFLOPS, density: unstated", 'A'));
  const Range r = range_of(draw_field(*open.field("boards/b/fp8"), 2000, 1));
  EXPECT_NEAR(r.p5, 2.1e15, 0.01e15);
  EXPECT_NEAR(r.p95, 3.9e15, 0.01e15);
}

TEST(Draws, SharesStayShares) {
  const std::string text =
      "cards:\n  h:\n    title: H\n    fields:\n      share:\n        why: x\n        claims:\n" +
      claim("95, unit: \"%\"", 'D');
  const TextFile files[] = {{"sources/s.yaml", kSources}, {"hbm/h.yaml", text}};
  auto made = Catalogue::parse(files);
  ASSERT_TRUE(made) << made.error().to_string();
  for (const double v : draw_field(*made->field("hbm/h/share"), 2000, 1)) {
    EXPECT_LE(v, 1);
    EXPECT_GE(v, 0);
  }
}

// Found on the first run of the whole verb: a PUE of grade C went down to 0.9.
TEST(Draws, APueNeverFallsBelowOne) {
  for (const Card* card : (*Catalogue::builtin())->cards("cooling")) {
    const Field* pue = card->field("pue");
    if (pue == nullptr) continue;
    for (const double value : draw_field(*pue, 2000, 1)) EXPECT_GT(value, 1) << card->id;
  }
}

TEST(Draws, AShareNearOneSpreadsByWhatIsLeft) {
  const Field* ups = (*Catalogue::builtin())->field("power/electrical/ups_efficiency");
  ASSERT_NE(ups, nullptr);
  const Range r = range_of(draw_field(*ups, 2000, 1));  // 96 to 97 %, grade B
  EXPECT_GT(r.p5, 0.95);
  EXPECT_LT(r.p95, 0.975);
}

TEST(Draws, SameSeedSameBitsInAnyThread) {
  const Catalogue c = board("power", claim("[600, 800], unit: W", 'C'));
  const Field& field = *c.field("boards/b/power");
  const auto here = draw_field(field, 2000, 7);
  std::vector<std::future<std::vector<double>>> there;
  for (int i = 0; i < 4; ++i) {
    there.push_back(std::async(std::launch::async, [&] { return draw_field(field, 2000, 7); }));
  }
  for (auto& one : there) EXPECT_EQ(one.get(), here);
  EXPECT_NE(draw_field(field, 2000, 8), here);
}

TEST(Sheet, FormulasAreTypedAndDrawByDraw) {
  const Catalogue c = board("power", claim("[600, 800], unit: W", 'A'));
  Sheet sheet(500);
  const auto power = sheet.claimed<Watts>("p", c.field("boards/b/power"), "boards/b/power");
  const auto hours = sheet.given("t", "time", 10 * kHour);
  const auto energy =
      sheet.formula("e", "energy", "p * t", [](Watts p, Seconds t) { return p * t; }, power, hours);
  static_assert(std::is_same_v<decltype(energy), const Cell<Joules>>);
  for (std::size_t d = 0; d < 500; ++d) {
    EXPECT_DOUBLE_EQ(sheet[energy].at(d), sheet[power].at(d) * 36000);
  }
  const auto drivers = sheet.drivers(energy.index);
  ASSERT_EQ(drivers.size(), 1u);
  EXPECT_EQ(drivers[0].index, power.index);
  EXPECT_NEAR(drivers[0].share, 1, 1e-9);
}

// Sharp test 14, second half: what has no claim goes blank, and so does all that needs it.
TEST(Sheet, Sharp14BlankSpreadsAndSaysWhy) {
  Sheet sheet(100);
  const auto price = sheet.claimed<Dollars>("price", nullptr, "boards/b/price");
  const auto boards = sheet.given("n", "boards", Ratio(8.0));
  const auto capex = sheet.formula(
      "capex", "capex", "n * price", [](Ratio n, Dollars p) { return p * n.base(); }, boards,
      price);
  EXPECT_EQ(sheet[capex].blank, "no claim for boards/b/price");
  EXPECT_TRUE(sheet[capex].draws.empty());
  const auto rows = table_rows(sheet);
  EXPECT_EQ(rows.back()[3], "blank");
}

TEST(Sheet, Sharp14DeletingASourceWidensOrBlanks) {
  const Catalogue both = board("power", claim("690, unit: W", 'B') + claim("710, unit: W", 'D'));
  const Catalogue worse = board("power", claim("710, unit: W", 'D'));
  const Range before = range_of(draw_field(*both.field("boards/b/power"), 2000, 1));
  const Range after = range_of(draw_field(*worse.field("boards/b/power"), 2000, 1));
  EXPECT_GT(after.p95 - after.p5, before.p95 - before.p5);
}

TEST(Sheet, DivisionByNothingIsBlank) {
  Sheet sheet(10);
  const auto zero = sheet.given("zero", "", Ratio(0.0));
  const auto one = sheet.given("one", "", Ratio(1.0));
  const auto bad =
      sheet.formula("bad", "", "one / zero", [](Ratio a, Ratio b) { return a / b; }, one, zero);
  EXPECT_NE(sheet[bad].blank.find("no value"), std::string::npos);
}

TEST(Explain, WalksToClaimsAndFormulas) {
  const Catalogue c = board("power", claim("[600, 800], unit: W", 'C'));
  Sheet sheet(500);
  const auto power = sheet.claimed<Watts>("hall.p", c.field("boards/b/power"), "boards/b/power");
  sheet.formula("hall.twice", "two of them", "2 p", [](Watts p) { return 2 * p; }, power);
  const auto text = explain_text(sheet, c, "hall.twice");
  ASSERT_TRUE(text);
  for (const char* part :
       {"2 p", "600 to 800 W", "Lab (us), 2026, page 3", "[press, C]", "hall.p"}) {
    EXPECT_NE(text->find(part), std::string::npos) << part << "\n" << *text;
  }
  auto none = explain_text(sheet, c, "hall.twic");
  ASSERT_FALSE(none);
  EXPECT_NE(none.error().remedy.find("hall.twice"), std::string::npos);
  EXPECT_TRUE(explain_field(c, "boards/b/power"));
  EXPECT_FALSE(explain_field(c, "boards/b/memory"));
  EXPECT_FALSE(explain_field(c, "power"));
}

// Published results are shown and never drawn from: shuffled or deleted, the sheet stays as it is.
TEST(Sheet, ResultsAreNeverAnInput) {
  const std::string results =
      "    results:\n      mlperf:\n        - {value: 100, unit: token/s, source: lab, date: 2026, "
      "locator: \"row 1\", kind: measured, confidence: A}\n";
  const Catalogue with = board("power", claim("700, unit: W", 'C'), results);
  const Catalogue without = board("power", claim("700, unit: W", 'C'));
  ASSERT_EQ(with.find("boards", "b")->results.size(), 1u);
  EXPECT_EQ(with.field("boards/b/mlperf"), nullptr);
  EXPECT_EQ(draw_field(*with.field("boards/b/power"), 2000, 1),
            draw_field(*without.field("boards/b/power"), 2000, 1));
}

}  // namespace
}  // namespace interposer::planner
