#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "planner/shape/families.h"

namespace interposer::planner {
namespace {

constexpr double kGated = 3;  // matrices of a SwiGLU block: gate, up, down

struct Experts {
  double count = 0;
  double chosen = 0;
  double params = 0;         // one
  double shared_params = 0;  // of a layer, with router and latent projections
};

Experts read_experts(Fields& f, const Trunk& t, double matrices) {
  Experts e;
  e.count =
      f.number_or({"n_routed_experts", "num_local_experts", "num_experts", "moe_num_experts"}, 0);
  if (e.count <= 0) return e;
  e.chosen = f.required({"num_experts_per_tok", "experts_per_token", "top_k_experts",
                         "num_experts_per_token", "moe_top_k"});
  const double width =
      f.number_or({"moe_intermediate_size"}, f.number_or({"intermediate_size"}, 0));
  if (width <= 0) f.fail("moe_intermediate_size", "is missing");
  const double latent = f.number_or({"moe_latent_size", "routed_expert_hidden_size"}, 0);
  const double inner = latent > 0 ? latent : t.hidden;
  e.params = matrices * inner * width;
  double shared = f.number_or({"shared_expert_intermediate_size", "share_expert_dim",
                               "moe_shared_expert_intermediate_size"},
                              -1);
  if (shared < 0) {
    shared = f.number_or({"n_shared_experts", "num_shared_experts"}, 0) *
             f.number_or({"shared_intermediate_size"}, width);
  }
  if (f.has("interleave_moe_layer_step")) shared = width;  // Llama 4: one, of the experts' width
  e.shared_params = matrices * t.hidden * shared + t.hidden * e.count;
  if (latent > 0) e.shared_params += 2 * t.hidden * latent;
  return e;
}

// Which layers hold experts.
std::vector<bool> expert_layers(Fields& f, const Trunk& t) {
  const auto count = static_cast<std::size_t>(t.layers);
  std::vector<bool> out(count, true);
  const double first = f.number_or({"first_k_dense_replace"}, 0);
  if (f.is_array("moe_layer_freq")) {
    const auto each = f.numbers("moe_layer_freq");
    for (std::size_t i = 0; i < std::min(count, each.size()); ++i) out[i] = each[i] != 0;
    return out;
  }
  const double every = std::max(1.0, std::floor(f.number_or({"moe_layer_freq"}, 1)));
  const double step = std::max(
      1.0, std::floor(f.number_or({"decoder_sparse_step", "interleave_moe_layer_step"}, 1)));
  for (std::size_t i = 0; i < count; ++i) {
    const double layer = static_cast<double>(i);
    out[i] = layer >= first && std::fmod(layer, every) == 0 && std::fmod(layer + 1, step) == 0;
  }
  for (const double layer : f.numbers("mlp_only_layers")) {
    if (layer < t.layers) out[static_cast<std::size_t>(layer)] = false;
  }
  return out;
}

void set_experts(const Experts& e, ModelShape& shape) {
  shape.experts = e.count;
  shape.experts_per_token = e.chosen;
  shape.expert_params = e.params;
}

void mamba_layer(Fields& f, const Trunk& t, ModelShape& shape) {
  const double heads = f.required({"mamba_num_heads"});
  const double inner = heads * f.required({"mamba_head_dim"});
  const double groups = f.number_or({"n_groups"}, 1);
  const double state = f.required({"ssm_state_size"});
  const double conv = inner + 2 * groups * state;
  shape.attention_params += t.hidden * (2 * inner + 2 * groups * state + heads) + inner * t.hidden +
                            conv * f.number_or({"conv_kernel"}, 4);
  AttentionGroup g;
  g.kind = AttentionKind::kLinear;
  g.heads = heads;
  g.state = inner * state;
  add_layers(shape, g, 1);
}

}  // namespace

void read_ffn(Fields& f, const Trunk& t, ModelShape& shape) {
  const Experts e = read_experts(f, t, kGated);
  set_experts(e, shape);
  const double width = f.number_or({"intermediate_size_mlp", "dense_intermediate_size"},
                                   f.number_or({"intermediate_size"}, 0));
  const bool beside =
      f.flag("enable_moe_block", false);  // Gemma 4: a dense block beside the experts
  const std::vector<bool> has_experts =
      e.count > 0 ? expert_layers(f, t)
                  : std::vector<bool>(static_cast<std::size_t>(t.layers), false);
  for (const bool moe : has_experts) {
    if (moe) {
      ++shape.moe_layers;
      shape.ffn_params += e.shared_params;
    }
    if (!moe || beside) {
      if (width <= 0) f.fail("intermediate_size", "is missing");
      shape.ffn_params += kGated * t.hidden * width;
    }
  }
}

void read_letters(Fields& f, const Trunk& t, const std::string& letters, ModelShape& shape) {
  constexpr double kPlain = 2;  // squared ReLU: up and down
  if (letters.size() != static_cast<std::size_t>(t.layers)) {
    return f.fail("hybrid_override_pattern",
                  fmt::format("has {} letters for {} layers", letters.size(), t.layers));
  }
  const Experts e = letters.find('E') == std::string::npos ? Experts{} : read_experts(f, t, kPlain);
  set_experts(e, shape);
  for (const char letter : letters) {
    switch (letter) {
      case 'M':
        mamba_layer(f, t, shape);
        break;
      case '*':
        add_layers(shape, plain_group(t, AttentionKind::kFull, 0), 1);
        shape.attention_params += plain_attention_params(t, false);
        break;
      case 'E':
        ++shape.moe_layers;
        shape.ffn_params += e.shared_params;
        break;
      case '-':
        shape.ffn_params += kPlain * t.hidden * f.required({"intermediate_size"});
        break;
      default:
        return f.fail("hybrid_override_pattern",
                      fmt::format("has the unknown letter '{}'", letter));
    }
    if (!f.ok()) return;
  }
}

void read_blocks(Fields& f, const Trunk& t, ModelShape& shape) {
  constexpr double kRound = 256;  // the width is rounded up to this
  for (Fields& block : f.objects("block_configs")) {
    auto attention = block.object("attention");
    auto ffn = block.object("ffn");
    if (!attention || !ffn) return f.fail("block_configs", "has a block without attention or ffn");
    if (!attention->flag("no_op", false)) {
      Trunk own = t;
      const double in_group = std::max(1.0, attention->number_or({"n_heads_in_group"}, 1));
      own.kv_heads = std::max(1.0, std::floor(t.heads / in_group));
      add_layers(shape, plain_group(own, AttentionKind::kFull, 0), 1);
      shape.attention_params += plain_attention_params(own, false);
    }
    if (!ffn->flag("no_op", false)) {
      const double width = 2.0 / 3.0 * ffn->number_or({"ffn_mult"}, 4) * t.hidden;
      shape.ffn_params += kGated * t.hidden * std::ceil(width / kRound) * kRound;
    }
    if (!attention->ok()) return f.fail("block_configs", attention->error().message);
    if (!ffn->ok()) return f.fail("block_configs", ffn->error().message);
  }
}

StoredBits read_stored_bits(Fields& root, Fields& text) {
  StoredBits bits;
  auto q = text.object("quantization_config");
  if (!q) q = root.object("quantization_config");
  if (!q) {
    bits.dense = bits.expert = 16;
    return bits;
  }
  constexpr double kMxFp4 = 4.25;  // 32 elements share 8 bits
  constexpr double kNvFp4 = 4.5;   // 16 elements share 8 bits
  constexpr double kInt4 = 4.5;    // 32 elements share 16 bits
  const std::string method = q->text("quant_method");
  if (method == "fp8") bits = {8, 8};
  if (method == "mxfp4") bits = {16, kMxFp4};
  if (method == "modelopt") bits = {8, q->text("quant_algo") == "NVFP4" ? kNvFp4 : 8};
  if (method == "compressed-tensors") {
    const bool floating = q->text("format").find("mxfp4") != std::string::npos;
    bits = {16, floating ? kMxFp4 : kInt4};
  }
  return bits;
}

}  // namespace interposer::planner
