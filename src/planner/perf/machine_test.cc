// Sharp tests 2-4 and the metamorphic ones (9) of the machines without rows.
#include "planner/perf/machine.h"

#include <gtest/gtest.h>

#include "stats/random.h"

namespace interposer::planner {
namespace {

constexpr const char* kLlama70 = R"({"model_type":"llama","num_hidden_layers":80,
  "hidden_size":8192,"intermediate_size":28672,"num_attention_heads":64,"num_key_value_heads":8,
  "vocab_size":128256,"tie_word_embeddings":false})";
constexpr const char* kR1 = R"({"model_type":"deepseek_v3","num_hidden_layers":61,
  "hidden_size":7168,"intermediate_size":18432,"num_attention_heads":128,
  "num_key_value_heads":128,"vocab_size":129280,"kv_lora_rank":512,"q_lora_rank":1536,
  "qk_rope_head_dim":64,"qk_nope_head_dim":128,"v_head_dim":128,"n_routed_experts":256,
  "num_experts_per_tok":8,"moe_intermediate_size":2048,"n_shared_experts":1,
  "first_k_dense_replace":3,"moe_layer_freq":1})";

ModelShape llama70() { return *parse_model_config(kLlama70, "llama.json"); }
ModelShape r1() { return *parse_model_config(kR1, "r1.json"); }

SramNumbers wse3() {
  return {.name = "CS-3",
          .sram_bytes = 44e9,
          .sram_bytes_per_s = 21e15,
          .flops = 12.5e15,
          .hop_s = 5e-6,
          .stages_per_device = 20};
}
SramNumbers lpu1() {
  return {.name = "LPU v1", .sram_bytes = 230e6, .sram_bytes_per_s = 80e12, .flops = 188e12};
}

RooflineNumbers gpus(const char* system, int devices) {
  return {.name = system, .device = *measured_gpu(system), .devices = devices};
}

TEST(Machines, SharpTest2FeasibilityWithReasons) {
  const ModelShape model = r1();
  StepQuestion q{.shape = &model, .model_digest = "", .precision = Precision::kFp8, .state = {}};
  const auto h100 = RooflineMachine(gpus("h100_sxm", 8)).step_time(q);
  ASSERT_FALSE(h100.ok());
  EXPECT_NE(h100.error().message.find("do not fit 640 GB"), std::string::npos)
      << h100.error().message;
  EXPECT_NE(h100.error().remedy.find("at least 9 devices"), std::string::npos)
      << h100.error().remedy;
  EXPECT_TRUE(RooflineMachine(gpus("h200_sxm", 8)).step_time(q).ok());
  q.precision = Precision::kFp4;
  EXPECT_TRUE(RooflineMachine(gpus("b200_sxm", 4)).step_time(q).ok());
  EXPECT_FALSE(RooflineMachine(gpus("b200_sxm", 2)).step_time(q).ok());
}

TEST(Machines, SharpTest3ChipsOfSramForSeventyBillion) {
  const ModelShape model = llama70();
  EXPECT_EQ(SramPipeline(wse3()).devices_for_weights(model, Precision::kBf16), 4);
  // 141.1 GB / 0.23 GB = 613.5: the 613 of the reports, and a whole chip for the rest.
  EXPECT_EQ(SramPipeline(lpu1()).devices_for_weights(model, Precision::kBf16), 614);
  EXPECT_EQ(SramPipeline(lpu1()).devices_for_weights(model, Precision::kFp8), 307);
}

TEST(Machines, SharpTest3AMillionTokensOnSramIsRefused) {
  const ModelShape model = llama70();
  StepQuestion q{.shape = &model, .model_digest = "", .precision = Precision::kBf16, .state = {}};
  q.state.prompt_tokens = 1e6;
  const auto answer = SramPipeline(wse3()).step_time(q);
  ASSERT_FALSE(answer.ok());
  EXPECT_NE(answer.error().message.find("needs 327.8 GB of SRAM"), std::string::npos)
      << answer.error().message;
  EXPECT_NE(answer.error().remedy.find("tokens fit"), std::string::npos);
}

TEST(Machines, TheSramPipelineIsNearPublishedSpeedsWithinItsBand) {
  // Published, never an input: 70B at 2,314 tokens/s a user on CS-3, 300 on LPU v1 (reference 3.1).
  const ModelShape model = llama70();
  StepQuestion q{
      .shape = &model, .model_digest = "", .precision = Precision::kBf16, .state = {1, 1000, 300}};
  const auto cs3 = SramPipeline(wse3()).step_time(q);
  ASSERT_TRUE(cs3.ok()) << cs3.error().message;
  EXPECT_TRUE(cs3->prior_only);
  EXPECT_LT(cs3->step_ms.p5, 1000.0 / 2314);
  EXPECT_GT(cs3->step_ms.p95, 1000.0 / 2314);
  q.precision = Precision::kFp8;
  SramNumbers groq = lpu1();
  groq.devices = 570;
  const auto lpu = SramPipeline(groq).step_time(q);
  ASSERT_TRUE(lpu.ok()) << lpu.error().message;
  EXPECT_LT(lpu->step_ms.p5, 1000.0 / 300);
  EXPECT_GT(lpu->step_ms.p95, 1000.0 / 300);
}

