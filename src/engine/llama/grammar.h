// Constrains what may be sampled: a GBNF grammar, or one made from a JSON schema.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/llama/model.h"

struct llama_sampler;

namespace interposer::engine::llama {

// A grammar that begins at once, or (lazy) only where the model writes one of the triggers.
struct GrammarSpec {
  std::string gbnf;  // empty: none
  bool lazy = false;
  std::vector<std::string> trigger_patterns;
  std::vector<Token> trigger_tokens;
  std::string prefilled;  // what the prompt already holds of the constrained text
};

// JSON schema -> GBNF. kInvalidArgument, kind "bad_schema": not JSON, too deep, or beyond what can
// be expressed; the message is the converter's own.
Result<std::string> schema_to_grammar(std::string_view schema);

// A candidate of sampling, as llama.cpp lays it out.
struct Candidate {
  Token id;
  float logit;
  float p;
};

// The state of one grammar in one answer. Not thread-safe.
class Grammar {
 public:
  // kInvalidArgument, kind "bad_grammar".
  static Result<std::unique_ptr<Grammar>> create(std::shared_ptr<const Model> model,
                                                 const GrammarSpec& spec);
  ~Grammar();
  Grammar(const Grammar&) = delete;
  Grammar& operator=(const Grammar&) = delete;

  bool allows(Token token);
  // Sets what is not allowed to -infinity.
  void mask(std::vector<Candidate>& candidates);
  // kInternal when the grammar cannot follow: the answer must end there.
  Status accept(Token token);

 private:
  Grammar() = default;
  std::shared_ptr<const Model> model_;
  llama_sampler* sampler_ = nullptr;
};

}  // namespace interposer::engine::llama
