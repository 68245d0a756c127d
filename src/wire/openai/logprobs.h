// Log probabilities in OpenAI's shape.
#pragma once

#include <vector>

#include "base/json.h"
#include "wire/event.h"
#include "wire/json_read.h"

namespace interposer::wire::openai {

std::vector<TokenLogprob> read_logprobs(const JsonValue& logprobs);  // {"content":[...]}
void write_logprobs(JsonWriter& json, const std::vector<TokenLogprob>& tokens);
// The older shape of /v1/completions: parallel lists.
void write_legacy_logprobs(JsonWriter& json, const std::vector<TokenLogprob>& tokens,
                           std::int64_t text_offset);

}  // namespace interposer::wire::openai