TEST(Machines, SharpTest4AHardwiredChipRunsOnlyItsOwnModel) {
  const ModelShape model = llama70();
  const HardwiredChip chip({.name = "HC1",
                            .model = "Llama-3.1-8B",
                            .model_digest = "8b5ad1",
                            .tokens_per_s_low = 15'000,
                            .tokens_per_s_high = 17'000});
  StepQuestion q{.shape = &model,
                 .model_digest = "77aa00",
                 .precision = Precision::kInt4,
                 .state = {1, 100, 100}};
  const auto other = chip.step_time(q);
  ASSERT_FALSE(other.ok());
  EXPECT_NE(other.error().message.find("8b5ad1"), std::string::npos);
  EXPECT_NE(other.error().message.find("77aa00"), std::string::npos);
  q.model_digest = "8b5ad1";
  const auto own = chip.step_time(q);
  ASSERT_TRUE(own.ok());
  EXPECT_LT(own->step_ms.p5, 1000.0 / 17'000);
  EXPECT_GT(own->step_ms.p95, 1000.0 / 15'000);
}

TEST(Machines, SharpTest4AnUnmeasuredAsicIsAtLeastFiveTimesWide) {
  const ModelShape model = llama70();
  RooflineNumbers sohu{.name = "Sohu", .device = *measured_gpu("h200_sxm"), .devices = 8};
  sohu.high = 5;
  const StepQuestion q{
      .shape = &model, .model_digest = "", .precision = Precision::kFp8, .state = {}};
  const auto answer = RooflineMachine(sohu).step_time(q);
  ASSERT_TRUE(answer.ok());
  EXPECT_GE(answer->step_ms.width(), 5 - 1e-9);
  EXPECT_TRUE(answer->prior_only);
}

TEST(Machines, ATorusPaysForItsHops) {
  const ModelShape model = llama70();
  TorusNumbers tpu{
      .roofline = {.name = "TPU", .device = {192e9, 7.37e12, 2307e12, 4614e12, 0, 600e9}},
      .sides = {2, 2, 2}};
  const StepQuestion q{
      .shape = &model, .model_digest = "", .precision = Precision::kBf16, .state = {8, 1000, 300}};
  const auto eight = TorusMachine(tpu).step_time(q);
  ASSERT_TRUE(eight.ok());
  EXPECT_EQ(eight->devices, 8);
  tpu.roofline.hop_s *= 10;
  const auto slow = TorusMachine(tpu).step_time(q);
  EXPECT_GT(slow->step_ms.p50, eight->step_ms.p50);
}

// Sharp test 9, over random machines and loads.
TEST(Machines, SharpTest9MoreBandwidthIsNeverSlowerAndMoreBatchNeverLessInAll) {
  stats::Random random(9);
  const ModelShape models[] = {llama70(), r1()};
  for (int trial = 0; trial < 400; ++trial) {
    const ModelShape& model = models[random.below(2)];
    RooflineNumbers numbers = gpus(random.below(2) == 0 ? "h200_sxm" : "b200_sxm", 8);
    numbers.hop_s *= 0.1 + random.uniform();
    StepQuestion q{.shape = &model,
                   .model_digest = "",
                   .precision = Precision::kFp8,
                   .state = {1 + static_cast<double>(random.below(16)),
                             100.0 + static_cast<double>(random.below(4000)),
                             50.0 + static_cast<double>(random.below(1000))}};
    const auto base = RooflineMachine(numbers).step_time(q);
    ASSERT_TRUE(base.ok()) << base.error().message;
    RooflineNumbers faster = numbers;
    faster.device.memory_bytes_per_s *= 1 + random.uniform();
    EXPECT_LE(RooflineMachine(faster).step_time(q)->step_ms.p50, base->step_ms.p50);
    faster = numbers;
    faster.device.link_bytes_per_s *= 1 + random.uniform();
    EXPECT_LE(RooflineMachine(faster).step_time(q)->step_ms.p50, base->step_ms.p50);
    StepQuestion more = q;
    more.state.batch += 1 + static_cast<double>(random.below(8));
    const auto loaded = RooflineMachine(numbers).step_time(more);
    ASSERT_TRUE(loaded.ok());
    EXPECT_GE(loaded->step_ms.p50, base->step_ms.p50);
    EXPECT_GE(more.state.batch / loaded->step_ms.p50, q.state.batch / base->step_ms.p50 * 0.999)
        << "batch " << q.state.batch << " -> " << more.state.batch;
    StepQuestion longer = q;
    longer.state.prompt_tokens *= 2;
    const auto deep = RooflineMachine(numbers).step_time(longer);
    if (deep.ok()) {
      EXPECT_GE(deep->step_ms.p50, base->step_ms.p50 * (1 - 1e-12));
    }
  }
}

TEST(Machines, WhatFitsIsTheInverseOfWhatIsKept) {
  const ModelShape model = r1();
  for (const double bytes : {1e6, 1e9, 3.7e10}) {
    const double tokens = tokens_that_fit(model, Precision::kFp8, bytes);
    EXPECT_LE(cache_bytes(model, Precision::kFp8, tokens), bytes);
    EXPECT_GT(cache_bytes(model, Precision::kFp8, tokens + 1), bytes);
  }
  EXPECT_EQ(tokens_that_fit(model, Precision::kFp8, 1), 0);
}

}  // namespace
}  // namespace interposer::planner
