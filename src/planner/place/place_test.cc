#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <memory>
#include <set>

#include "planner/place/models.h"
#include "planner/place/plan_parts.h"
#include "planner/report/enforce.h"
#include "planner/report/plan_text.h"
#include "planner/simulate/testing.h"

namespace interposer::planner {
namespace {

const Catalogue& catalogue() {
  const auto built_in = Catalogue::builtin();
  EXPECT_TRUE(built_in.ok());
  return **built_in;
}

PlanBoard board(const char* name) {
  const auto card = catalogue().get("boards", name);
  EXPECT_TRUE(card.ok()) << name;
  return plan_board(**card);
}

ModelShape shape(const char* name) {
  auto model = find_model(name);
  EXPECT_TRUE(model.ok()) << name;
  return model->shape;
}

Workload traffic(double rate, std::size_t count = 1'500) {
  auto work = draw_workload(
      {.rate = rate, .mean_prompt = 1000, .mean_answer = 300, .length_cv = 0.3, .count = count});
  EXPECT_TRUE(work.ok());
  return *work;
}

PlanOptions options(std::vector<std::string> boards) {
  PlanOptions out;
  out.model = "test";
  out.boards = std::move(boards);
  out.ttft_limit_s = 4;
  out.tpot_limit_s = 0.06;
  out.search.engines = {"vllm"};
  out.search.split = false;
  out.simulate_max = 2;
  return out;
}

Plan planned(const char* model, const PlanOptions& o, double rate = 10) {
  auto plan = make_plan(catalogue(), shape(model), traffic(rate), o);
  EXPECT_TRUE(plan.ok()) << plan.error().to_string();
  return *plan;
}

TEST(SharpTest2, FeasibilityHasReasons) {
  const ModelShape r1 = shape("DeepSeek-R1");
  const Placement eight{8, 1, 8, false, Precision::kFp8, "vllm"};
  const Verdict small = judge(board("h100_sxm"), r1, eight, 2000, true);
  EXPECT_EQ(small.why, Pruned::kNoFit);
  EXPECT_NE(small.reason.find("8 x 80 GB"), std::string::npos) << small.reason;
  EXPECT_EQ(judge(board("h200_sxm"), r1, eight, 2000, true).why, Pruned::kFits);
  const Placement four{4, 1, 4, false, Precision::kFp4, "vllm"};
  EXPECT_EQ(judge(board("b200_sxm"), r1, four, 2000, true).why, Pruned::kFits);
  // The engine, the claim, the shop.
  Placement other = eight;
  other.engine = "trtllm";
  EXPECT_EQ(judge(board("mi300x"), r1, other, 2000, true).why, Pruned::kEngine);
  other = eight;
  other.precision = Precision::kFp4;
  EXPECT_EQ(judge(board("h200_sxm"), r1, other, 2000, true).why, Pruned::kNoClaim);
  other = eight;
  other.tensor = 16;
  EXPECT_EQ(judge(board("h200_sxm"), r1, other, 2000, true).why, Pruned::kNoFit);
  const Verdict dense = judge(board("h200_sxm"), shape("llama-3.1-8b"), eight, 2000, true);
  EXPECT_EQ(dense.why, Pruned::kShape);
}

TEST(SharpTest2, EveryPrunedPlacementIsCounted) {
  const Plan plan = planned("llama-3.1-70b", options({}));
  std::size_t pruned = 0;
  for (const PrunedCount& p : plan.pruned) {
    pruned += p.count;
    EXPECT_FALSE(p.example.empty());
  }
  EXPECT_EQ(plan.possible, plan.entries.size());
  EXPECT_EQ(plan.possible + pruned, plan.considered);
  EXPECT_GE(plan.boards.size(), 25U);
  std::set<std::size_t> seen;
  for (const Entry& e : plan.entries) seen.insert(e.board);
  EXPECT_EQ(seen.size() + plan.board_notes.size(), plan.boards.size());
}

TEST(SharpTest9, MoreBandwidthIsNeverSlower) {
  const ModelShape model = shape("llama-3.1-70b");
  PlanBoard h200 = board("h200_sxm");
  const Placement p{4, 1, 1, false, Precision::kFp8, "vllm"};
  const Performance performance = performance_of(h200, model, p);
  double before = 1e9;
  for (const double times : {0.5, 1.0, 1.5, 2.0, 4.0}) {
    PlanBoard faster = h200;
    faster.numbers.memory_bytes_per_s *= times;
    const PlacementTime time(model, faster.numbers, p, performance);
    const double step = time.seconds({32, 32 * 1500, 0, 0});
    EXPECT_LT(step, before) << times;
    before = step;
  }
}

TEST(SharpTest9, PriceTimesTwoIsCostPerTokenTimesTwoExactly) {
  const Plan once = planned("llama-3.1-70b", options({"h200_sxm"}));
  ASSERT_TRUE(once.best.has_value());
  const Entry& entry = once.entries[*once.best];
  const ModelShape model = shape("llama-3.1-70b");
  BoardDraws draws = board_draws(*once.boards[0].card, once.options);
  Entry a = entry, b = entry;
  price_entry(model, once, draws, {}, true, &a);
  for (double& usd : draws.usd_s) usd *= 2;
  price_entry(model, once, draws, {}, true, &b);
  EXPECT_EQ(b.usd_per_m->p5, 2 * a.usd_per_m->p5);
  EXPECT_EQ(b.usd_per_m->p50, 2 * a.usd_per_m->p50);
  EXPECT_EQ(b.usd_per_m->p95, 2 * a.usd_per_m->p95);
  EXPECT_EQ(b.boards, a.boards);
}

TEST(Plan, IsTheSameOnOneAndOnThreeThreads) {
  PlanOptions o = options({"h100_sxm", "h200_sxm", "b200_sxm"});
  o.threads = 1;
  const std::string one = plan_json(planned("llama-3.1-70b", o));
  o.threads = 3;
  EXPECT_EQ(one, plan_json(planned("llama-3.1-70b", o)));
  o.seed = 2;
  EXPECT_NE(one, plan_json(planned("llama-3.1-70b", o)));
}

TEST(Plan, TheBestIsAlwaysOneThatWasSimulated) {
  for (const double limit : {0.02, 0.03, 0.06, 0.2}) {
    PlanOptions o = options({"h100_sxm", "h200_sxm", "b200_sxm", "b300_sxm"});
    o.tpot_limit_s = limit;
    const Plan plan = planned("DeepSeek-R1", o, 5);
    if (plan.best) EXPECT_TRUE(plan.entries[*plan.best].simulated) << limit;
  }
}

TEST(Plan, PublishedResultsAreNoInput) {
  const PlanOptions o = options({"h200_sxm", "mi300x"});
  const std::string with = plan_json(planned("llama-3.1-70b", o));
  auto without = std::make_unique<Catalogue>(catalogue());
  for (Card& card : without->mutable_cards()) card.results.clear();
  const auto plan = make_plan(*without, shape("llama-3.1-70b"), traffic(10), o);
  ASSERT_TRUE(plan.ok());
  EXPECT_EQ(with, plan_json(*plan));
}

TEST(Plan, MissingPriceIsBlankAndNeverBest) {
  auto changed = std::make_unique<Catalogue>(catalogue());
  for (Card& card : changed->mutable_cards()) {
    if (card.id == "h200_sxm")
      std::erase_if(card.fields, [](const Field& f) { return f.name == "rent"; });
  }
  const auto plan =
      make_plan(*changed, shape("llama-3.1-70b"), traffic(10), options({"h200_sxm", "h100_sxm"}));
  ASSERT_TRUE(plan.ok());
  ASSERT_TRUE(plan->best.has_value());
  EXPECT_EQ(plan->boards[plan->entries[*plan->best].board].id(), "h100_sxm");
  const auto blank = find_entry(*plan, "h200_sxm");
  ASSERT_TRUE(blank.ok());
  EXPECT_FALSE((*blank)->cost_usd_h.has_value());
  EXPECT_NE(plan_json(*plan).find("\"cost_usd_per_h\":null"), std::string::npos);
}

TEST(Plan, BoardsWithoutMeasurementsWinOnlyWhenAsked) {
  PlanOptions o = options({"mi355x"});
  const Plan shy = planned("llama-3.1-70b", o);
  EXPECT_FALSE(shy.best.has_value());
  ASSERT_FALSE(shy.entries.empty());
  EXPECT_TRUE(shy.entries[0].performance.prior_only);
  o.prior_best = true;
  const Plan asked = planned("llama-3.1-70b", o);
  ASSERT_TRUE(asked.best.has_value());
  // And their intervals are wider than a measured board's.
  const Plan measured = planned("llama-3.1-70b", options({"h200_sxm"}));
  EXPECT_GT(asked.entries[0].performance.log_sd, measured.entries[0].performance.log_sd);
}

TEST(Plan, LimitsThatNothingMeetsNameTheNearest) {
  PlanOptions o = options({"h100_sxm", "h200_sxm"});
  o.tpot_limit_s = 1e-4;
  const Plan plan = planned("llama-3.1-70b", o);
  EXPECT_FALSE(plan.best.has_value());
  ASSERT_FALSE(plan.notes.empty());
  EXPECT_NE(plan.notes.back().find("nearest is h200_sxm"), std::string::npos) << plan.notes.back();
  EXPECT_NE(plan.notes.back().find("ms a token"), std::string::npos);
}

TEST(Plan, MoreTrafficAndTighterLimitsNeedNoFewerBoards) {
  PlanOptions o = options({"h200_sxm"});
  o.simulate_max = 0;
  int before = 0;
  for (const double rate : {2.0, 8.0, 32.0, 128.0}) {
    const Plan plan = planned("llama-3.1-70b", o, rate);
    ASSERT_TRUE(plan.best.has_value());
    EXPECT_GE(plan.entries[*plan.best].boards, before);
    before = plan.entries[*plan.best].boards;
  }
  double cost = 0;
  for (const double limit : {0.2, 0.08, 0.04, 0.025}) {
    o.tpot_limit_s = limit;
    const Plan plan = planned("llama-3.1-70b", o, 32);
    if (!plan.best) continue;
    EXPECT_GE(plan.entries[*plan.best].cost_usd_h->p50, cost * 0.999) << limit;
    cost = plan.entries[*plan.best].cost_usd_h->p50;
  }
  EXPECT_GT(cost, 0);
}

TEST(SharpTest15, AttainmentOfThePlanHoldsInAFreshSimulation) {
  PlanOptions o = options({"h200_sxm"});
  const Plan plan = planned("llama-3.1-70b", o, 20);
  ASSERT_TRUE(plan.best.has_value());
  const Entry& best = plan.entries[*plan.best];
  ASSERT_TRUE(best.simulated);
  // Another stretch of the same traffic, the hidden truth at the middle of the prediction.
  auto other = draw_workload({.rate = 20, .length_cv = 0.3, .count = 4'000, .seed = 77});
  const auto truth = simulate(fleet_of(plan, best, 1), *other,
                              {.ttft_limit_s = o.ttft_limit_s, .tpot_limit_s = o.tpot_limit_s});
  ASSERT_TRUE(truth.ok());
  EXPECT_NEAR(truth->within, best.within, 0.03);
}

TEST(Capacity, ClosedFormAgreesWithTheSimulationInTheSteadyState) {
  const SimPool pool = typical_pool();
  const Demand demand{10, 1000, 300, 0, 0};
  const Capacity capacity(pool.curve, demand, pool.kv_tokens, true, true);
  SimFleet fleet;
  fleet.pools = {pool};
  const auto work = draw_workload({.rate = 10, .count = 6'000});
  const auto result = simulate(fleet, *work, {.warmup = 300});
  ASSERT_TRUE(result.ok());
  EXPECT_NEAR(capacity.at_rate(10, 1).tpot_s / result->tpot_s.mean, 1, 0.1);
  EXPECT_GE(capacity.rate_within_limits(0.5), capacity.rate_within_limits(1));
  EXPECT_EQ(capacity.at_rate(1e6, 1).batch, 0);
}

TEST(Models, KnownShapesAreThoseOfTheirConfigFiles) {
  const std::string folder = planner_data("model_configs");
  if (folder.empty()) GTEST_SKIP() << "no test data";
  for (const std::string& name : known_models()) {
    std::string file = name;
    file.replace(file.find('/'), 1, "--");
    const std::size_t llama = file.find("Llama-3.1");
    if (llama != std::string::npos) file.insert(llama, "Meta-");
    const auto whole = load_model_config(folder + "/" + file + "_config.json");
    ASSERT_TRUE(whole.ok()) << name;
    const ModelShape known = shape(name.c_str());
    EXPECT_EQ(known.total_params(), whole->total_params()) << name;
    EXPECT_EQ(known.active_params(), whole->active_params()) << name;
    EXPECT_EQ(known.cache_elements(10'000), whole->cache_elements(10'000)) << name;
    EXPECT_EQ(known.attention_flops(10'000), whole->attention_flops(10'000)) << name;
  }
}

TEST(Models, UnknownOnesNameTheNearest) {
  const auto miss = find_model("llama-3.1-70");
  ASSERT_FALSE(miss.ok());
  EXPECT_NE(miss.error().remedy.find("Llama-3.1-70B"), std::string::npos) << miss.error().remedy;
}

TEST(Enforce, WritesRoutesProfilesAndLaunchFlags) {
  const Plan plan = planned("llama-3.1-70b", options({"h200_sxm", "h100_sxm"}));
  const auto targets = route_targets(plan, {});
  ASSERT_TRUE(targets.ok());
  ASSERT_EQ(targets->size(), 2U);
  EXPECT_EQ((*targets)[0].entry, &plan.entries[*plan.best]);
  const std::string yaml = route_config(plan, *targets, "fast lane");
  EXPECT_NE(yaml.find("routes:\n  fast-lane:\n    - \"" + (*targets)[0].provider + "/test\""),
            std::string::npos)
      << yaml;
  EXPECT_NE(profiles_json(plan, *targets).find("\"tpot_ms\":"), std::string::npos);
  const auto commands = launch_commands(plan, *(*targets)[0].entry);
  ASSERT_TRUE(commands.ok());
  EXPECT_NE((*commands)[0].find("--tensor-parallel-size"), std::string::npos);
  Entry split = *(*targets)[0].entry;
  split.placement.split = true;
  split.prefill_replicas = 2;
  const auto manifest = deploy_manifest(plan, split);
  ASSERT_TRUE(manifest.ok());
  EXPECT_NE(manifest->find("kv_producer"), std::string::npos);
  EXPECT_NE(manifest->find("kv_consumer"), std::string::npos);
  split.placement.engine = "trtllm";
  EXPECT_FALSE(launch_commands(plan, split).ok());
}

TEST(Report, HtmlEscapesAndHasTheTableTwin) {
  PlanOptions o = options({"h200_sxm"});
  o.model = "<b>&\"";
  const std::string html = plan_html(planned("llama-3.1-70b", o));
  EXPECT_EQ(html.find("<b>"), std::string::npos);
  EXPECT_NE(html.find("&lt;b&gt;&amp;&quot;"), std::string::npos);
  EXPECT_NE(html.find("<svg"), std::string::npos);
  EXPECT_NE(html.find("<table>"), std::string::npos);
}

}  // namespace
}  // namespace interposer::planner
