// Token counts in OpenAI's shape and in those of its compatibles, from and to disjoint buckets.
#pragma once

#include <optional>
#include <string_view>

#include "base/json.h"
#include "wire/json_read.h"
#include "wire/usage.h"

namespace interposer::wire::openai {

// Reads a "usage" object. This family counts cached and written tokens inside prompt_tokens and
// reasoning inside completion_tokens (gateway.md 5.3); the parts have several names:
//   cached: prompt_tokens_details.cached_tokens (OpenAI, Groq, Cerebras, vLLM),
//           prompt_token_details.cached_tokens and num_cached_tokens (Mistral),
//           prompt_cache_hit_tokens (DeepSeek), cached_tokens (Moonshot)
//   written: prompt_tokens_details.cache_write_tokens (OpenRouter, newer OpenAI)
//   reasoning: completion_tokens_details.reasoning_tokens, reasoning_tokens
// A part larger than its whole is cut to it. nullopt: not an object, or without counts.
std::optional<TokenUsage> read_usage(const JsonValue& usage);

// Of a whole answer or chunk: its "usage", else "x_groq.usage".
std::optional<TokenUsage> find_usage(const JsonValue& answer);
// The same from bytes; what a pass-through taps. nullopt also where the text is no JSON.
std::optional<TokenUsage> find_usage(std::string_view json);

void write_usage(JsonWriter& json, const TokenUsage& usage);  // the object itself

}  // namespace interposer::wire::openai
