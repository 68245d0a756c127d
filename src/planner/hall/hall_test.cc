#include "planner/hall/hall.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <sstream>

#include "planner/hall/quotes.h"
#include "planner/units/unit.h"

namespace interposer::planner {
namespace {

// The files of the guide's worked example over the catalogue: every value exact.
Catalogue example() {
  std::vector<std::string> texts;
  std::vector<TextFile> files;
  const char* names[] = {"hall", "board", "money", "electrical", "cooling", "network"};
  texts.reserve(std::size(names));
  for (const char* name : names) {
    std::ifstream in(std::string(INTERPOSER_SOURCE_DIR "/docs/examples/plan/") + name + ".yaml");
    std::stringstream text;
    text << in.rdbuf();
    texts.push_back(text.str());
    files.push_back({name, texts.back()});
  }
  auto made = Catalogue::with(files);
  EXPECT_TRUE(made) << made.error().to_string();
  return made ? *std::move(made) : Catalogue();
}

HallOptions worked() {
  HallOptions o;
  o.feed = 2 * kMegawatt;
  o.board = "b200_sxm";
  o.site = "example";
  o.redundancy = Redundancy::kNPlus1;
  o.ups_module = 400 * kKilowatt;
  o.ups_count = 5;
  o.rack_power = 40 * kKilowatt;
  o.rack_floor = 0.72 * kSquareMetre;
  o.load = 0.6;
  o.repair = 0.1 * kYear;
  return o;
}

class WorkedExample : public ::testing::Test {
 protected:
  WorkedExample() : catalogue_(example()) {
    const Status filled = add_hall(catalogue_, worked(), &sheet_);
    EXPECT_TRUE(filled) << filled.error().to_string();
  }
  double at(const char* name) {
    const int index = sheet_.find(name);
    EXPECT_GE(index, 0) << name;
    if (index < 0) return 0;
    EXPECT_EQ(sheet_.number(index).blank, "") << name;
    if (!sheet_.number(index).blank.empty()) return 0;
    EXPECT_TRUE(sheet_.number(index).fixed()) << name << " is not exact";
    return sheet_.range(index).p50;
  }
  Catalogue catalogue_;
  Sheet sheet_;
};

// The arithmetic of the guide, step by step.
TEST_F(WorkedExample, PowerOfTheHall) {
  EXPECT_NEAR(at("hall.usable_feed"), 1.6e6, 1);  // 2 MW * 80 %
  EXPECT_NEAR(at("hall.it_by_feed"), 1.28e6, 1);  // 1.6 MW / 1.25
  EXPECT_NEAR(at("hall.it_by_ups"), 1.568e6, 1);  // 4 of 5 modules * 400 kW * 0.98
  EXPECT_NEAR(at("hall.it_power"), 1.28e6, 1);    // the feed is the smaller
  EXPECT_NEAR(at("hall.electrical_loss"), 1 - 0.96 * 0.98, 1e-12);
}

TEST_F(WorkedExample, BoardsAndRacks) {
  EXPECT_EQ(at("hall.boards"), 640);                      // 1,280 kW / 2 kW
  EXPECT_EQ(at("hall.rack_boards"), 16);                  // 40 kW / 16 kW -> 2 servers of 8
  EXPECT_EQ(at("hall.racks"), 40);                        // 640 / 16
  EXPECT_NEAR(at("hall.rack_density"), 32e3, 1);          // 16 * 2 kW
  EXPECT_NEAR(at("hall.floor_load"), 1000 / 0.72, 1e-6);  // 1,389 kg/m^2
  EXPECT_NEAR(at("hall.floor_use"), 1000 / 0.72 / 1500, 1e-9);
  EXPECT_NEAR(at("hall.floor_need"), 28.8, 1e-9);              // 40 * 0.72 m^2
  EXPECT_NEAR(at("hall.provisioned_over_limit"), 2.0, 1e-12);  // 2 kW over 1 kW
}

TEST_F(WorkedExample, PartLoad) {
  EXPECT_NEAR(at("hall.it_mean"), 768e3, 1);           // 1,280 kW * 60 %
  EXPECT_NEAR(at("hall.pue_mean"), 1.316667, 1e-6);    // 1 + 0.25 (0.4 / 0.6 + 0.6)
  EXPECT_NEAR(at("hall.facility_mean"), 1011.2e3, 1);  // 768 kW * 1.316667
  EXPECT_NEAR(at("hall.facility_peak"), 1.6e6, 1);     // 1,280 kW * 1.25
}

TEST_F(WorkedExample, CoolingFabricSpares) {
  EXPECT_NEAR(at("hall.liquid_heat"), 1024e3, 1);  // 80 % of 1,280 kW
  EXPECT_NEAR(at("hall.air_heat"), 256e3, 1);
  EXPECT_NEAR(at("hall.flow") * 60000, 1544.5, 0.1);  // 1,024,000 / (1020 * 3900 * 10)
  EXPECT_NEAR(at("hall.pump_power"), 6435.4, 0.1);    // 0.025742 * 150,000 / 0.6
  EXPECT_EQ(at("hall.cdus"), 5);                      // 1,024 / 300 -> 4, and one
  EXPECT_EQ(at("hall.leaf_switches"), 20);            // 640 / 32
  EXPECT_EQ(at("hall.spine_switches"), 10);           // 20 / 2
  EXPECT_EQ(at("hall.transceivers"), 2560);           // 2 (640 + 20 * 32)
  EXPECT_NEAR(at("hall.optics_power"), 76800, 1e-6);  // 2,560 * 30 W
  EXPECT_NEAR(at("hall.failures"), 64, 1e-9);         // 640 * 10 %
  EXPECT_EQ(at("hall.spares"), 11);                   // Poisson(6.4), 95 %
  EXPECT_EQ(at("hall.boards_to_buy"), 651);
}

TEST_F(WorkedExample, Money) {
  EXPECT_NEAR(at("hall.board_capex"), 26.04e6, 1);    // 651 * 40,000
  EXPECT_NEAR(at("hall.facility_capex"), 12.8e6, 1);  // 1.28 MW * 10 $/W
  EXPECT_NEAR(at("hall.capex"), 38.84e6, 1);
  const double year = kYear.base();
  // 26.04 M * 0.250456 + 12.8 M * 0.116830 (8 % over 5 and 15 years)
  EXPECT_NEAR(at("hall.capital_cost") * year, 8.017304e6, 10);
  EXPECT_NEAR(at("hall.maintenance_cost") * year, 388400, 1);  // 1 % of 38.84 M
  EXPECT_NEAR(at("hall.energy_cost") * year, 709134, 1);       // 1,011.2 kW * 8,766 h * 0.08
  EXPECT_NEAR(at("hall.demand_cost") * year, 288000, 1);       // 1,600 kW * 15 * 12
  EXPECT_NEAR(at("hall.cost_year"), 9.402839e6, 10);
  EXPECT_NEAR(at("hall.board_hour") * 3600, 1.67601, 1e-5);  // / 640 / 8,766
  EXPECT_NEAR(at("hall.break_even"), 0.577936, 1e-6);        // / 2.9
  EXPECT_EQ(at("hall.own_base"), 344);                       // 640 - 512 * 0.577936 = 344.1
  EXPECT_NEAR(at("hall.carbon_year"), 3545672, 1);           // 1,011.2 kW * 8,766 h * 0.4 kg
}

Sheet hall_of(const Catalogue& catalogue, const HallOptions& options) {
  Sheet sheet(400);
  const Status filled = add_hall(catalogue, options, &sheet);
  EXPECT_TRUE(filled) << filled.error().to_string();
  return sheet;
}

double p50(const Sheet& sheet, const char* name) {
  const int index = sheet.find(name);
  if (index < 0 || !sheet.number(index).blank.empty()) return std::nan("");
  return sheet.range(index).p50;
}

// Sharp test 9 and its kin, on the real catalogue.
TEST(Hall, Sharp9Metamorphic) {
  const Catalogue& catalogue = **Catalogue::builtin();
  HallOptions o;
  o.board = "h100_sxm";
  o.site = "us";
  o.load = 0.5;
  double boards = 0;
  for (const double mw : {1.0, 2.0, 4.0, 8.0}) {
    o.feed = mw * kMegawatt;
    const Sheet sheet = hall_of(catalogue, o);
    EXPECT_GT(p50(sheet, "hall.boards"), boards);  // more power, more boards
    boards = p50(sheet, "hall.boards");
  }
  const Sheet plain = hall_of(catalogue, o);
  o.pue = 2.0;
  EXPECT_LT(p50(hall_of(catalogue, o), "hall.boards"), boards);  // a worse PUE, fewer
  o.pue.reset();
  o.cap = 0.7;
  EXPECT_GT(p50(hall_of(catalogue, o), "hall.boards"), boards);  // capped boards, more of them
  o.cap = 1;
  o.tariff = DollarsPerJoule(0.1 / 3.6e6);
  const double once = p50(hall_of(catalogue, o), "hall.energy_cost");
  o.tariff = DollarsPerJoule(0.2 / 3.6e6);
  EXPECT_DOUBLE_EQ(p50(hall_of(catalogue, o), "hall.energy_cost"), 2 * once);
}

TEST(Hall, SaysWhatIsBlankInPlaceOfGuessing) {
  HallOptions o;
  o.board = "h100_sxm";
  o.feed = 2 * kMegawatt;
  const Sheet sheet = hall_of(**Catalogue::builtin(), o);  // no site, no rack, no price claimed
  for (const char* name : {"hall.racks", "hall.capex", "hall.energy_cost", "hall.carbon_year",
                           "hall.demand_cost", "hall.break_even"}) {
    const int index = sheet.find(name);
    ASSERT_GE(index, 0) << name;
    EXPECT_FALSE(sheet.number(index).blank.empty()) << name;
  }
  EXPECT_FALSE(std::isnan(p50(sheet, "hall.boards")));
}

TEST(Hall, EveryBoardOfTheCatalogueIsAnsweredOrSaysWhyNot) {
  for (const Card* board : (*Catalogue::builtin())->cards("boards")) {
    HallOptions o;
    o.board = board->id;
    o.feed = 5 * kMegawatt;
    Sheet sheet(50);
    ASSERT_TRUE(add_hall(**Catalogue::builtin(), o, &sheet)) << board->id;
    const Number& boards = sheet.number(sheet.find("hall.boards"));
    EXPECT_TRUE(!boards.blank.empty() || sheet.range(sheet.find("hall.boards")).p50 > 0)
        << board->id;
  }
}

TEST(Hall, RacksComeWhole) {
  HallOptions o;
  o.board = "gb200_nvl72";
  o.feed = 2 * kMegawatt;
  const Sheet sheet = hall_of(**Catalogue::builtin(), o);
  const Number& boards = sheet.number(sheet.find("hall.boards"));
  for (const double value : boards.draws) EXPECT_EQ(std::fmod(value, 72), 0);
}

TEST(Hall, QuotesTakeThePlaceOfClaims) {
  Catalogue catalogue = **Catalogue::builtin();
  const Status applied = apply_quotes(
      "quotes:\n  - {board: h100_sxm, from: Dealer, date: 2026-11-01, price: 25000 $, "
      "lead_time: 6 week}\n  - {board: h100_sxm, from: Other, date: 2026-11-03, price: 27000 $}\n",
      "quotes.yaml", &catalogue);
  ASSERT_TRUE(applied) << applied.error().to_string();
  const Field* price = catalogue.field("boards/h100_sxm/price");
  ASSERT_NE(price, nullptr);
  EXPECT_EQ(price->claims.size(), 2u);
  EXPECT_EQ(price->claims[1].where, "quotes.yaml:3");
  HallOptions o;
  o.board = "h100_sxm";
  o.feed = 2 * kMegawatt;
  const Sheet sheet = hall_of(catalogue, o);
  EXPECT_FALSE(std::isnan(p50(sheet, "hall.capex")));
  EXPECT_DOUBLE_EQ(p50(sheet, "hall.lead_time"), 6 * 604800.0);
  for (const char* bad : {"quotes:\n  - {board: h10_sxm, from: a, date: 2026, price: 1 $}\n",
                          "quotes:\n  - {board: h100_sxm, from: a, date: 2026, price: 25000}\n",
                          "quotes:\n  - {board: h100_sxm, from: a, date: 2026}\n",
                          "quotes:\n  - {board: h100_sxm, from: a, date: 2026, price: -1 $}\n"}) {
    const Status refused = apply_quotes(bad, "quotes.yaml", &catalogue);
    ASSERT_FALSE(refused) << bad;
    EXPECT_NE(refused.error().message.find("quotes.yaml:2"), std::string::npos)
        << refused.error().message;
  }
}

TEST(Hall, SeveralModelsAndPhases) {
  auto mix = parse_mix(
      "models:\n  - {name: big, peak: 40000 token/s, mean: 15000 token/s, per_board: 2500 token/s, "
      "weights: 70 GB, load_rate: 5 GB/s}\n  - {name: small, peak: 9000 token/s, mean: 9000 "
      "token/s, "
      "per_board: 4000 token/s}\n",
      "mix.yaml");
  ASSERT_TRUE(mix) << mix.error().to_string();
  auto phases = parse_phases("50%@0month,100%@6month");
  ASSERT_TRUE(phases) << phases.error().to_string();
  HallOptions o = worked();
  o.mix = *mix;
  o.phases = *phases;
  const Catalogue catalogue = example();
  const Sheet sheet = hall_of(catalogue, o);
  EXPECT_EQ(p50(sheet, "hall.mix.big.boards"), 16);           // 40,000 / 2,500
  EXPECT_NEAR(p50(sheet, "hall.mix.big.use"), 0.375, 1e-12);  // 15,000 / 40,000
  EXPECT_EQ(p50(sheet, "hall.mix.big.cold_start"), 14);       // 70 GB / 5 GB/s
  EXPECT_EQ(p50(sheet, "hall.mix.small.boards"), 3);
  EXPECT_NEAR(p50(sheet, "hall.mix_use"), 19.0 / 640, 1e-12);
  EXPECT_EQ(p50(sheet, "hall.phase1.boards"), 320);
  EXPECT_EQ(p50(sheet, "hall.phase2.boards"), 640);
  for (const char* bad : {"50%", "60%@0month,50%@1month,100%@2month", "50%@0month", "50%@1"}) {
    EXPECT_FALSE(parse_phases(bad)) << bad;
  }
  EXPECT_FALSE(
      parse_mix("models:\n  - {name: a, peak: 1 token/s, mean: 2 token/s, per_board: 1 "
                "token/s}\n",
                "m.yaml"));
}

TEST(Hall, RefusesWhatCannotBe) {
  const Catalogue& catalogue = **Catalogue::builtin();
  const auto refused = [&](const auto& change) {
    HallOptions o;
    o.board = "h100_sxm";
    o.feed = kMegawatt;
    change(&o);
    Sheet sheet(10);
    return !add_hall(catalogue, o, &sheet).ok();
  };
  EXPECT_TRUE(refused([](HallOptions* o) { o->feed = Watts(0); }));
  EXPECT_TRUE(refused([](HallOptions* o) { o->pue = 0.9; }));
  EXPECT_TRUE(refused([](HallOptions* o) { o->rise = Kelvins(0); }));
  EXPECT_TRUE(refused([](HallOptions* o) { o->cap = 1.2; }));
  EXPECT_TRUE(refused([](HallOptions* o) { o->load = 0; }));
  EXPECT_TRUE(refused([](HallOptions* o) { o->board = "h10"; }));
  EXPECT_TRUE(refused([](HallOptions* o) { o->site = "atlantis"; }));
  EXPECT_TRUE(refused([](HallOptions* o) { o->cooling = "water"; }));
  EXPECT_FALSE(refused([](HallOptions*) {}));
}

}  // namespace
}  // namespace interposer::planner
