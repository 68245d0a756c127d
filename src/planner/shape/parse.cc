#include <fmt/format.h>

#include <boost/json.hpp>
#include <cmath>
#include <fstream>
#include <iterator>

#include "planner/shape/families.h"

namespace interposer::planner {
namespace {

namespace bj = boost::json;

// Python writes Infinity and NaN, which JSON has not: outside of strings they become null.
std::string without_python_numbers(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  bool in_string = false;
  for (std::size_t i = 0; i < text.size();) {
    if (in_string) {
      if (text[i] == '\\' && i + 1 < text.size()) {
        out += text[i++];
      } else if (text[i] == '"') {
        in_string = false;
      }
      out += text[i++];
      continue;
    }
    bool replaced = false;
    for (const std::string_view word : {"-Infinity", "Infinity", "NaN"}) {
      if (text.substr(i, word.size()) != word) continue;
      out += "null";
      i += word.size();
      replaced = true;
      break;
    }
    if (replaced) continue;
    in_string = text[i] == '"';
    out += text[i++];
  }
  return out;
}

// Nemotron-H says its layers as letters or as words: M Mamba, E experts, * attention, - MLP.
std::string layer_letters_of_hybrid(Fields& f) {
  if (f.has("hybrid_override_pattern")) return f.text("hybrid_override_pattern");
  std::string out;
  for (const std::string& word : f.words("layers_block_type")) {
    out += word == "mamba" ? 'M' : word == "moe" ? 'E' : word == "attention" ? '*' : '-';
  }
  return out;
}

ModelShape read_shape(Fields& root, Fields& f) {
  ModelShape shape;
  shape.model_type = f.text("model_type");
  const std::string letters = layer_letters_of_hybrid(f);
  const Trunk trunk = read_trunk(f, letters.size());
  shape.layers = trunk.layers;
  shape.hidden = trunk.hidden;
  shape.vocab = f.required({"vocab_size"});
  shape.max_context = f.number_or({"max_position_embeddings", "model_max_length"}, 0);
  shape.tied = f.flag("tie_word_embeddings", root.flag("tie_word_embeddings", false));
  shape.embedding_params = shape.head_params = shape.vocab * shape.hidden;
  shape.stored = read_stored_bits(root, f);
  if (!letters.empty()) {
    read_letters(f, trunk, letters, shape);
  } else if (f.has("block_configs")) {
    read_blocks(f, trunk, shape);
  } else {
    read_attention(f, trunk, shape);
    read_ffn(f, trunk, shape);
  }
  if (shape.experts_per_token > shape.experts) {
    f.fail("num_experts_per_tok",
           fmt::format("is {}, but there are {} experts", shape.experts_per_token, shape.experts));
  }
  return shape;
}

}  // namespace

Trunk read_trunk(Fields& f, std::size_t listed) {
  Trunk t;
  const double layers = listed > 0 && !f.has("num_hidden_layers")
                            ? static_cast<double>(listed)
                            : f.required({"num_hidden_layers", "n_layer", "num_layers"});
  if (layers > kMaxLayers) {
    f.fail("num_hidden_layers",
           fmt::format("is {}, more than the limit of {}", layers, kMaxLayers));
    return t;
  }
  t.layers = static_cast<int>(layers);
  t.hidden = f.required({"hidden_size", "n_embd", "d_model"});
  t.heads = f.required({"num_attention_heads", "n_head"});
  t.kv_heads = f.number_or({"num_key_value_heads"}, t.heads);
  if (t.kv_heads <= 0) t.kv_heads = t.heads;
  t.head_dim = f.number_or({"head_dim"}, t.hidden / t.heads);
  t.value_dim = f.number_or({"v_head_dim"}, t.head_dim);
  return t;
}

Result<ModelShape> parse_model_config(std::string_view json, std::string_view file) {
  if (json.size() > kMaxConfigBytes) {
    return make_error(Code::kTooLarge,
                      fmt::format("{}: {} bytes, over the limit of {} bytes for a model's config",
                                  file, json.size(), kMaxConfigBytes));
  }
  boost::system::error_code failed;
  const bj::value value = bj::parse(without_python_numbers(json), failed);
  if (failed || !value.is_object()) {
    return make_error(
        Code::kInvalidArgument,
        fmt::format("{}: {}", file, failed ? "not JSON: " + failed.message() : "not a JSON object"),
        "give the model's config.json as Hugging Face has it", "invalid_model_config");
  }
  Fields root(value.get_object(), std::string(file), "");
  for (const std::string_view part : {"text_config", "llm_config", "language_config"}) {
    auto inner = root.object(part);
    if (!inner) continue;
    ModelShape shape = read_shape(root, *inner);
    if (!inner->ok()) return inner->error();
    if (!root.ok()) return root.error();
    shape.name = file;
    return shape;
  }
  ModelShape shape = read_shape(root, root);
  if (!root.ok()) return root.error();
  shape.name = file;
  return shape;
}

Result<ModelShape> load_model_config(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    return make_error(Code::kNotFound, fmt::format("{}: cannot be read", path),
                      "check the path of the model's config.json");
  }
  std::string text{std::istreambuf_iterator<char>(in), {}};
  return parse_model_config(text, path);
}

}  // namespace interposer::planner
