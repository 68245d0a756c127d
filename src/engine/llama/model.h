// A loaded GGUF model: its facts, its vocabulary, its tokenizer. Everything under engine/llama/ is
// the program's only door to llama.cpp; above it nobody sees that library's types.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

struct llama_model;
struct llama_vocab;

namespace interposer::engine::llama {

using Token = std::int32_t;

enum class Pooling : std::uint8_t { kNone, kMean, kCls, kLast, kRank };

// What the file says of itself. Counts are exact: they are summed over its tensors.
struct ModelFacts {
  std::string architecture, name, quantisation;
  std::int64_t parameters = 0;
  std::uint64_t file_bytes = 0;
  std::int64_t context_tokens = 0;  // trained
  std::int64_t dimensions = 0;      // of its embeddings
  std::int64_t vocabulary = 0;
  Pooling pooling = Pooling::kNone;
  bool has_template = false;
  bool encoder_only = false;  // BERT and its like: no generation
  std::string identity;  // of the weights: the same wherever the file lies and however it is named
};

// Reads the metadata only (some 10 ms, no weights). Errors: kNotFound (no such file), kDataLoss
// (not a GGUF, or a damaged one), kPermissionDenied.
Result<ModelFacts> read_facts(const std::string& path);

// Progress of a load, 0 to 1; false stops it.
using LoadProgress = std::function<bool(float)>;

// Immutable and thread-safe once loaded. Weights are memory-mapped.
class Model {
 public:
  static Result<std::shared_ptr<const Model>> load(const std::string& path, LoadProgress progress);
  ~Model();
  Model(const Model&) = delete;
  Model& operator=(const Model&) = delete;

  const ModelFacts& facts() const { return facts_; }
  const std::string& path() const { return path_; }

  // `special`: adds what the model wants around a text (BOS, CLS...). `parse`: names of control
  // tokens in the text count as those tokens; only for text that this program wrote.
  std::vector<Token> tokenize(std::string_view text, bool special, bool parse) const;
  // The bytes of one token, maybe half a code point. Control tokens are empty unless `control`.
  std::string piece(Token token, bool control) const;
  bool ends_generation(Token token) const;
  Token bos() const;  // -1: none
  // False for recurrent and hybrid models, whose state cannot be cut at a position.
  bool can_cut() const { return can_cut_; }

  llama_model* raw() const { return model_; }
  const llama_vocab* vocab() const { return vocab_; }

 private:
  Model() = default;
  std::string path_;
  ModelFacts facts_;
  llama_model* model_ = nullptr;
  const llama_vocab* vocab_ = nullptr;
  bool can_cut_ = true;
};

}  // namespace interposer::engine::llama
