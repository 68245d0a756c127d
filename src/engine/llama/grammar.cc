#include "engine/llama/grammar.h"

#include <json-schema-to-grammar.h>
#include <json.h>
#include <llama.h>

#include <cmath>
#include <exception>

#include "engine/config.h"
#include "engine/llama/guard.h"
#include "engine/llama/log.h"

namespace interposer::engine::llama {
namespace {

static_assert(sizeof(Candidate) == sizeof(llama_token_data));

Error bad_schema(const std::string& why) {
  return make_error(Code::kInvalidArgument,
                    "response_format: this JSON schema cannot be followed: " + why,
                    "simplify the schema", "bad_schema");
}

Error bad_grammar(const std::string& why) {
  return make_error(Code::kInvalidArgument, "the grammar cannot be followed: " + why,
                    "correct the grammar", "bad_grammar");
}

// Brackets outside strings; the converter and the JSON reader recurse as deep as the text does.
int nesting(std::string_view json) {
  int depth = 0, most = 0;
  bool inside = false;
  for (std::size_t i = 0; i < json.size(); ++i) {
    char c = json[i];
    if (inside) {
      if (c == '\\') ++i;
      if (c == '"') inside = false;
    } else if (c == '"') {
      inside = true;
    } else if (c == '{' || c == '[') {
      most = std::max(most, ++depth);
    } else if (c == '}' || c == ']') {
      --depth;
    }
  }
  return most;
}

}  // namespace

Result<std::string> schema_to_grammar(std::string_view schema) {
  start_backend();
  if (schema.size() > kSchemaBytesMax) {
    return bad_schema("it has more than " + std::to_string(kSchemaBytesMax) + " bytes");
  }
  if (nesting(schema) > kSchemaDepthMax) {
    return bad_schema("it is nested deeper than " + std::to_string(kSchemaDepthMax));
  }
  try {
    return json_schema_to_grammar(common_json::parse(std::string(schema)));
  } catch (const std::exception& e) {
    return bad_schema(e.what());
  }
}

Result<std::unique_ptr<Grammar>> Grammar::create(std::shared_ptr<const Model> model,
                                                 const GrammarSpec& spec) {
  if (spec.gbnf.size() > 4 * kSchemaBytesMax) return bad_grammar("it is too long");
  ErrorCapture errors;
  std::unique_ptr<Grammar> self(new Grammar);
  self->model_ = std::move(model);
  const llama_vocab* vocab = self->model_->vocab();
  try {
    if (spec.lazy) {
      std::vector<const char*> patterns;
      for (const std::string& p : spec.trigger_patterns) patterns.push_back(p.c_str());
      self->sampler_ = llama_sampler_init_grammar_lazy_patterns(
          vocab, spec.gbnf.c_str(), "root", patterns.data(), patterns.size(),
          spec.trigger_tokens.data(), spec.trigger_tokens.size());
    } else {
      self->sampler_ = llama_sampler_init_grammar(vocab, spec.gbnf.c_str(), "root");
    }
  } catch (const std::exception& e) {
    return bad_grammar(e.what());
  }
  if (self->sampler_ == nullptr) return bad_grammar(errors.first("it has no rule 'root'"));
  if (!spec.lazy && !spec.prefilled.empty()) {
    for (Token token : self->model_->tokenize(spec.prefilled, false, true)) {
      IP_OK(self->accept(token));
    }
  }
  return self;
}

Grammar::~Grammar() {
  if (sampler_ != nullptr) llama_sampler_free(sampler_);
}

bool Grammar::allows(Token token) {
  llama_token_data one{token, 1.0F, 0.0F};
  llama_token_data_array array{&one, 1, -1, false};
  llama_sampler_apply(sampler_, &array);
  return std::isfinite(one.logit);
}

void Grammar::mask(std::vector<Candidate>& candidates) {
  // Same layout (asserted above); the library writes logits in place.
  llama_token_data_array array{reinterpret_cast<llama_token_data*>(candidates.data()),
                               candidates.size(), -1, false};
  llama_sampler_apply(sampler_, &array);
}

Status Grammar::accept(Token token) {
  try {
    llama_sampler_accept(sampler_, token);
    return {};
  } catch (const std::exception& e) {
    return make_error(Code::kInternal, std::string("the grammar lost the answer: ") + e.what(),
                      "simplify the schema or the tools", "grammar_lost");
  }
}

}  // namespace interposer::engine::llama
