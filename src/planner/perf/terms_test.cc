// The physical terms: by hand once, and how they must move (sharp test 9).
#include "planner/perf/terms.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "stats/random.h"

namespace interposer::planner {
namespace {

constexpr const char* kLlama70 = R"({"model_type":"llama","num_hidden_layers":80,
  "hidden_size":8192,"intermediate_size":28672,"num_attention_heads":64,"num_key_value_heads":8,
  "vocab_size":128256,"tie_word_embeddings":false})";
constexpr const char* kMixture = R"({"model_type":"qwen3_moe","num_hidden_layers":94,
  "hidden_size":4096,"intermediate_size":12288,"num_attention_heads":64,"num_key_value_heads":4,
  "head_dim":128,"vocab_size":151936,"num_experts":128,"num_experts_per_tok":8,
  "moe_intermediate_size":1536})";

double at(const Terms& t, Term term) { return t[static_cast<std::size_t>(term)]; }

double expected_ms(const Terms& t) {
  return std::inner_product(t.begin(), t.end(), term_priors().begin(), 0.0);
}

TEST(Terms, ByHandForOneRequestOnTwoGpus) {
  const ModelShape shape = *parse_model_config(kLlama70, "llama.json");
  const GpuNumbers& h100 = *measured_gpu("h100_sxm");
  const Terms t = step_terms(shape, h100, Precision::kFp8, {2, false}, {1, 1000, 500});
  // 69.5e9 bytes over two times 3.35 TB/s.
  EXPECT_NEAR(at(t, Term::kDenseBytes), shape.dense_params() / (2 * 3.35e12) * 1e3, 1e-9);
  EXPECT_NEAR(at(t, Term::kCacheBytes), 163'840.0 * 1250 / 2 / 3.35e12 * 1e3, 1e-9);
  EXPECT_NEAR(at(t, Term::kFlops), 2 * shape.active_params() / (2 * 1979e12) * 1e3, 1e-9);
  EXPECT_EQ(at(t, Term::kExpertBytes), 0);
  EXPECT_NEAR(at(t, Term::kReduceBytes), 2 * 80 * 8192 * 2.0 / 450e9 * 1e3, 1e-9);
  EXPECT_EQ(
      at(step_terms(shape, h100, Precision::kFp8, {1, false}, {1, 1000, 500}), Term::kReduceBytes),
      0);
}

TEST(Terms, WithoutAnFp4UnitWeightsAreWidened) {
  EXPECT_EQ(measured_gpu("h100_sxm")->flops(Precision::kFp4), 989e12);
  EXPECT_EQ(measured_gpu("b200_sxm")->flops(Precision::kFp4), 9000e12);
  EXPECT_EQ(measured_gpu("no such"), nullptr);
}

TEST(Terms, SharpTest9OverRandomLoads) {
  stats::Random random(19);
  const ModelShape shapes[] = {*parse_model_config(kLlama70, "a"),
                               *parse_model_config(kMixture, "b")};
  for (int trial = 0; trial < 500; ++trial) {
    const ModelShape& shape = shapes[random.below(2)];
    const auto precision = random.below(2) == 0 ? Precision::kFp8 : Precision::kBf16;
    const GpuPlacement placement{1 << random.below(4), random.below(2) == 0};
    const ServingState state{1 + static_cast<double>(random.below(256)),
                             10 + static_cast<double>(random.below(8000)),
                             10 + static_cast<double>(random.below(4000))};
    const GpuNumbers gpu = *measured_gpu("h200_sxm");
    const Terms base = step_terms(shape, gpu, precision, placement, state);
    GpuNumbers better = gpu;
    better.memory_bytes_per_s *= 1 + random.uniform();
    better.flops_bf16 *= 1 + random.uniform();
    better.flops_fp8 *= 1 + random.uniform();
    better.link_bytes_per_s *= 1 + random.uniform();
    const Terms faster = step_terms(shape, better, precision, placement, state);
    ServingState more = state;
    more.batch += 1 + static_cast<double>(random.below(64));
    const Terms loaded = step_terms(shape, gpu, precision, placement, more);
    for (std::size_t k = 0; k < kTerms; ++k) {
      ASSERT_GE(base[k], 0) << term_name(static_cast<Term>(k));
      ASSERT_LE(faster[k], base[k]) << term_name(static_cast<Term>(k));
      ASSERT_GE(loaded[k], base[k]) << term_name(static_cast<Term>(k));
    }
    // More requests at once never lower the throughput of all.
    EXPECT_GE(more.batch / expected_ms(loaded), state.batch / expected_ms(base) * (1 - 1e-12));
  }
}

}  // namespace
}  // namespace interposer::planner
