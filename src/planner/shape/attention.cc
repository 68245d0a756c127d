#include <algorithm>

#include "planner/shape/families.h"

namespace interposer::planner {
namespace {

bool same(const AttentionGroup& a, const AttentionGroup& b) {
  return a.kind == b.kind && a.entry == b.entry && a.window == b.window && a.ratio == b.ratio &&
         a.top == b.top && a.index_entry == b.index_entry && a.state == b.state &&
         a.heads == b.heads && a.score_dim == b.score_dim && a.kv_shards == b.kv_shards;
}

// Parameters of the lightning indexer (DeepSeek V3.2, GLM-5): queries from the low rank, one key,
// a weight a head.
double indexer_params(Fields& f, double hidden, double q_rank) {
  const double dim = f.number_or({"index_head_dim"}, 128);
  const double heads = f.number_or({"index_n_heads"}, 64);
  return q_rank * heads * dim + hidden * dim + hidden * heads;
}

struct Mla {
  AttentionGroup group;
  double params = 0;
};

Mla read_mla(Fields& f, const Trunk& t) {
  const double rank = f.required({"kv_lora_rank"});
  const double q_rank = f.number_or({"q_lora_rank"}, 0);
  const double rope = f.number_or({"qk_rope_head_dim"}, 64);
  const double nope = f.number_or({"qk_nope_head_dim"}, 128);
  const double value = f.number_or({"v_head_dim"}, 128);
  const double query = q_rank > 0 ? t.hidden * q_rank + q_rank * t.heads * (nope + rope)
                                  : t.hidden * t.heads * (nope + rope);
  Mla out;
  out.params = query + t.hidden * (rank + rope) + rank * t.heads * (nope + value) +
               t.heads * value * t.hidden;
  out.group.kind = AttentionKind::kFull;
  out.group.entry = rank + rope;
  out.group.heads = t.heads;
  out.group.score_dim = 2 * rank + rope;  // absorbed: scores over rank + rope, values over rank
  out.group.kv_shards = 1;
  if (const double top = f.number_or({"index_topk"}, 0); top > 0) {
    out.group.kind = AttentionKind::kSparse;
    out.group.window = top;
    out.group.index_entry = f.number_or({"index_head_dim"}, 128);
    out.params += indexer_params(f, t.hidden, q_rank);
  }
  return out;
}

// DeepSeek V4: one shared key-value head over compressed entries beside a window, output in groups.
void read_compressed(Fields& f, const Trunk& t, ModelShape& shape) {
  const std::vector<double> ratios = f.numbers("compress_ratios");
  const double q_rank = f.required({"q_lora_rank"});
  const double o_rank = f.number_or({"o_lora_rank"}, 0);
  const double groups = f.number_or({"o_groups"}, 1);
  const double output = o_rank > 0 ? t.heads * t.head_dim * o_rank + groups * o_rank * t.hidden
                                   : t.heads * t.head_dim * t.hidden;
  const double params = t.hidden * q_rank + q_rank * t.heads * t.head_dim +
                        t.hidden * t.head_dim * t.kv_heads + output;
  for (int layer = 0; layer < t.layers; ++layer) {
    const auto at = static_cast<std::size_t>(layer);
    const double ratio = at < ratios.size() ? ratios[at] : 0;
    AttentionGroup g;
    g.kind = ratio > 0 ? AttentionKind::kCompressed : AttentionKind::kSliding;
    g.entry = t.head_dim * t.kv_heads;
    g.window = f.number_or({"sliding_window"}, 128);
    g.ratio = std::max(ratio, 1.0);
    g.heads = t.heads;
    g.score_dim = 2 * t.head_dim;
    g.kv_shards = 1;
    shape.attention_params += params;
    if (ratio > 0) shape.attention_params += 2 * t.hidden * t.head_dim;  // entry and its gate
    if (ratio > 0 && ratio < 16) {  // the finely compressed layers choose with an indexer
      g.top = f.number_or({"index_topk"}, 0);
      g.index_entry = f.number_or({"index_head_dim"}, 128);
      shape.attention_params += indexer_params(f, t.hidden, q_rank);
    }
    add_layers(shape, g, 1);
  }
}

// Gated delta rule (Qwen3.5) or Kimi's delta attention: a matrix a head.
double linear_layer(Fields& f, const Trunk& t, AttentionGroup& g) {
  g = {};
  g.kind = AttentionKind::kLinear;
  if (auto kda = f.object("linear_attn_config")) {
    const double heads = kda->number_or({"num_heads"}, t.heads);
    const double dim = kda->number_or({"head_dim"}, 128);
    g.heads = heads;
    g.state = heads * dim * dim;
    return 5 * t.hidden * heads * dim + t.hidden * heads;  // q, k, v, gate, out; beta
  }
  const double key = f.number_or({"linear_num_key_heads"}, t.kv_heads) *
                     f.number_or({"linear_key_head_dim"}, t.head_dim);
  const double value_heads = f.number_or({"linear_num_value_heads"}, t.heads);
  const double value = value_heads * f.number_or({"linear_value_head_dim"}, t.head_dim);
  g.heads = value_heads;
  g.state = value_heads * f.number_or({"linear_key_head_dim"}, t.head_dim) *
            f.number_or({"linear_value_head_dim"}, t.head_dim);
  return t.hidden * (2 * key + 2 * value + 2 * value_heads) + value * t.hidden +
         f.number_or({"linear_conv_kernel_dim"}, 4) * (2 * key + value);
}

// 'l' linear, 's' sliding, 'f' full, for each layer.
std::string layer_letters(Fields& f, const Trunk& t) {
  const auto count = static_cast<std::size_t>(t.layers);
  std::string out(count, 'f');
  if (const auto types = f.words("layer_types"); !types.empty()) {
    if (types.size() < count) f.fail("layer_types", "names fewer layers than num_hidden_layers");
    for (std::size_t i = 0; i < std::min(count, types.size()); ++i) {
      if (types[i].find("linear") != std::string::npos) out[i] = 'l';
      if (types[i].find("sliding") != std::string::npos ||
          types[i].find("chunked") != std::string::npos) {
        out[i] = 's';
      }
    }
    return out;
  }
  if (const auto pattern = f.numbers("hybrid_layer_pattern"); !pattern.empty()) {
    for (std::size_t i = 0; i < std::min(count, pattern.size()); ++i) {
      if (pattern[i] == 1) out[i] = 's';
    }
    return out;
  }
  if (auto linear = f.object("linear_attn_config")) {
    for (const double layer : linear->numbers("kda_layers")) {  // from 1
      if (layer >= 1 && layer <= t.layers) out[static_cast<std::size_t>(layer) - 1] = 'l';
    }
    return out;
  }
  if (const double every = f.number_or({"full_attention_interval"}, 0); every >= 1) {
    for (std::size_t i = 0; i < count; ++i) {
      if ((i + 1) % static_cast<std::size_t>(every) != 0) out[i] = 'l';
    }
    return out;
  }
  if (f.has("attention_chunk_size") && f.has("interleave_moe_layer_step")) {  // Llama 4: 3 of 4
    for (std::size_t i = 0; i < count; ++i) out[i] = (i + 1) % 4 == 0 ? 'f' : 's';
    return out;
  }
  if (f.number_or({"sliding_window"}, 0) > 0 && f.flag("use_sliding_window", true)) {
    std::fill(out.begin(), out.end(), 's');
  }
  return out;
}

// MiniMax M3: the indexer's blocks of tokens.
void make_block_sparse(Fields& f, const std::string& letters, std::vector<AttentionGroup>& each) {
  auto sparse = f.object("sparse_attention_config");
  if (!sparse) return;
  const auto on = sparse->numbers("sparse_attention_freq");
  for (std::size_t i = 0; i < each.size() && i < on.size(); ++i) {
    if (on[i] == 0 || letters[i] != 'f') continue;
    each[i].kind = AttentionKind::kSparse;
    each[i].window = sparse->number_or({"sparse_topk_blocks"}, 16) *
                     sparse->number_or({"sparse_block_size"}, 128);
    each[i].index_entry = sparse->number_or({"sparse_index_dim"}, 128);
  }
  if (!sparse->ok()) f.fail("sparse_attention_config", "cannot be read");
}

}  // namespace

void add_layers(ModelShape& shape, AttentionGroup group, int layers) {
  for (AttentionGroup& known : shape.attention) {
    if (!same(known, group)) continue;
    known.layers += layers;
    return;
  }
  group.layers = layers;
  shape.attention.push_back(group);
}

AttentionGroup plain_group(const Trunk& t, AttentionKind kind, double window) {
  AttentionGroup g;
  g.kind = kind;
  g.entry = t.kv_heads * (t.head_dim + t.value_dim);
  g.window = window;
  g.heads = t.heads;
  g.score_dim = t.head_dim + t.value_dim;
  g.kv_shards = t.kv_heads;
  return g;
}

double plain_attention_params(const Trunk& t, bool gated) {
  return t.hidden * t.heads * t.head_dim * (gated ? 2 : 1) +
         t.hidden * t.kv_heads * (t.head_dim + t.value_dim) + t.heads * t.value_dim * t.hidden;
}

void read_attention(Fields& f, const Trunk& t, ModelShape& shape) {
  if (f.has("compress_ratios")) return read_compressed(f, t, shape);
  const std::string letters = layer_letters(f, t);
  const bool mla = f.has("kv_lora_rank");
  const bool gated = f.flag("attn_output_gate", false);
  const double window = f.number_or({"sliding_window", "attention_chunk_size"}, 0);
  Trunk sliding = t;  // MiMo V2 and Gemma 4 give the two kinds of layer other heads
  sliding.heads = f.number_or({"swa_num_attention_heads"}, t.heads);
  sliding.kv_heads = f.number_or({"swa_num_key_value_heads"}, t.kv_heads);
  sliding.head_dim = f.number_or({"swa_head_dim"}, t.head_dim);
  sliding.value_dim = f.number_or({"swa_v_head_dim"}, t.value_dim);
  Trunk full = t;
  full.kv_heads = f.number_or({"num_global_key_value_heads"}, t.kv_heads);
  full.head_dim = f.number_or({"global_head_dim"}, t.head_dim);
  if (f.has("global_head_dim")) full.value_dim = full.head_dim;
  const Mla latent = mla ? read_mla(f, t) : Mla{};
  std::vector<AttentionGroup> each(letters.size());
  for (std::size_t i = 0; i < letters.size(); ++i) {
    if (letters[i] == 'l') {
      shape.attention_params += linear_layer(f, t, each[i]);
    } else if (mla) {
      each[i] = latent.group;
      shape.attention_params += latent.params;
    } else if (letters[i] == 's') {
      each[i] = plain_group(sliding, AttentionKind::kSliding, window);
      shape.attention_params += plain_attention_params(sliding, gated);
    } else {
      each[i] = plain_group(full, AttentionKind::kFull, 0);
      shape.attention_params += plain_attention_params(full, gated);
    }
  }
  make_block_sparse(f, letters, each);
  for (const AttentionGroup& g : each) add_layers(shape, g, 1);
}

}  // namespace interposer::planner
