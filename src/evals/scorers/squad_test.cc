#include "evals/scorers/squad.h"

#include <gtest/gtest.h>

#include <vector>

namespace interposer::evals {
namespace {

struct Case {
  std::string answer, gold, normal;
  double f1;
};

// What the script's functions give in CPython 3.11.
TEST(Squad, MeetsTheScript) {
  const std::vector<Case> cases{
      {"The Eiffel Tower!", "eiffel tower", "eiffel tower", 1},
      {"a an the", "", "", 1},
      {"Über die Brücke", "the Brücke über", "über die brücke", 0.8},
      {"U.S.A.", "usa", "usa", 1},
      {"a_b an-apple the\x1c"
       "cat",
       "ab anapple cat", "ab anapple cat", 1},
      {"naïve a café", "a naïve", "naïve café", 2.0 / 3},
      {"\u00a0An\u3000İstanbul", "istanbul", "i\u0307stanbul", 0},
      {"théa a\u0301", "theatre", "théa \u0301", 0},
      {"to be or not to be", "to be", "to be or not to be", 0.5},
      {"one,two", "onetwo", "onetwo", 1},
      {"a\x01the cat", "cat", "\x01 cat", 2.0 / 3},
      {"ΟΔΟΣ", "οδος", "οδος", 1},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(squad_normalise(c.answer), c.normal);
    EXPECT_DOUBLE_EQ(squad_f1(c.answer, c.gold), c.f1) << c.answer;
    EXPECT_EQ(squad_exact(c.answer, c.gold), c.f1 == 1 ? 1 : 0) << c.answer;
  }
}

TEST(Squad, BestGoldCounts) {
  const std::vector<std::string> golds{"red", "the dark red car"};
  EXPECT_DOUBLE_EQ(squad_score("dark red", golds).f1, 0.8);
  EXPECT_EQ(squad_score("a red.", golds).exact, 1);
  EXPECT_EQ(squad_score("", {}).exact, 1);  // unanswerable, and not answered
  EXPECT_EQ(squad_score("red", {}).f1, 0);
}

}  // namespace
}  // namespace interposer::evals
