// Tokens of a rendered prompt in which the messages' own text cannot become a control token.
#pragma once

#include <string>
#include <vector>

#include "engine/llama/model.h"

namespace interposer::engine::llama {

// `contents`: the messages' texts in the order in which `prompt` holds them. A text that spells a
// control token ("<|im_end|>") is tokenized apart, as plain text; all else as one piece.
std::vector<Token> prompt_tokens(const Model& model, const std::string& prompt,
                                 const std::vector<std::string>& contents);

}  // namespace interposer::engine::llama
