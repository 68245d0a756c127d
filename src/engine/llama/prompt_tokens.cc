#include "engine/llama/prompt_tokens.h"

#include <llama.h>

#include <string_view>

#include "base/strings.h"
#include "engine/llama/guard.h"

namespace interposer::engine::llama {
namespace {

bool spells_control(const Model& model, std::string_view text) {
  for (Token token : model.tokenize(text, false, true)) {
    if (llama_vocab_is_control(model.vocab(), token)) return true;
  }
  return false;
}

void append(std::vector<Token>* out, const std::vector<Token>& more) {
  out->insert(out->end(), more.begin(), more.end());
}

}  // namespace

std::vector<Token> prompt_tokens(const Model& model, const std::string& prompt,
                                 const std::vector<std::string>& contents) {
  std::vector<Token> out;
  std::size_t done = 0, from = 0;
  auto flush = [&](std::size_t until) {
    std::string_view piece = std::string_view(prompt).substr(done, until - done);
    if (!piece.empty() || done == 0) append(&out, model.tokenize(piece, done == 0, true));
  };
  for (const std::string& content : contents) {
    std::string_view text = trim(content);  // templates trim
    if (text.empty()) continue;
    std::size_t at = prompt.find(text, from);
    if (at == std::string::npos) continue;
    from = at + text.size();
    if (!spells_control(model, text)) continue;
    flush(at);
    append(&out, model.tokenize(text, false, false));
    done = from;
  }
  flush(prompt.size());
  // The template may write the token that the tokenizer adds as well.
  if (out.size() > 1 && model.bos() >= 0 && out[0] == model.bos() && out[1] == model.bos()) {
    out.erase(out.begin());
  }
  return out;
}

}  // namespace interposer::engine::llama
