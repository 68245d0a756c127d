// The parts of a config that count layers: private to shape/.
#pragma once

#include "planner/shape/fields.h"
#include "planner/shape/shape.h"

namespace interposer::planner {

// What is common to the families. `f` remembers errors.
struct Trunk {
  int layers = 0;
  double hidden = 0;
  double heads = 0;
  double kv_heads = 0;
  double head_dim = 0;   // of queries and keys
  double value_dim = 0;  // of values
};
// `listed`: layers that the config lists one by one; they count where no number is given.
Trunk read_trunk(Fields& f, std::size_t listed);

// Attention: adds groups and parameters to `shape`.
void read_attention(Fields& f, const Trunk& trunk, ModelShape& shape);
// Feed-forward parts: dense layers, experts, shared experts, routers.
void read_ffn(Fields& f, const Trunk& trunk, ModelShape& shape);
// Nemotron-H: a letter a layer, M Mamba, * attention, E experts, - MLP.
void read_letters(Fields& f, const Trunk& trunk, const std::string& letters, ModelShape& shape);
// Nemotron NAS: an object a layer.
void read_blocks(Fields& f, const Trunk& trunk, ModelShape& shape);
// quantization_config -> bits an element.
StoredBits read_stored_bits(Fields& root, Fields& text);

// Adds `layers` like `group`, to an equal group when there is one.
void add_layers(ModelShape& shape, AttentionGroup group, int layers);
AttentionGroup plain_group(const Trunk& trunk, AttentionKind kind, double window);
double plain_attention_params(const Trunk& trunk, bool gated);

}  // namespace interposer::planner
