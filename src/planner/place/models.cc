// Shapes of well-known open models: the few fields of their public config.json that a plan needs
// (Hugging Face, the repository of the model's name). A test holds them to the files themselves.
#include "planner/place/models.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "base/strings.h"

namespace interposer::planner {
namespace {

struct Known {
  std::string_view name, config;
};
constexpr Known kModels[] = {
    {"meta-llama/Llama-3.1-8B",
     R"({"model_type":"llama","num_hidden_layers":32,"hidden_size":4096,
"intermediate_size":14336,"num_attention_heads":32,"num_key_value_heads":8,
"vocab_size":128256,"tie_word_embeddings":false,"max_position_embeddings":131072})"},
    {"meta-llama/Llama-3.1-70B",
     R"({"model_type":"llama","num_hidden_layers":80,"hidden_size":8192,
"intermediate_size":28672,"num_attention_heads":64,"num_key_value_heads":8,
"vocab_size":128256,"tie_word_embeddings":false,"max_position_embeddings":131072})"},
    {"meta-llama/Llama-3.1-405B",
     R"({"model_type":"llama","num_hidden_layers":126,"hidden_size":16384,
"intermediate_size":53248,"num_attention_heads":128,"num_key_value_heads":8,
"vocab_size":128256,"tie_word_embeddings":false,"max_position_embeddings":131072})"},
    {"deepseek-ai/DeepSeek-R1",
     R"({"model_type":"deepseek_v3","num_hidden_layers":61,"hidden_size":7168,
"intermediate_size":18432,"num_attention_heads":128,"num_key_value_heads":128,
"vocab_size":129280,"tie_word_embeddings":false,"max_position_embeddings":163840,
"num_experts_per_tok":8,"moe_intermediate_size":2048,"n_routed_experts":256,
"n_shared_experts":1,"first_k_dense_replace":3,"q_lora_rank":1536,"kv_lora_rank":512,
"qk_nope_head_dim":128,"qk_rope_head_dim":64,"v_head_dim":128,
"quantization_config":{"quant_method":"fp8"}})"},
    {"Qwen/Qwen3-8B",
     R"({"model_type":"qwen3","num_hidden_layers":36,"hidden_size":4096,
"intermediate_size":12288,"num_attention_heads":32,"num_key_value_heads":8,
"head_dim":128,"vocab_size":151936,"tie_word_embeddings":false,
"max_position_embeddings":40960})"},
    {"Qwen/Qwen3-32B",
     R"({"model_type":"qwen3","num_hidden_layers":64,"hidden_size":5120,
"intermediate_size":25600,"num_attention_heads":64,"num_key_value_heads":8,
"head_dim":128,"vocab_size":151936,"tie_word_embeddings":false,
"max_position_embeddings":40960})"},
    {"Qwen/Qwen3-30B-A3B",
     R"({"model_type":"qwen3_moe","num_hidden_layers":48,"hidden_size":2048,
"intermediate_size":6144,"num_attention_heads":32,"num_key_value_heads":4,
"head_dim":128,"vocab_size":151936,"tie_word_embeddings":false,
"max_position_embeddings":40960,"num_experts":128,"num_experts_per_tok":8,
"moe_intermediate_size":768})"},
    {"Qwen/Qwen3-235B-A22B",
     R"({"model_type":"qwen3_moe","num_hidden_layers":94,"hidden_size":4096,
"intermediate_size":12288,"num_attention_heads":64,"num_key_value_heads":4,
"head_dim":128,"vocab_size":151936,"tie_word_embeddings":false,
"max_position_embeddings":40960,"num_experts":128,"num_experts_per_tok":8,
"moe_intermediate_size":1536})"},
    {"openai/gpt-oss-20b",
     R"({"model_type":"gpt_oss","num_hidden_layers":24,"hidden_size":2880,
"intermediate_size":2880,"num_attention_heads":64,"num_key_value_heads":8,"head_dim":64,
"vocab_size":201088,"tie_word_embeddings":false,"max_position_embeddings":131072,
"num_local_experts":32,"num_experts_per_tok":4,"sliding_window":128,
"quantization_config":{"quant_method":"mxfp4"},"layer_types":["sliding_attention",
"full_attention","sliding_attention","full_attention","sliding_attention",
"full_attention","sliding_attention","full_attention","sliding_attention",
"full_attention","sliding_attention","full_attention","sliding_attention",
"full_attention","sliding_attention","full_attention","sliding_attention",
"full_attention","sliding_attention","full_attention","sliding_attention",
"full_attention","sliding_attention","full_attention"]})"},
    {"openai/gpt-oss-120b",
     R"({"model_type":"gpt_oss","num_hidden_layers":36,"hidden_size":2880,
"intermediate_size":2880,"num_attention_heads":64,"num_key_value_heads":8,"head_dim":64,
"vocab_size":201088,"tie_word_embeddings":false,"max_position_embeddings":131072,
"num_local_experts":128,"num_experts_per_tok":4,"sliding_window":128,
"quantization_config":{"quant_method":"mxfp4"},"layer_types":["sliding_attention",
"full_attention","sliding_attention","full_attention","sliding_attention",
"full_attention","sliding_attention","full_attention","sliding_attention",
"full_attention","sliding_attention","full_attention","sliding_attention",
"full_attention","sliding_attention","full_attention","sliding_attention",
"full_attention","sliding_attention","full_attention","sliding_attention",
"full_attention","sliding_attention","full_attention","sliding_attention",
"full_attention","sliding_attention","full_attention","sliding_attention",
"full_attention","sliding_attention","full_attention","sliding_attention",
"full_attention","sliding_attention","full_attention"]})"},
    {"mistralai/Mixtral-8x7B-v0.1",
     R"({"model_type":"mixtral","num_hidden_layers":32,"hidden_size":4096,
"intermediate_size":14336,"num_attention_heads":32,"num_key_value_heads":8,
"vocab_size":32000,"tie_word_embeddings":false,"max_position_embeddings":32768,
"num_local_experts":8,"num_experts_per_tok":2})"},
};

