#include "planner/supply/supply.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace interposer::planner {
namespace {

const Catalogue& builtin() {
  static const Catalogue* catalogue = *Catalogue::builtin();
  return *catalogue;
}

BoardExposure without(const char* board, const std::vector<std::string>& names) {
  const auto ids = companies_named(builtin(), names);
  EXPECT_TRUE(ids) << ids.error().to_string();
  return exposure_of(builtin(), *builtin().find("boards", board), {ids->begin(), ids->end()});
}

TEST(Supply, EveryMakerOfABoardIsACompany) {
  for (const Card* board : builtin().cards("boards")) {
    EXPECT_NE(maker_of(builtin(), *board), nullptr) << board->id << ": " << board->tag("maker");
  }
}

TEST(Supply, NobodyGoneNothingStops) {
  for (const Card* board : builtin().cards("boards")) {
    EXPECT_EQ(exposure_of(builtin(), *board, {}).effect, Effect::kNone) << board->id;
  }
}

TEST(Supply, WithoutAsmlAllStops) {
  for (const char* board : {"b200_sxm", "mi355x", "tpu7x", "trainium3", "cerebras_wse3"}) {
    const BoardExposure exposure = without(board, {"ASML"});
    EXPECT_EQ(exposure.effect, Effect::kStops) << board;
    EXPECT_EQ(exposure.chain.front(), "ASML") << board;
  }
}

TEST(Supply, TwoStepsUpAsWell) {
  EXPECT_EQ(without("b200_sxm", {"TRUMPF"}).effect, Effect::kStops);
  const BoardExposure film = without("b200_sxm", {"Ajinomoto"});
  EXPECT_EQ(film.effect, Effect::kStops);
}

TEST(Supply, WithoutSkHynixNvidiaShrinksByItsShare) {
  const BoardExposure b200 = without("b200_sxm", {"SK hynix"});
  EXPECT_EQ(b200.effect, Effect::kShrinks);
  ASSERT_TRUE(b200.lost_low);
  EXPECT_NEAR(*b200.lost_low, 0.50, 1e-9);
  EXPECT_NEAR(*b200.lost_high, 0.62, 1e-9);
  EXPECT_EQ(b200.chain.front(), "SK hynix");
  // No HBM on these.
  EXPECT_EQ(without("cerebras_wse3", {"SK hynix"}).effect, Effect::kNone);
  EXPECT_EQ(without("l40s", {"SK hynix"}).effect, Effect::kNone);
}

TEST(Supply, ContestedSharesGiveTheWholeSpan) {
  const BoardExposure rubin = without("rubin_nvl72", {"sk_hynix"});
  ASSERT_TRUE(rubin.lost_low);
  EXPECT_NEAR(*rubin.lost_low, 0.55, 1e-9);
  EXPECT_NEAR(*rubin.lost_high, 0.70, 1e-9);
}

TEST(Supply, WithoutAllMakersOfHbmItStops) {
  EXPECT_EQ(without("b200_sxm", {"SK hynix", "Samsung", "Micron"}).effect, Effect::kStops);
}

// Metamorphic: taking away more never helps.
TEST(Supply, LosingMoreNeverHelps) {
  const std::vector<std::string> order = {"Vertiv", "SUMCO", "Micron", "SK hynix", "AGC", "TSMC"};
  for (const Card* board : builtin().cards("boards")) {
    Effect before = Effect::kNone;
    std::vector<std::string> gone;
    for (const std::string& name : order) {
      gone.push_back(name);
      const Effect now = without(board->id.c_str(), gone).effect;
      EXPECT_GE(now, before) << board->id << " without " << name;
      before = now;
    }
  }
}

TEST(Supply, ConcentrationIsBetweenAShareOfAllAndOne) {
  const BoardExposure b200 = without("b200_sxm", {"Vertiv"});
  std::size_t known = 0;
  for (const Need& need : b200.needs) {
    if (!need.concentration) continue;
    ++known;
    EXPECT_LE(*need.concentration, 1.0) << need.product;
    EXPECT_GE(*need.concentration, 1.0 / static_cast<double>(need.suppliers.size()) - 1e-9);
    if (need.product == "EUV machines") {
      EXPECT_EQ(*need.concentration, 1);
    }
    if (need.product == "HBM" && need.customer == "nvidia") {
      // 56 : 32.5 : 12.5 of 101 -> 0.307 + 0.104 + 0.015
      EXPECT_NEAR(*need.concentration, 0.4263, 0.001);
    }
  }
  EXPECT_GE(known, 3u);
}

TEST(Supply, AlternativesMakeTheSameProduct) {
  const auto others = alternatives_to(builtin(), {"sk_hynix"});
  const auto makes = [&](const char* company) {
    return std::any_of(others.begin(), others.end(), [&](const Alternative& a) {
      return a.product == "HBM" && a.company == company;
    });
  };
  EXPECT_TRUE(makes("samsung"));
  EXPECT_TRUE(makes("micron"));
  EXPECT_FALSE(makes("sk_hynix"));
  EXPECT_TRUE(alternatives_to(builtin(), {"asml"}).empty());
}

TEST(Supply, UnknownNamesGetTheNearest) {
  const auto none = companies_named(builtin(), {"SK hynixx"});
  ASSERT_FALSE(none);
  EXPECT_NE(none.error().remedy.find("SK hynix"), std::string::npos) << none.error().remedy;
}

}  // namespace
}  // namespace interposer::planner
