#include "routing/route.h"

#include <gtest/gtest.h>

#include <random>

#include "routing/decide.h"

namespace interposer::routing {
namespace {

using namespace std::chrono_literals;

TEST(Routes, NestedRoutesExpandInPlace) {
  auto table = RouteTable::build(
      {{"fast", {"groq/x", "small"}, {}}, {"sharp", {"groq/y", "fast", "groq/y"}, true}});
  ASSERT_TRUE(table.ok());
  EXPECT_EQ(table->expand("sharp"), (std::vector<std::string>{"groq/y", "groq/x", "small"}));
  EXPECT_EQ(table->expand("small"), (std::vector<std::string>{"small"}));
  ASSERT_NE(table->find("sharp"), nullptr);
  EXPECT_EQ(table->find("sharp")->capable, true);
  EXPECT_EQ(table->find("groq/y"), nullptr);
}

TEST(Routes, CyclesAreNamed) {
  auto cycle = RouteTable::build(
      {{"z", {"a"}, {}}, {"a", {"m", "b"}, {}}, {"b", {"c"}, {}}, {"c", {"a"}, {}}});
  ASSERT_FALSE(cycle.ok());
  EXPECT_EQ(cycle.error().message, "the routes form a cycle: a -> b -> c -> a");
  auto self = RouteTable::build({{"a", {"a"}, {}}});
  ASSERT_FALSE(self.ok());
  EXPECT_EQ(self.error().message, "the routes form a cycle: a -> a");
  EXPECT_FALSE(RouteTable::build({{"a", {}, {}}}).ok());
  EXPECT_FALSE(RouteTable::build({{"a", {"b"}, {}}, {"a", {"c"}, {}}}).ok());
}

TEST(Routes, TargetsSplitAtTheFirstSlash) {
  const auto target = split_target("groq/openai/gpt-oss-120b");
  ASSERT_TRUE(target.has_value());
  EXPECT_EQ(target->provider, "groq");
  EXPECT_EQ(target->model, "openai/gpt-oss-120b");
  EXPECT_FALSE(split_target("small").has_value());
  EXPECT_FALSE(split_target("/x").has_value());
  EXPECT_FALSE(split_target("x/").has_value());
}

// Random graphs: build() refuses exactly those with a cycle, by another way of telling (repeatedly
// taking away routes whose targets are all leaves).
TEST(Routes, RefusesExactlyTheGraphsWithCycles) {
  std::mt19937 rng(3);
  int cyclic = 0;
  for (int round = 0; round < 500; ++round) {
    const unsigned count = 1 + rng() % 6;
    std::vector<Route> routes;
    for (unsigned i = 0; i < count; ++i) {
      Route route{"r" + std::to_string(i), {"leaf"}, {}};
      for (unsigned k = 0; k < rng() % 3; ++k) {
        route.targets.push_back("r" + std::to_string(rng() % count));
      }
      routes.push_back(route);
    }
    std::vector<Route> left = routes;
    for (bool shrunk = true; shrunk;) {
      shrunk = false;
      for (std::size_t i = 0; i < left.size() && !shrunk; ++i) {
        bool free = true;
        for (const auto& target : left[i].targets) {
          for (const auto& other : left) free = free && other.name != target;
        }
        if (free) {
          left.erase(left.begin() + static_cast<long>(i));
          shrunk = true;
        }
      }
    }
    EXPECT_EQ(RouteTable::build(routes).ok(), left.empty());
    cyclic += left.empty() ? 0 : 1;
  }
  EXPECT_GT(cyclic, 50);
}

TEST(Decide, OrderHealthAndReasons) {
  const TimePoint now(10s);
  std::vector<Candidate> candidates(5);
  const char* names[] = {"a", "b", "c", "d", "e"};
  for (std::size_t i = 0; i < 5; ++i) candidates[i].target = names[i];
  candidates[0].cool_until = now + 3s;
  candidates[1].can = false;
  candidates[2].exists = false;
  candidates[3].cool_until = now + 1s;
  const Decision decision = decide(candidates, now);
  EXPECT_EQ(decision.order, (std::vector<std::size_t>{4, 3, 0}));
  ASSERT_EQ(decision.losers.size(), 4u);
  EXPECT_EQ(decision.losers[0].reason, "cooling for 3000 ms");
  EXPECT_EQ(decision.losers[1].reason, "cannot do this operation");
  EXPECT_EQ(decision.losers[2].reason, "unknown");
  // The pause is over the moment it says so.
  EXPECT_EQ(decide(candidates, now + 3s).order, (std::vector<std::size_t>{0, 3, 4}));
}

}  // namespace
}  // namespace interposer::routing