// "meta-llama/Llama-3.1-70B", in any case, with or without its owner.
bool same_model(std::string_view wanted, std::string_view name) {
  const std::size_t slash = name.find('/');
  return equals_ignore_case(wanted, name) || equals_ignore_case(wanted, name.substr(slash + 1));
}

}  // namespace

std::vector<std::string> known_models() {
  std::vector<std::string> out;
  for (const Known& known : kModels) out.emplace_back(known.name);
  return out;
}

Result<NamedModel> find_model(const std::string& wanted) {
  for (const Known& known : kModels) {
    if (!same_model(wanted, known.name)) continue;
    IP_TRY(ModelShape shape, parse_model_config(known.config, known.name));
    shape.name = known.name;
    return NamedModel{std::string(known.name), std::move(shape)};
  }
  std::error_code fault;
  const std::filesystem::path path(wanted);
  const bool folder = std::filesystem::is_directory(path, fault);
  const std::filesystem::path file = folder ? path / "config.json" : path;
  if (std::filesystem::is_regular_file(file, fault)) {
    IP_TRY(ModelShape shape, load_model_config(file.string()));
    // "meta-llama--Llama_config.json" and "Llama/config.json" are both named after the model.
    std::string name =
        file.filename() == "config.json"
            ? std::filesystem::absolute(file, fault).parent_path().filename().string()
            : file.stem().string();
    shape.name = name;
    return NamedModel{std::move(name), std::move(shape)};
  }
  std::vector<std::string> names = known_models();
  for (const Known& known : kModels) {
    names.emplace_back(known.name.substr(known.name.find('/') + 1));
  }
  std::string hint = did_you_mean(wanted, names);
  if (!hint.empty()) hint += ", or ";
  return make_error(Code::kNotFound, "no model '" + wanted + "'",
                    hint + "give the path of its config.json from Hugging Face", "unknown_model");
}

}  // namespace interposer::planner
