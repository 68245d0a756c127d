#include "routing/pick.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace interposer::routing {
namespace {

boards::StepProfile profile(float step_s) {
  boards::StepProfile p;
  p.base_s.fill(step_s);
  p.context_s.fill(1e-8F);
  p.context_s[0] = 0;
  p.prefill_token_s = 2e-5F;
  p.kv_tokens = 1e6F;
  return p;
}

TEST(StepProfile, IsLinearBetweenKnots) {
  boards::StepProfile p = profile(0);
  for (std::size_t k = 0; k < p.base_s.size(); ++k) p.base_s[k] = static_cast<float>(k);
  p.context_s.fill(0);
  EXPECT_EQ(p.step_s(0, 0, 0, 0), 0);
  EXPECT_EQ(p.step_s(1, 0, 0, 0), 1);
  EXPECT_EQ(p.step_s(2, 0, 0, 0), 2);
  EXPECT_EQ(p.step_s(3, 0, 0, 0), 2.5F);
  EXPECT_EQ(p.step_s(4, 0, 0, 0), 3);
  EXPECT_EQ(p.step_s(1024, 0, 0, 0), 11);
  EXPECT_EQ(p.step_s(5000, 0, 0, 0), 11);
}

TEST(Pick, TakesTheLessLoadedOfEqualReplicas) {
  const boards::StepProfile p = profile(0.01F);
  std::vector<Option> options(3, Option{&p, {}, 0});
  options[0].load = {20, 20'000, 4, 30'000, 1e5F};
  options[1].load = {20, 20'000, 0, 0, 1e5F};
  options[2].load = {20, 20'000, 9, 90'000, 1e5F};
  EXPECT_EQ(pick(options, {1000, 300, 0, 0}), 1);
}

TEST(Pick, PrefersTheReplicaThatHoldsThePrefix) {
  const boards::StepProfile p = profile(0.01F);
  std::vector<Option> options(2, Option{&p, {}, 0});
  options[1].cached_tokens = 8'000;
  EXPECT_EQ(pick(options, {9000, 300, 0, 0}), 1);
}

TEST(Pick, OfThoseThatMeetTheLimitsTheCheapest) {
  boards::StepProfile fast = profile(0.005F), cheap = profile(0.04F);
  fast.usd_per_m_output = 10;
  cheap.usd_per_m_output = 1;
  const std::vector<Option> options = {{&fast, {}, 0}, {&cheap, {}, 0}};
  EXPECT_EQ(pick(options, {1000, 300, 0, 0}), 1);
  EXPECT_EQ(pick(options, {1000, 300, 0, 0.05F}), 1);
  EXPECT_EQ(pick(options, {1000, 300, 0, 0.02F}), 0);
  // None does: the likelier one.
  fast.tpot_log_sd = cheap.tpot_log_sd = 0.3F;
  EXPECT_EQ(pick(options, {1000, 300, 0, 0.001F}), 0);
}

TEST(Pick, NoOptionNoChoice) {
  EXPECT_EQ(pick({}, {}), -1);
  const std::vector<Option> none = {Option{}};
  EXPECT_EQ(pick(none, {}), -1);
}

TEST(Estimate, ChanceOfMeetingFollowsTheSpread) {
  boards::StepProfile p = profile(0.01F);
  p.context_s.fill(0);
  p.tpot_log_sd = 0.2F;
  EXPECT_NEAR(estimate(p, {}, 0, {100, 10, 0, 0.01F}).meets, 0.5, 1e-4);
  EXPECT_NEAR(estimate(p, {}, 0, {100, 10, 0, 0.01F * std::exp(0.2F)}).meets, 0.8413, 1e-3);
  EXPECT_EQ(estimate(p, {}, 0, {100, 10, 0, 0}).meets, 1);
}

TEST(Estimate, MoreLoadIsNeverFaster) {
  const boards::StepProfile p = profile(0.01F);
  float ttft = 0, tpot = 0;
  for (int n = 0; n < 300; n += 7) {
    const Load load{static_cast<float>(n), 1000.F * static_cast<float>(n), 0,
                    50.F * static_cast<float>(n), -1};
    const Estimate e = estimate(p, load, 0, {1000, 300, 0, 0});
    EXPECT_GE(e.ttft_s, ttft);
    EXPECT_GE(e.tpot_s, tpot);
    ttft = e.ttft_s;
    tpot = e.tpot_s;
  }
}

TEST(Learn, SettlesOnTheTruth) {
  boards::StepProfile p = profile(0.014F);  // 40 % too slow
  for (int i = 0; i < 200; ++i) {
    const Estimate e = estimate(p, {}, 0, {1000, 300, 0, 0});
    learn(&p, e.ttft_s, e.ttft_s, e.tpot_s, 0.01F);
  }
  EXPECT_NEAR(estimate(p, {}, 0, {1000, 300, 0, 0}).tpot_s / 0.01F, 1, 0.02);
  EXPECT_NEAR(p.ttft_log_bias, 0, 1e-6);
  // What is no time teaches nothing.
  const float before = p.tpot_log_bias;
  learn(&p, 0, 1, 1, -1);
  learn(&p, 1, 0, 0, 1);
  EXPECT_EQ(p.tpot_log_bias, before);
}

}  // namespace
}  // namespace interposer::routing
