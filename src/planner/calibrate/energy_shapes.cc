#include <fmt/format.h>

#include <set>

#include "planner/calibrate/energy_rows.h"

namespace interposer::planner {
namespace {

struct Known {
  std::string_view architecture;
  std::string_view file;  // of model_configs
};
constexpr Known kKnown[] = {
    {"Qwen3-8B", "Qwen--Qwen3-8B"},
    {"Qwen3-32B", "Qwen--Qwen3-32B"},
    {"Qwen3-30B-A3B", "Qwen--Qwen3-30B-A3B"},
    {"Qwen3-235B-A22B", "Qwen--Qwen3-235B-A22B"},
    {"Qwen3-480B-A35B", "Qwen--Qwen3-Coder-480B-A35B-Instruct"},
    {"deepseek", "deepseek-ai--DeepSeek-R1"},
    {"Llama-3.1-8B", "meta-llama--Meta-Llama-3.1-8B"},
    {"Llama-3.1-70B", "meta-llama--Meta-Llama-3.1-70B"},
    {"Llama-3.1-405B", "meta-llama--Meta-Llama-3.1-405B"},
    {"Llama-4-Maverick-17B-128E", "meta-llama--Llama-4-Maverick-17B-128E-Instruct"},
    {"Llama-4-Scout-17B-16E", "meta-llama--Llama-4-Scout-17B-16E-Instruct"},
    {"gpt-oss-120b", "openai--gpt-oss-120b"},
    {"gpt-oss-20b", "openai--gpt-oss-20b"},
};

// Gemma 3: five windows, then a full layer.
std::string gemma3(int layers, int hidden, int ffn, int heads, int kv_heads, int head_dim) {
  std::string pattern;
  for (int i = 0; i < layers; ++i) {
    pattern += fmt::format("{}{}", i == 0 ? "" : ",", (i + 1) % 6 == 0 ? 0 : 1);
  }
  return fmt::format(
      R"({{"model_type":"gemma3_text","num_hidden_layers":{},"hidden_size":{},)"
      R"("intermediate_size":{},"num_attention_heads":{},"num_key_value_heads":{},"head_dim":{},)"
      R"("vocab_size":262208,"sliding_window":1024,"tie_word_embeddings":true,)"
      R"("hybrid_layer_pattern":[{}]}})",
      layers, hidden, ffn, heads, kv_heads, head_dim, pattern);
}

std::string nemotron_nano(std::string_view letters, int hidden, int ffn, int head_dim_mamba) {
  return fmt::format(
      R"({{"model_type":"nemotron_h","num_hidden_layers":{},"hidden_size":{},)"
      R"("intermediate_size":{},"num_attention_heads":40,"num_key_value_heads":8,"head_dim":128,)"
      R"("mamba_num_heads":128,"mamba_head_dim":{},"ssm_state_size":128,"n_groups":8,)"
      R"("conv_kernel":4,"vocab_size":131072,"hybrid_override_pattern":"{}"}})",
      letters.size(), hidden, ffn, head_dim_mamba, letters);
}

// Figures of the makers' config.json for models that model_configs lacks.
std::string own_config(std::string_view architecture) {
  if (architecture == "Qwen3-14B") {
    return R"({"model_type":"qwen3","num_hidden_layers":40,"hidden_size":5120,
      "intermediate_size":17408,"num_attention_heads":40,"num_key_value_heads":8,"head_dim":128,
      "vocab_size":151936,"tie_word_embeddings":false})";
  }
  if (architecture == "gemma-3-12b") return gemma3(48, 3840, 15360, 16, 8, 256);
  if (architecture == "gemma-3-27b") return gemma3(62, 5376, 21504, 32, 16, 128);
  if (architecture == "NVIDIA-Nemotron-Nano-9B-v2") {
    return nemotron_nano("M-M-M-MM-M-M-M*-M-M-M*-M-M-M-M*-M-M-M-M*-M-MM-M-M-M-M-M-", 4480, 15680,
                         80);
  }
  if (architecture == "NVIDIA-Nemotron-Nano-12B-v2") {
    return nemotron_nano("M-M-M-M*-M-M-M-M*-M-M-M-M*-M-M-M-M*-M-M-M-M*-M-M-M-M*-M-M-M-M-", 5120,
                         20480, 80);
  }
  return {};
}

}  // namespace

Result<Shapes> load_energy_shapes(const std::string& dir, std::span<const EnergyRow> rows) {
  Shapes out;
  std::set<std::string> wanted;
  for (const EnergyRow& row : rows) wanted.insert(row.architecture);
  for (const std::string& architecture : wanted) {
    const std::string own = own_config(architecture);
    auto shape = own.empty()
                     ? Result<ModelShape>(make_error(
                           Code::kNotFound, fmt::format("no model config for '{}'", architecture)))
                     : parse_model_config(own, architecture);
    for (const Known& known : kKnown) {
      if (known.architecture == architecture) {
        shape = load_model_config(fmt::format("{}/{}_config.json", dir, known.file));
      }
    }
    if (!shape.ok()) return shape.error();
    out.emplace(architecture, *std::move(shape));
  }
  return out;
}

}  // namespace interposer::planner
