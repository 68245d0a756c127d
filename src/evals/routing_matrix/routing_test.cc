#include <gtest/gtest.h>

#include <cmath>

#include "evals/routing_matrix/matrix.h"
#include "evals/routing_matrix/two_models.h"
#include "stats/random.h"

namespace interposer::evals::routing_matrix {
namespace {

Matrix small() {
  Matrix m;
  m.models = {"weak", "strong", "dear"};
  m.queries = {"a", "b", "c", "d"};
  m.score = {{1, 1, 1}, {0, 1, 1}, {0, 1, 0}, {1, 0, 0}};
  m.cost = {{1, 4, 9}, {1, 4, 9}, {1, 4, 9}, {1, 4, 9}};
  return m;
}

TEST(Routing, OracleTakesTheCheapestOfEquals) {
  const Matrix m = small();
  EXPECT_EQ(oracle_choice(m), (std::vector<std::size_t>{0, 1, 1, 0}));
  const Point oracle = chosen(m, oracle_choice(m), "oracle");
  EXPECT_DOUBLE_EQ(oracle.quality, 1);
  EXPECT_DOUBLE_EQ(oracle.cost, 2.5);
  EXPECT_DOUBLE_EQ(decision_entropy(oracle_choice(m), 3), 1);
}

TEST(Routing, FrontierDropsWhatIsBeaten) {
  const auto frontier = pareto(single_models(small()));
  ASSERT_EQ(frontier.size(), 2U);
  EXPECT_EQ(frontier[0].name, "weak");
  EXPECT_EQ(frontier[1].name, "strong");
  const auto above = hull({{"a", 0, 0}, {"b", 1, 0.2}, {"c", 2, 1}, {"d", 3, 0.9}});
  ASSERT_EQ(above.size(), 2U);  // b lies under the line from a to c, d gives less for more
  EXPECT_EQ(above[1].name, "c");
  EXPECT_DOUBLE_EQ(*quality_at(above, 1), 0.5);
  EXPECT_DOUBLE_EQ(*quality_at(above, 7), 1);
  EXPECT_FALSE(quality_at(above, -1));
}

TEST(Routing, AiqIsTheAreaUnderTheHull) {
  const std::vector<Point> line{{"a", 0, 0}, {"c", 2, 1}};
  EXPECT_DOUBLE_EQ(*aiq(line, 0, 2), 0.5);
  EXPECT_DOUBLE_EQ(*aiq(line, 0, 4), 0.75);
  EXPECT_FALSE(aiq(line, 2, 2));
}

TEST(Routing, RegretAtEqualCost) {
  const Matrix m = small();
  const std::vector<std::size_t> choice{1, 0, 1, 0};
  const Regret found = regret(m, chosen(m, choice, "route"));
  EXPECT_DOUBLE_EQ(found.to_oracle, 0.25);
  EXPECT_DOUBLE_EQ(found.to_best_single, 0);
  EXPECT_NEAR(*found.at_equal_cost, 0.625 - 0.75, 1e-12);  // better than mixing at random
}

TEST(TwoModels, ARouterThatKnowsIsOnTop) {
  const std::vector<double> weak{1, 0, 0, 1}, strong{1, 1, 1, 1};
  const auto knows = threshold_curve(weak, strong, std::vector<double>{0, 1, 0.9, 0.1});
  EXPECT_DOUBLE_EQ(knows.front().quality, 0.5);
  EXPECT_DOUBLE_EQ(knows.back().quality, 1);
  EXPECT_DOUBLE_EQ(*apgr_routellm(knows), 0.75);
  EXPECT_DOUBLE_EQ(*cpt(knows, 0.5), 0.25);
  EXPECT_DOUBLE_EQ(*cpt(knows, 0.8), 0.4);
  const auto blind = threshold_curve(weak, strong, std::vector<double>{1, 1, 1, 1});
  EXPECT_EQ(blind.size(), 2U);  // ties move together: a straight line
  EXPECT_DOUBLE_EQ(*apgr_routellm(blind), 0.5);
  EXPECT_DOUBLE_EQ(*apgr_paper(blind), 0.55);
  EXPECT_DOUBLE_EQ(*cpt(blind, 0.5), 0.5);
}

TEST(TwoModels, EqualModelsHaveNoGap) {
  const std::vector<double> same{1, 0};
  const auto curve = threshold_curve(same, same, std::vector<double>{1, 0});
  EXPECT_FALSE(apgr_routellm(curve));
  EXPECT_FALSE(cpt(curve, 0.5));
  EXPECT_TRUE(threshold_curve({}, {}, {}).empty());
}

// Whatever the scores, a hull is concave, never falls, and lies on or above its points.
TEST(Routing, PropertyHullIsAboveItsPoints) {
  stats::Random random(3);
  for (int round = 0; round < 300; ++round) {
    std::vector<Point> points;
    for (std::uint64_t i = 0; i < 1 + random.below(12); ++i) {
      points.push_back({"", static_cast<double>(random.below(6)), random.uniform()});
    }
    const auto edge = hull(points);
    for (const Point& p : points) EXPECT_LE(p.quality, *quality_at(edge, p.cost) + 1e-12);
    for (std::size_t i = 2; i < edge.size(); ++i) {
      const auto slope = [&](std::size_t k) {
        return (edge[k].quality - edge[k - 1].quality) / (edge[k].cost - edge[k - 1].cost);
      };
      EXPECT_LE(slope(i), slope(i - 1) + 1e-9);
    }
  }
}

TEST(ReadMatrix, ThreeForms) {
  const auto array =
      parse_matrix(R"([{"question":"q","scores":{"a":1.0,"b":0},"costs":{"a":2,"b":1}}])", "f");
  ASSERT_TRUE(array.ok()) << array.error().message;
  EXPECT_TRUE(array->has_cost());
  EXPECT_EQ(array->score[0][0], 1);
  const auto lines = parse_matrix(
      "{\"query\":\"1\",\"model\":\"a\",\"score\":true}\n{\"query\":\"1\",\"model\":\"b\","
      "\"score\":0.5}\n",
      "f");
  ASSERT_TRUE(lines.ok()) << lines.error().message;
  EXPECT_FALSE(lines->has_cost());
  const auto csv = parse_matrix("prompt,a,b,a_response,b_response\nx,True,False,\"1,2\",2\n", "f");
  ASSERT_TRUE(csv.ok()) << csv.error().message;
  EXPECT_EQ(csv->models, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(csv->score[0], (std::vector<double>{1, 0}));
}

TEST(ReadMatrix, HolesAreNamed) {
  const auto holes = parse_matrix(
      "{\"query\":\"1\",\"model\":\"a\",\"score\":1}\n{\"query\":\"2\",\"model\":\"b\",\"score\":1}"
      "\n",
      "f");
  ASSERT_FALSE(holes.ok());
  EXPECT_NE(holes.error().message.find("query '1' has no score of model 'b'"), std::string::npos);
  EXPECT_FALSE(parse_matrix("", "f").ok());
  EXPECT_FALSE(parse_matrix("[1]", "f").ok());
  EXPECT_FALSE(parse_matrix("p,a\nx,high\n", "f").ok());
}

}  // namespace
}  // namespace interposer::evals::routing_matrix
