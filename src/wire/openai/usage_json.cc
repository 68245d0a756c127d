#include "wire/openai/usage_json.h"

#include <algorithm>
#include <boost/json.hpp>

namespace interposer::wire::openai {
namespace {

namespace bj = boost::json;

std::optional<std::int64_t> count(const bj::object& object, std::string_view key) {
  const bj::value* value = object.if_contains(key);
  if (value == nullptr || !value->is_number()) return std::nullopt;
  bj::error_code failure;
  const auto number = value->to_number<std::int64_t>(failure);
  if (failure || number < 0) return std::nullopt;
  return number;
}

std::optional<std::int64_t> count_in(const bj::object& object, std::string_view details,
                                     std::string_view key) {
  const bj::value* inner = object.if_contains(details);
  if (inner == nullptr || !inner->is_object()) return std::nullopt;
  return count(inner->get_object(), key);
}

std::int64_t first_of(std::initializer_list<std::optional<std::int64_t>> counts) {
  for (const auto& value : counts) {
    if (value) return *value;
  }
  return 0;
}

}  // namespace

std::optional<TokenUsage> read_usage(const JsonValue& usage) {
  const bj::object* object = usage.if_object();
  if (object == nullptr) return std::nullopt;
  const auto prompt = count(*object, "prompt_tokens");
  const auto answer = count(*object, "completion_tokens");
  if (!prompt && !answer) return std::nullopt;
  TokenUsage out;
  const std::int64_t in = prompt.value_or(0);
  const std::int64_t made = answer.value_or(0);
  out.cache_read = std::min(
      in, first_of({count_in(*object, "prompt_tokens_details", "cached_tokens"),
                    count_in(*object, "prompt_token_details", "cached_tokens"),
                    count(*object, "num_cached_tokens"), count(*object, "prompt_cache_hit_tokens"),
                    count(*object, "cached_tokens")}));
  out.cache_write =
      std::min(in - out.cache_read,
               first_of({count_in(*object, "prompt_tokens_details", "cache_write_tokens"),
                         count_in(*object, "prompt_tokens_details", "cache_creation_tokens")}));
  out.input = in - out.cache_read - out.cache_write;
  out.reasoning =
      std::min(made, first_of({count_in(*object, "completion_tokens_details", "reasoning_tokens"),
                               count(*object, "reasoning_tokens")}));
  out.output = made - out.reasoning;
  return out;
}

std::optional<TokenUsage> find_usage(const JsonValue& answer) {
  const bj::object* object = answer.if_object();
  if (object == nullptr) return std::nullopt;
  if (const bj::value* usage = object->if_contains("usage")) {
    if (auto counts = read_usage(*usage)) return counts;
  }
  const bj::value* groq = object->if_contains("x_groq");
  if (groq == nullptr || !groq->is_object()) return std::nullopt;
  const bj::value* usage = groq->get_object().if_contains("usage");
  return usage == nullptr ? std::nullopt : read_usage(*usage);
}

std::optional<TokenUsage> find_usage(std::string_view json) {
  const auto tree = parse_json(json, "usage");
  return tree ? find_usage(**tree) : std::nullopt;
}

void write_usage(JsonWriter& json, const TokenUsage& usage) {
  json.begin_object();
  json.field("prompt_tokens", usage.prompt()).field("completion_tokens", usage.answer());
  json.field("total_tokens", usage.prompt() + usage.answer());
  json.key("prompt_tokens_details").begin_object().field("cached_tokens", usage.cache_read);
  if (usage.cache_write > 0) json.field("cache_write_tokens", usage.cache_write);
  json.end_object();
  json.key("completion_tokens_details").begin_object();
  json.field("reasoning_tokens", usage.reasoning).end_object();
  json.end_object();
}

}  // namespace interposer::wire::openai
