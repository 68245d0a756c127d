// Oracles of the KV algebra (sharp test 1), parameter counts against the names models carry.
#include "planner/shape/shape.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "planner/calibrate/testing.h"

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

ModelShape parsed(std::string_view json) {
  auto shape = parse_model_config(json, "test.json");
  EXPECT_TRUE(shape.ok()) << (shape.ok() ? "" : shape.error().message);
  return shape.ok() ? *std::move(shape) : ModelShape{};
}

std::string error_of(std::string_view json) {
  const auto shape = parse_model_config(json, "broken.json");
  return shape.ok() ? "" : shape.error().message;
}

TEST(Shape, SharpTest1KvBytesOfLlamaAndR1) {
  const ModelShape llama = parsed(kLlama70);
  EXPECT_DOUBLE_EQ(llama.bytes_per_token(2), 327'680);
  EXPECT_NEAR(llama.total_params(), 70.55e9, 0.01e9);
  const ModelShape r1 = parsed(kR1);
  EXPECT_DOUBLE_EQ(r1.bytes_per_token(1), 35'136);
  EXPECT_NEAR(r1.cache_elements(8192) * 1 / 1e6, 287.8, 0.05);
  EXPECT_NEAR(r1.cache_elements(8192) * 2 / 1e6, 575.7, 0.05);
  EXPECT_NEAR(r1.total_params(), 671e9, 2e9);
  EXPECT_NEAR(r1.active_params(), 37e9, 1e9);
}

TEST(Shape, TheLatentCacheIsReadByEveryDevice) {
  const ModelShape r1 = parsed(kR1);
  EXPECT_DOUBLE_EQ(r1.read_elements_per_device(1000, 8), r1.read_elements(1000));
  const ModelShape llama = parsed(kLlama70);
  EXPECT_DOUBLE_EQ(llama.read_elements_per_device(1000, 8) * 8, llama.read_elements(1000));
  EXPECT_DOUBLE_EQ(llama.read_elements_per_device(1000, 16), llama.read_elements(1000) / 8);
}

TEST(Shape, ExpertsTouchedByABatch) {
  const ModelShape r1 = parsed(kR1);
  EXPECT_NEAR(r1.experts_touched(1), 8, 1e-9);
  EXPECT_NEAR(r1.experts_touched(2), 256 * (1 - std::pow(1 - 8.0 / 256, 2)), 1e-9);
  EXPECT_LT(r1.experts_touched(1e6), 256.0001);
  EXPECT_EQ(parsed(kLlama70).experts_touched(64), 0);
}

TEST(Shape, ASlidingWindowStopsGrowing) {
  const ModelShape s = parsed(R"({"num_hidden_layers":4,"hidden_size":64,"intermediate_size":128,
    "num_attention_heads":4,"num_key_value_heads":2,"head_dim":16,"vocab_size":100,
    "sliding_window":128,"layer_types":["sliding_attention","full_attention",
    "sliding_attention","full_attention"]})");
  EXPECT_DOUBLE_EQ(s.cache_elements(100), 4 * 64 * 100.0);
  EXPECT_DOUBLE_EQ(s.cache_elements(1000), 2 * 64 * 1000.0 + 2 * 64 * 128.0);
  EXPECT_DOUBLE_EQ(s.bytes_per_token(1), 2 * 64);
}

TEST(Shape, ErrorsNameFieldAndFile) {
  EXPECT_NE(
      error_of("{\"hidden_size\":4}").find("broken.json: field 'num_hidden_layers' is missing"),
      std::string::npos)
      << error_of("{\"hidden_size\":4}");
  EXPECT_NE(error_of(R"({"text_config":{"num_hidden_layers":"many"}})")
                .find("field 'text_config.num_hidden_layers' must be a number"),
            std::string::npos);
  EXPECT_NE(error_of("[1]").find("not a JSON object"), std::string::npos);
  EXPECT_NE(error_of("{\"a\":").find("not JSON"), std::string::npos);
  EXPECT_NE(error_of(R"({"num_hidden_layers":1e9,"hidden_size":1})").find("limit of 10000"),
            std::string::npos);
  std::string many = kR1;
  many.replace(many.find("\"num_experts_per_tok\":8"), 23, "\"num_experts_per_tok\":900");
  EXPECT_NE(error_of(many).find("900"), std::string::npos);
}

TEST(Shape, PythonsInfinityOutsideOfTextIsNoNumber) {
  std::string json = kLlama70;
  json.insert(1, R"("limit":[0.0,Infinity],"note":"NaN \"Infinity\"","low":-Infinity,)");
  EXPECT_DOUBLE_EQ(parsed(json).bytes_per_token(2), 327'680);
}

TEST(Shape, PromptsCostTheSumOfTheirTokens) {
  const ModelShape s = parsed(kLlama70);
  double sum = 0;
  for (int i = 1; i <= 2000; ++i) sum += s.attention_flops(i);
  EXPECT_NEAR(s.prefill_attention_flops(2000) / sum, 1, 1e-3);
}

// Name -> parameters in 1e9, as the name or the maker says; 3 % because vision towers, norms and
// draft layers are outside of the count.
struct Named {
  const char* file;
  double total;
  double active;  // 0: dense or not stated
};
constexpr Named kNamed[] = {
    {"Qwen--Qwen3-32B", 32.8, 0},
    {"Qwen--Qwen3-235B-A22B", 235, 22},
    {"Qwen--Qwen3-30B-A3B", 30.5, 3.3},
    {"Qwen--Qwen3-Coder-480B-A35B-Instruct", 480, 35},
    {"Qwen--Qwen3.5-397B-A17B", 397, 17},
    {"meta-llama--Meta-Llama-3.1-405B", 405, 0},
    {"meta-llama--Meta-Llama-3.1-8B", 8.03, 0},
    {"meta-llama--Llama-4-Maverick-17B-128E-Instruct", 400, 17},
    {"mistralai--Mixtral-8x7B-v0.1", 46.7, 12.9},
    {"deepseek-ai--DeepSeek-R1", 671, 37},
    {"moonshotai--Kimi-K2-Instruct", 1026, 32.6},
    {"openai--gpt-oss-120b", 116.8, 5.1},
    {"openai--gpt-oss-20b", 20.9, 3.6},
    {"MiniMaxAI--MiniMax-M2.5", 229, 10},
    {"zai-org--GLM-5", 744, 40},
    {"nvidia--NVIDIA-Nemotron-3-Nano-30B-A3B-BF16", 31.6, 3.6},
};

TEST(ShapeOnData, NamesOfModelsAgreeWithTheCount) {
  const std::string dir = measured_data_dir();
  if (dir.empty()) GTEST_SKIP() << "the measured rows are not on this machine";
  for (const Named& named : kNamed) {
    const auto shape =
        load_model_config(fmt::format("{}/model_configs/{}_config.json", dir, named.file));
    ASSERT_TRUE(shape.ok()) << shape.error().message;
    EXPECT_NEAR(shape->total_params() / 1e9 / named.total, 1, 0.03) << named.file;
    if (named.active > 0) {
      EXPECT_NEAR(shape->active_params() / 1e9 / named.active, 1, 0.13) << named.file;
    }
  }
}

TEST(ShapeOnData, SharpTest1HybridWindowAndSparse) {
  const std::string dir = measured_data_dir();
  if (dir.empty()) GTEST_SKIP() << "the measured rows are not on this machine";
  const auto at = [&](const char* name) {
    return load_model_config(fmt::format("{}/model_configs/{}_config.json", dir, name));
  };
  const auto qwen = at("Qwen--Qwen3.5-397B-A17B");
  ASSERT_TRUE(qwen.ok());
  EXPECT_DOUBLE_EQ(qwen->bytes_per_token(2), 15 * 2 * 2 * 256 * 2.0);  // a full layer in four
  EXPECT_DOUBLE_EQ(qwen->state_elements(), 45 * 64.0 * 128 * 128);
  const auto oss = at("openai--gpt-oss-120b");
  ASSERT_TRUE(oss.ok());
  EXPECT_DOUBLE_EQ(oss->read_elements(10'000), 18 * 1024.0 * (10'000 + 128));
  const auto glm = at("zai-org--GLM-5");
  ASSERT_TRUE(glm.ok());
  EXPECT_DOUBLE_EQ(glm->read_elements(100'000), 78 * (576.0 * 2048 + 128.0 * 100'000));
  EXPECT_DOUBLE_EQ(glm->cache_elements(100'000), 78 * 704.0 * 100'000);
}

TEST(ShapeOnData, EveryConfigIsReadAndGrowsWithTheContext) {
  const std::string dir = measured_data_dir();
  if (dir.empty()) GTEST_SKIP() << "the measured rows are not on this machine";
  int read = 0;
  for (const auto& entry : std::filesystem::directory_iterator(dir + "/model_configs")) {
    const std::string path = entry.path().string();
    if (path.find("hf_quant_config") != std::string::npos) continue;
    const auto shape = load_model_config(path);
    ASSERT_TRUE(shape.ok()) << shape.error().message;
    ++read;
    EXPECT_GT(shape->active_params(), 0) << path;
    EXPECT_LE(shape->active_params(), shape->total_params() * 1.2) << path;
    double before = 0;
    for (double tokens = 1; tokens < 2e6; tokens *= 3) {
      const double kept = shape->cache_elements(tokens);
      EXPECT_GE(kept, before) << path;
      EXPECT_LE(shape->read_elements(tokens), kept * 1.0001) << path << " at " << tokens;
      before = kept;
    }
  }
  EXPECT_GE(read, 60);
}

}  // namespace
}  // namespace interposer::planner
