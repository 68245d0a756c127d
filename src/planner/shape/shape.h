// The shape of a model, counted from its Hugging Face config.json: parameters, and what a sequence
// keeps in and reads from the cache. Counts are elements; the caller gives bytes per element.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace interposer::planner {

enum class AttentionKind {
  kFull,        // every cached token is read
  kSliding,     // of the last `window` tokens
  kSparse,      // an indexer reads a key of every token, attention reads `window` of them (DSA)
  kCompressed,  // one entry for `ratio` tokens, beside the last `window` (DeepSeek V4)
  kLinear,      // a state of fixed size (Mamba, gated delta rule)
};
std::string_view attention_kind_name(AttentionKind kind);

// Layers that attend in the same way.
struct AttentionGroup {
  AttentionKind kind = AttentionKind::kFull;
  int layers = 0;
  double entry = 0;        // elements a cached token takes in one layer: 2 n_kv d, or r_kv + d_rope
  double window = 0;       // tokens
  double ratio = 1;        // tokens an entry stands for
  double top = 0;          // entries read of the compressed ones; 0: all
  double index_entry = 0;  // elements of the indexer's key for a token (or for `ratio` tokens)
  double state = 0;        // elements of the fixed state in one layer
  double heads = 0;        // query heads
  double score_dim = 0;    // multiply-adds of one head with one entry: d_qk + d_v
  double kv_shards = 1;    // over how many devices the entries can be split: n_kv; 1 for MLA
};

// How the checkpoint is stored, in bits an element; 0: as the caller says.
struct StoredBits {
  double dense = 0;
  double expert = 0;
};

struct ModelShape {
  std::string name;        // as the caller calls it
  std::string model_type;  // "deepseek_v3"
  int layers = 0;
  int moe_layers = 0;
  double hidden = 0;
  double vocab = 0;
  double max_context = 0;  // tokens; 0: not stated
  double experts = 0;      // routed ones of a layer
  double experts_per_token = 0;
  double attention_params = 0;  // all layers, indexers and linear attention too
  double ffn_params = 0;        // dense layers, shared experts, routers
  double expert_params = 0;     // one routed expert of one layer
  double embedding_params = 0;  // the input table: looked up, never multiplied
  double head_params = 0;       // the output matrix; read at each step also when tied
  bool tied = false;
  StoredBits stored;
  std::vector<AttentionGroup> attention;

  // Parameters of the checkpoint's language model (no vision tower, no draft layers).
  double total_params() const;
  // Those a token is multiplied with: k of E experts, no input table.
  double active_params() const;
  // Read at every step whatever the batch: all but routed experts and the input table.
  double dense_params() const { return attention_params + ffn_params + head_params; }
  double all_expert_params() const { return expert_params * experts * moe_layers; }
  // Distinct experts of a layer that a batch touches when routing is uniform: E (1 - (1 - k/E)^B).
  double experts_touched(double batch) const;

  // Elements one sequence of `tokens` keeps in the cache, the fixed states included.
  double cache_elements(double tokens) const;
  double state_elements() const;
  // Elements that one decode step reads of it.
  double read_elements(double tokens) const;
  // The same of one device of `n`: entries that cannot be split are read by each.
  double read_elements_per_device(double tokens, int n) const;
  // Bytes of the cache a further token takes once windows are full.
  double bytes_per_token(double bytes_per_element) const;
  // FLOPs of attention scores and values for one new token over `tokens`.
  double attention_flops(double tokens) const;
  // The same for a prompt from empty: the sum over its tokens.
  double prefill_attention_flops(double tokens) const;
};

inline constexpr std::size_t kMaxConfigBytes = 4u << 20;
inline constexpr int kMaxLayers = 10'000;

// Reads a config.json. `file` names it in errors, which say the field ("model.json: field
// 'num_hidden_layers' ..."). Unknown fields are left alone; families: GQA and MHA transformers,
// dense or mixture, MLA, sliding windows, DSA, compressed (V4), hybrids with linear attention or
// Mamba, per-layer blocks (Nemotron NAS).
Result<ModelShape> parse_model_config(std::string_view json, std::string_view file);
Result<ModelShape> load_model_config(const std::string& path);

}  // namespace interposer::planner
