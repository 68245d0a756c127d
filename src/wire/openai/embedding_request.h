// The request of POST /v1/embeddings, from and to bytes.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "wire/request.h"

namespace interposer::wire::openai {

// One text or a list of texts (at most 2,048, as OpenAI limits it). Token ids are kUnsupported:
// they mean something only to the tokenizer that made them.
Result<EmbedInput> decode_embedding(std::string_view body);
std::string encode_embedding(const EmbedInput& input, std::string_view model);

}  // namespace interposer::wire::openai
