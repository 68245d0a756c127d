#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <thread>

#include "planner/simulate/fleet.h"
#include "planner/simulate/testing.h"
#include "planner/simulate/trace.h"
#include "routing/pick.h"
#include "stats/random.h"

namespace interposer::planner {
namespace {

constexpr double kTick = 1e-6;  // seconds a step: answers are service times in microseconds

// Poisson arrivals of 1 a second to `servers` with exponential or fixed service of mean `service`.
Workload queue_workload(double service, bool fixed, std::size_t count, std::uint64_t seed) {
  Workload out;
  out.requests.resize(count);
  stats::Random times(seed), lengths(seed + 1);
  double now = 0;
  for (SimRequest& r : out.requests) {
    now += -std::log(1 - times.uniform());
    const double s = fixed ? service : -service * std::log(1 - lengths.uniform());
    // The first token costs nothing (it comes with the prompt), so one more than the ticks.
    r = {now, 1, static_cast<std::uint32_t>(std::lround(s / kTick)) + 1, 0, 0};
  }
  return out;
}

// Runs a queue whose c servers are the seats of one batch, with a constant step.
SimResult run_queue(int servers, const Workload& work) {
  SimFleet fleet;
  fleet.pools = {constant_pool(servers, kTick)};
  auto result = simulate(fleet, work, {.warmup = work.requests.size() / 50});
  EXPECT_TRUE(result.ok());
  return *result;
}

// Mean wait of the same arrivals and services by the recursion of Kiefer and Wolfowitz (Lindley's
// for one server), which knows nothing of events or steps.
double oracle_wait(int servers, const Workload& work) {
  std::vector<double> free_at(static_cast<std::size_t>(servers), 0);
  double sum = 0;
  const std::size_t skip = work.requests.size() / 50;
  for (std::size_t i = 0; i < work.requests.size(); ++i) {
    const SimRequest& r = work.requests[i];
    auto first = std::min_element(free_at.begin(), free_at.end());
    const double start = std::max(r.arrival_s, *first);
    *first = start + (r.answer - 1.0) * kTick;
    if (i >= skip) sum += start - r.arrival_s;
  }
  return sum / static_cast<double>(work.requests.size() - skip);
}

double erlang_c_wait(int c, double service, double rate) {
  const double a = rate * service, rho = a / c;
  double term = 1, sum = 1;
  for (int k = 1; k < c; ++k) sum += term *= a / k;
  const double last = term * a / c / (1 - rho);
  return last / (sum + last) * service / (c * (1 - rho));
}

TEST(SharpTest8, MM1MeanWaitWithinOnePercentOfTheory) {
  const Workload work = queue_workload(0.5, false, 2'000'000, 11);
  const SimResult result = run_queue(1, work);
  const double theory = 0.5 * 0.5 / (1 - 0.5);
  EXPECT_NEAR(result.ttft_s.mean / theory, 1, 0.01);
  EXPECT_NEAR(result.ttft_s.mean, oracle_wait(1, work), 1e-4);
  // Exponential tail: P(wait > t) = rho exp(-(mu - lambda) t).
  EXPECT_NEAR(result.ttft_s.p99, std::log(0.5 / 0.01), 0.06);
}

TEST(SharpTest8, MD1MeanWaitWithinOnePercentOfTheory) {
  const Workload work = queue_workload(0.7, true, 2'000'000, 12);
  const SimResult result = run_queue(1, work);
  const double theory = 0.7 * 0.7 / (2 * (1 - 0.7));
  EXPECT_NEAR(result.ttft_s.mean / theory, 1, 0.01);
  EXPECT_NEAR(result.ttft_s.mean, oracle_wait(1, work), 1e-4);
}

TEST(SharpTest8, MMcMeanWaitWithinOnePercentOfTheory) {
  const Workload work = queue_workload(5.6, false, 3'000'000, 14);
  const SimResult result = run_queue(8, work);
  EXPECT_NEAR(result.ttft_s.mean / erlang_c_wait(8, 5.6, 1), 1, 0.01);
  EXPECT_NEAR(result.ttft_s.mean, oracle_wait(8, work), 1e-4);
}

TEST(SharpTest8, LittlesLawIsExact) {
  SimFleet fleet;
  fleet.pools = {typical_pool()};
  fleet.pools[0].replicas = 3;
  const auto work = draw_workload({.rate = 60, .cv = 3, .length_cv = 1, .count = 20'000});
  ASSERT_TRUE(work.ok());
  const auto result = simulate(fleet, *work, {});
  ASSERT_TRUE(result.ok());
  EXPECT_NEAR(result->in_system / result->sojourns, 1, 1e-9);
}

void expect_same(const SimResult& a, const SimResult& b) {
  EXPECT_EQ(a.ttft, b.ttft);
  EXPECT_EQ(a.tpot, b.tpot);
  EXPECT_EQ(a.ttft_s.p99, b.ttft_s.p99);
  EXPECT_EQ(a.in_system, b.in_system);
  EXPECT_EQ(a.events, b.events);
}

TEST(SharpTest8, RerunsAndThreadsAreBitIdentical) {
  const auto work = draw_workload({.rate = 40, .cv = 2, .length_cv = 0.8, .count = 5'000});
  ASSERT_TRUE(work.ok());
  const auto run = [&](double factor) {
    SimFleet fleet;
    fleet.pools = {typical_pool(64)};
    fleet.pools[0].replicas = 4;
    fleet.pools[0].curve = fleet.pools[0].curve.scaled(factor, factor);
    return *simulate(fleet, *work, {.ttft_limit_s = 1, .learn = true}, true);
  };
  const SimResult once = run(1), slow = run(1.5);
  SimResult a, b;
  std::thread first([&] { a = run(1); });
  std::thread second([&] { b = run(1.5); });
  first.join();
  second.join();
  expect_same(once, a);
  expect_same(slow, b);
  EXPECT_NE(once.ttft, slow.ttft);
}

TEST(SharpTest8, SkippingAheadEqualsStepByStep) {
  // A step budget of one token beyond the batch cannot change a fleet whose prompts are one token;
  // against an explicit loop over steps with the same curve, one request at a time.
  SimFleet fleet;
  fleet.pools = {typical_pool()};
  Workload work;
  work.requests = {{0, 100, 500, 0, 0}, {1000, 3000, 1, 0, 0}, {2000, 9000, 77, 0, 0}};
  const auto result = simulate(fleet, work, {}, true);
  ASSERT_TRUE(result.ok());
  const StepCurve& c = fleet.pools[0].curve;
  for (std::size_t i = 0; i < work.requests.size(); ++i) {
    const SimRequest& r = work.requests[i];
    double ttft = 0;
    for (double done = 0; done < r.prompt;) {
      const double take = std::min(8192.0, r.prompt - done);
      ttft += c.decode_s(0, 0) + c.prefill_s(take, take * (done + take / 2));
      done += take;
    }
    double decode = 0;
    for (std::uint32_t t = 1; t < r.answer; ++t) decode += c.decode_s(1, r.prompt + t - 1.0);
    EXPECT_NEAR(result->ttft[i], ttft, 1e-6) << i;
    if (r.answer > 1) EXPECT_NEAR(result->tpot[i], decode / (r.answer - 1.0), 1e-8) << i;
  }
}

TEST(Simulate, EveryRequestEndsAndEveryTokenIsProduced) {
  for (const double kv : {3'000.0, 20'000.0, 1e9}) {
    for (const double cv : {0.0, 1.0, 4.0}) {
      SimFleet fleet;
      fleet.pools = {typical_pool(32)};
      fleet.pools[0].kv_tokens = kv;
      fleet.pools[0].replicas = 2;
      const auto work = draw_workload(
          {.rate = 30, .cv = cv, .mean_prompt = 700, .length_cv = 0.5, .count = 2'000});
      ASSERT_TRUE(work.ok());
      const auto result = simulate(fleet, *work, {}, true);
      ASSERT_TRUE(result.ok());
      EXPECT_EQ(result->counted + result->refused, 2'000U);
      double answers = 0, prompts = 0;
      for (std::size_t i = 0; i < work->requests.size(); ++i) {
        const SimRequest& r = work->requests[i];
        EXPECT_EQ(result->ttft[i]<0, r.prompt + r.answer> kv);
        if (result->ttft[i] < 0) continue;
        answers += r.answer - 1.0;
        prompts += r.prompt;
      }
      // Without preemption each token is decoded once and each prompt computed once; a preempted
      // sequence keeps its tokens but computes them again as prompt, which yields one more token.
      const PoolUse& use = result->pools[0];
      EXPECT_EQ(use.decoded + static_cast<double>(use.preemptions), answers);
      EXPECT_GE(use.computed, prompts);
      if (use.preemptions == 0) EXPECT_EQ(use.computed, prompts);
      if (kv > 1e8) EXPECT_EQ(use.preemptions, 0U);
    }
  }
}

TEST(Simulate, PreemptionHappensWhenContextsOutgrowTheRoom) {
  SimFleet fleet;
  fleet.pools = {typical_pool(32)};
  fleet.pools[0].kv_tokens = 4'000;
  Workload work;
  for (int i = 0; i < 8; ++i) work.requests.push_back({0, 300, 1'500, 0, 0});
  const auto result = simulate(fleet, work, {});
  ASSERT_TRUE(result.ok());
  EXPECT_GT(result->pools[0].preemptions, 0U);
  EXPECT_EQ(result->counted, 8U);
}

TEST(SharpTest9, FasterStepsAndMoreReplicasAreNeverWorse) {
  const auto work = draw_workload({.rate = 50, .cv = 2, .length_cv = 1, .count = 10'000});
  ASSERT_TRUE(work.ok());
  double before = 1e300;
  for (const double factor : {1.6, 1.3, 1.0, 0.8, 0.5}) {
    SimFleet fleet;
    fleet.pools = {typical_pool()};
    fleet.pools[0].replicas = 2;
    fleet.pools[0].curve = fleet.pools[0].curve.scaled(factor, factor);
    const auto result = simulate(fleet, *work, {});
    ASSERT_TRUE(result.ok());
    EXPECT_LE(result->total_s.p99, before) << factor;
    before = result->total_s.p99;
  }
  double p99 = 1e300;
  double slack = 0;
  for (int replicas = 1; replicas <= 6; ++replicas) {
    SimFleet fleet;
    fleet.pools = {typical_pool()};
    fleet.pools[0].replicas = replicas;
    const auto result = simulate(fleet, *work, {});
    ASSERT_TRUE(result.ok());
    EXPECT_LE(result->ttft_s.p99, p99 + slack) << replicas;
    p99 = result->ttft_s.p99;
    slack = result->ttft_s.p99_half_width;
  }
}

TEST(Simulate, PrefillAndDecodePoolsHandOver) {
  SimFleet fleet;
  fleet.pools = {typical_pool(), typical_pool()};
  fleet.pools[0].role = Role::kPrefill;
  fleet.pools[1].role = Role::kDecode;
  fleet.handover_s = 0.25;
  fleet.handover_s_per_token = 1e-5;
  Workload work;
  work.requests = {{0, 1000, 10, 0, 0}, {100, 2000, 1, 0, 0}};
  const auto result = simulate(fleet, work, {}, true);
  ASSERT_TRUE(result.ok());
  const StepCurve& c = fleet.pools[0].curve;
  EXPECT_NEAR(result->ttft[0], c.base_s[0] + c.prefill_s(1000, 5e5) + 0.25 + 0.01, 1e-6);
  EXPECT_NEAR(result->ttft[1], c.base_s[0] + c.prefill_s(2000, 2e6), 1e-6);  // nothing to hand over
  EXPECT_EQ(result->pools[0].decoded, 0);
  EXPECT_EQ(result->pools[1].computed, 0);
  EXPECT_EQ(result->pools[1].decoded, 9);
  // Decoding is undisturbed by other prompts: with whole replicas the same load has a worse pace.
  const auto busy = draw_workload({.rate = 8, .mean_prompt = 4000, .count = 3'000});
  const auto split = simulate(fleet, *busy, {});
  SimFleet whole;
  whole.pools = {typical_pool()};
  whole.pools[0].replicas = 2;
  const auto together = simulate(whole, *busy, {});
  ASSERT_TRUE(split.ok() && together.ok());
  EXPECT_LT(split->tpot_s.p99, together->tpot_s.p99);
}

TEST(Simulate, RefusesWhatCannotRun) {
  SimFleet fleet;
  fleet.pools = {typical_pool()};
  EXPECT_FALSE(simulate(fleet, Workload{}, {}).ok());
  Workload work;
  work.requests = {{0, 10, 10, 0, 0}};
  fleet.pools[0].role = Role::kPrefill;
  const auto half = simulate(fleet, work, {});
  ASSERT_FALSE(half.ok());
  EXPECT_NE(half.error().remedy.find("decode"), std::string::npos);
  fleet.pools[0].role = Role::kWhole;
  fleet.pools[0].replicas = 0;
  EXPECT_FALSE(simulate(fleet, work, {}).ok());
}

TEST(SharpTest10, BurstsOfTheAzureTraceRaiseP99OverPoisson) {
  const std::string path = planner_data("traces/azure_llm_2023_conv.csv");
  if (path.empty()) GTEST_SKIP() << "no test data";
  auto trace = load_trace(path);
  ASSERT_TRUE(trace.ok()) << trace.error().to_string();
  EXPECT_EQ(trace->requests.size(), 19'366U);
  SimFleet fleet;
  fleet.pools = {typical_pool()};
  const Workload fast = at_rate(*trace, 18);
  const auto bursty = simulate(fleet, fast, {});
  const auto smooth = simulate(fleet, as_poisson(fast, 5), {});
  ASSERT_TRUE(bursty.ok() && smooth.ok());
  EXPECT_GT(bursty->ttft_s.p99, smooth->ttft_s.p99);
  EXPECT_NEAR(as_poisson(fast, 5).rate(), fast.rate(), 1e-9);
}

// The reuse of a trace with endless memory: a block counts when all before it and itself were seen.
double endless_reuse(const Workload& work) {
  std::set<std::uint64_t> seen;
  double reused = 0;
  for (const SimRequest& r : work.requests) {
    std::uint32_t hit = 0;
    while (hit < r.blocks && seen.contains(work.blocks[r.first_block + hit])) ++hit;
    hit = std::min(hit, (r.prompt - 1) / work.block_tokens);
    reused += static_cast<double>(hit) * work.block_tokens;
    seen.insert(work.blocks.begin() + r.first_block,
                work.blocks.begin() + r.first_block + r.blocks);
  }
  return reused;
}

TEST(SharpTest10, PrefixCacheLowersPrefillByTheTracesReuse) {
  const std::string path = planner_data("traces/mooncake_conversation.jsonl");
  if (path.empty()) GTEST_SKIP() << "no test data";
  auto trace = load_trace(path);
  ASSERT_TRUE(trace.ok()) << trace.error().to_string();
  EXPECT_EQ(trace->requests.size(), 12'031U);
  const Workload slow = at_rate(*trace, 0.05);  // so that no two wait for the same prefix
  SimFleet fleet;
  fleet.pools = {typical_pool()};
  fleet.pools[0].kv_tokens = 1e12;
  const auto with = simulate(fleet, slow, {});
  fleet.pools[0].prefix_cache = false;
  const auto without = simulate(fleet, slow, {});
  ASSERT_TRUE(with.ok() && without.ok());
  const double saved = without->pools[0].computed - with->pools[0].computed;
  EXPECT_EQ(saved, with->pools[0].cached);
  EXPECT_NEAR(saved / endless_reuse(slow), 1, 1e-3);
  EXPECT_LT(with->ttft_s.mean, without->ttft_s.mean);
  // A small cache forgets: fewer hits, never more work than without one.
  fleet.pools[0].prefix_cache = true;
  fleet.pools[0].kv_tokens = 300'000;
  const auto small = simulate(fleet, slow, {});
  ASSERT_TRUE(small.ok());
  EXPECT_LT(small->pools[0].cached, with->pools[0].cached);
  EXPECT_GT(small->pools[0].cached, 0);
}

TEST(SharpTest15, RouterRecoversFromWrongProfiles) {
  SimFleet fleet;
  fleet.pools = {typical_pool()};
  fleet.pools[0].replicas = 2;
  for (float& s : fleet.pools[0].profile.base_s) s *= 1.4F;
  for (float& s : fleet.pools[0].profile.context_s) s *= 1.4F;
  const auto error_after = [&](std::size_t count, bool learn) {
    const auto work = draw_workload({.rate = 6, .length_cv = 0.3, .count = count});
    const auto result = simulate(fleet, *work, {.learn = learn});
    EXPECT_TRUE(result.ok());
    // The profile as it was left, against the mean pace of a light load of the same kind.
    const boards::StepProfile& p = result->profiles[0];
    const double seen = result->tpot_s.p50;
    const double b = result->pools[0].batch_steps / result->pools[0].steps;
    const double c = result->pools[0].context_steps / result->pools[0].steps;
    const routing::Load load{static_cast<float>(b), static_cast<float>(c), 0, 0, -1};
    const routing::Ask ask{1000, 300, 0, 0};
    return std::abs(routing::estimate(p, load, 0, ask).tpot_s / seen - 1);
  };
  EXPECT_GT(error_after(200, false), 0.2);
  EXPECT_LE(error_after(200, true), 0.10);
}

}  // namespace
}  // namespace interposer::planner
