// The closed loop against what can be worked out by hand; what it says must move the right way.
#include "planner/perf/first_token.h"

#include <gtest/gtest.h>

#include "planner/perf/fitted.h"

namespace interposer::planner {
namespace {

TEST(ClosedLoop, OneClientWaitsForItsOwnPromptOnly) {
  const LoopEngine engine{
      .step_ms = 10, .step_ms_per_request = 0, .prompt_ms_per_token = 0.1, .chunk_tokens = 1e9};
  const LoopResult one = simulate_closed_loop(engine, 1, 1000, 100, 50);
  // 10 ms of a step and 0.1 ms for each of 800 to 1,000 tokens.
  EXPECT_NEAR(one.mean_ms, 10 + 0.1 * 900, 1.0);
  EXPECT_NEAR(one.median_ms, 10 + 0.1 * 900, 2.0);
}

TEST(ClosedLoop, AChunkLimitMakesAPromptTakeSeveralSteps) {
  const LoopEngine engine{
      .step_ms = 10, .step_ms_per_request = 0, .prompt_ms_per_token = 0.1, .chunk_tokens = 100};
  const LoopResult one = simulate_closed_loop(engine, 1, 1000, 100, 50);
  EXPECT_GT(one.mean_ms, 8 * 10 + 0.1 * 800);
  EXPECT_LT(one.mean_ms, 10 * 10 + 0.1 * 1000 + 1);
}

TEST(ClosedLoop, MoreClientsNeverWaitLess) {
  const LoopEngine engine{
      .step_ms = 8, .step_ms_per_request = 0.05, .prompt_ms_per_token = 0.05, .chunk_tokens = 8192};
  double before = 0;
  for (const double clients : {1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0}) {
    const LoopResult r = simulate_closed_loop(engine, clients, 2000, 500, 6);
    EXPECT_GE(r.mean_ms, before * 0.999) << clients;
    before = r.mean_ms;
  }
}

TEST(ClosedLoop, TheSameBitsEachTime) {
  const LoopEngine engine;
  const LoopResult a = simulate_closed_loop(engine, 17, 900, 333, 5);
  const LoopResult b = simulate_closed_loop(engine, 17, 900, 333, 5);
  EXPECT_EQ(a.mean_ms, b.mean_ms);
  EXPECT_EQ(a.median_ms, b.median_ms);
  EXPECT_EQ(a.steps, b.steps);
}

TEST(Fitted, AnUnknownMachineIsWiderThanAMeasuredOne) {
  const FittedGpu near = fitted_gpu({.gpu = "h200_sxm",
                                     .generation = "hopper",
                                     .engine = "sglang",
                                     .architecture = "deepseek",
                                     .precision = Precision::kFp8,
                                     .mixture = true});
  const FittedGpu far = fitted_gpu({.gpu = "mi355x",
                                    .generation = "",
                                    .engine = "vllm",
                                    .architecture = "deepseek",
                                    .precision = Precision::kFp8,
                                    .mixture = true});
  EXPECT_GT(near.log_sd, 0);
  EXPECT_GT(far.log_sd, near.log_sd);
  EXPECT_NE(near.evidence.find("measured"), std::string::npos);
  EXPECT_NE(far.evidence.find("mi355x"), std::string::npos);
  for (const double e : near.efficiency) EXPECT_GT(e, 0);
}

}  // namespace
}  // namespace interposer::planner
