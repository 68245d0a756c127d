#include "planner/shape/shape.h"

#include <algorithm>
#include <cmath>

namespace interposer::planner {
namespace {

// What one layer of the group reads for a sequence of `tokens`, in elements.
double layer_read(const AttentionGroup& g, double tokens) {
  switch (g.kind) {
    case AttentionKind::kFull:
      return g.entry * tokens;
    case AttentionKind::kSliding:
      return g.entry * std::min(tokens, g.window);
    case AttentionKind::kSparse:
      return g.entry * std::min(tokens, g.window) + g.index_entry * tokens;
    case AttentionKind::kCompressed: {
      const double compressed = tokens / g.ratio;
      const double read = g.top > 0 ? std::min(compressed, g.top) : compressed;
      return g.entry * (std::min(tokens, g.window) + read) + g.index_entry * compressed;
    }
    case AttentionKind::kLinear:
      return g.state;
  }
  return 0;
}

double layer_keep(const AttentionGroup& g, double tokens) {
  switch (g.kind) {
    case AttentionKind::kFull:
      return g.entry * tokens;
    case AttentionKind::kSliding:
      return g.entry * std::min(tokens, g.window);
    case AttentionKind::kSparse:
      return (g.entry + g.index_entry) * tokens;
    case AttentionKind::kCompressed:
      return g.entry * std::min(tokens, g.window) + (g.entry + g.index_entry) * tokens / g.ratio;
    case AttentionKind::kLinear:
      return g.state;
  }
  return 0;
}

// Entries that a query of this layer is multiplied with.
double layer_entries(const AttentionGroup& g, double tokens) {
  if (g.kind == AttentionKind::kLinear || g.entry <= 0) return 0;
  AttentionGroup bare = g;
  bare.index_entry = 0;
  return layer_read(bare, tokens) / g.entry;
}

}  // namespace

std::string_view attention_kind_name(AttentionKind kind) {
  switch (kind) {
    case AttentionKind::kFull:
      return "full";
    case AttentionKind::kSliding:
      return "sliding window";
    case AttentionKind::kSparse:
      return "sparse";
    case AttentionKind::kCompressed:
      return "compressed";
    case AttentionKind::kLinear:
      return "linear";
  }
  return "unknown";
}

double ModelShape::total_params() const {
  return attention_params + ffn_params + all_expert_params() + embedding_params +
         (tied ? 0 : head_params);
}

double ModelShape::active_params() const {
  return dense_params() + expert_params * experts_per_token * moe_layers;
}

double ModelShape::experts_touched(double batch) const {
  if (experts <= 0) return 0;
  return experts * -std::expm1(batch * std::log1p(-std::min(experts_per_token / experts, 1.0)));
}

double ModelShape::cache_elements(double tokens) const {
  double sum = 0;
  for (const AttentionGroup& g : attention) sum += g.layers * layer_keep(g, tokens);
  return sum;
}

double ModelShape::state_elements() const {
  double sum = 0;
  for (const AttentionGroup& g : attention) {
    if (g.kind == AttentionKind::kLinear) sum += g.layers * g.state;
  }
  return sum;
}

double ModelShape::read_elements(double tokens) const {
  double sum = 0;
  for (const AttentionGroup& g : attention) sum += g.layers * layer_read(g, tokens);
  return sum;
}

double ModelShape::read_elements_per_device(double tokens, int n) const {
  double sum = 0;
  for (const AttentionGroup& g : attention) {
    sum += g.layers * layer_read(g, tokens) / std::min<double>(n, std::max(g.kv_shards, 1.0));
  }
  return sum;
}

double ModelShape::bytes_per_token(double bytes_per_element) const {
  double sum = 0;
  for (const AttentionGroup& g : attention) {
    if (g.kind == AttentionKind::kFull) sum += g.layers * g.entry;
    if (g.kind == AttentionKind::kSparse) sum += g.layers * (g.entry + g.index_entry);
    if (g.kind == AttentionKind::kCompressed) {
      sum += g.layers * (g.entry + g.index_entry) / g.ratio;
    }
  }
  return sum * bytes_per_element;
}

double ModelShape::attention_flops(double tokens) const {
  double sum = 0;
  for (const AttentionGroup& g : attention) {
    sum += g.layers * 2 * g.heads * g.score_dim * layer_entries(g, tokens);
  }
  return sum;
}

double ModelShape::prefill_attention_flops(double tokens) const {
  // A causal prompt: the mean query sees half of what the last one does until a window fills.
  double sum = 0;
  for (const AttentionGroup& g : attention) {
    const double last = layer_entries(g, tokens);
    const double full_at = last < tokens ? std::min(last, tokens) : tokens;
    const bool grows =
        g.kind == AttentionKind::kFull || (g.kind == AttentionKind::kCompressed && g.top <= 0);
    const double seen =
        grows ? last * tokens / 2 : last * std::max(0.0, tokens - full_at) + last * full_at / 2;
    sum += g.layers * 2 * g.heads * g.score_dim * seen;
  }
  return sum;
}

}  // namespace interposer::planner
