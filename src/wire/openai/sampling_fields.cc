#include "wire/openai/sampling_fields.h"

#include <fmt/format.h>

#include <boost/json.hpp>

namespace interposer::wire::openai {
namespace {

Status read_stop(ObjectReader& body, std::vector<std::string>* out) {
  const JsonValue* stop = body.find("stop");
  if (stop == nullptr) return {};
  if (stop->is_string()) {
    out->emplace_back(stop->get_string());
    return {};
  }
  if (!stop->is_array()) return body.error("stop", "it must be a string or a list of strings");
  for (const JsonValue& item : stop->get_array()) {
    if (!item.is_string()) return body.error("stop", "it must be a string or a list of strings");
    out->emplace_back(item.get_string());
  }
  return {};
}

Status read_logit_bias(ObjectReader& body, Sampling* out) {
  const JsonValue* bias = body.find("logit_bias");
  if (bias == nullptr) return {};
  if (!bias->is_object()) {
    return body.error("logit_bias", "it must be an object of token id to number");
  }
  for (const auto& member : bias->get_object()) {
    if (!member.value().is_number()) {
      return body.error("logit_bias", fmt::format("the bias of token '{}' must be a number",
                                                  std::string_view(member.key())));
    }
    out->logit_bias.emplace_back(std::string(member.key()), member.value().to_number<double>());
  }
  return {};
}

}  // namespace

Status read_sampling(ObjectReader& body, Sampling* out) {
  IP_OK(body.number("temperature", &out->temperature));
  IP_OK(body.number("top_p", &out->top_p));
  IP_OK(body.number("min_p", &out->min_p));
  IP_OK(body.number("frequency_penalty", &out->frequency_penalty));
  IP_OK(body.number("presence_penalty", &out->presence_penalty));
  IP_OK(body.number("repeat_penalty", &out->repeat_penalty));
  IP_OK(body.number("repetition_penalty", &out->repeat_penalty));
  IP_OK(body.integer("top_k", &out->top_k, -1));
  IP_OK(body.integer("seed", &out->seed, INT64_MIN));
  IP_OK(body.integer("n", &out->n, 1));
  IP_OK(body.integer("max_tokens", &out->max_tokens, 0));
  IP_OK(body.integer("max_completion_tokens", &out->max_tokens, 0));
  if (out->temperature && *out->temperature < 0) {
    return body.error("temperature", "it must be 0 or more");
  }
  if (out->top_p && (*out->top_p < 0 || *out->top_p > 1)) {
    return body.error("top_p", "it must be between 0 and 1");
  }
  IP_OK(read_stop(body, &out->stop));
  return read_logit_bias(body, out);
}

Status read_streaming(ObjectReader& body, Chat* out) {
  IP_OK(body.boolean("stream", &out->stream));
  IP_OK(body.text("user", &out->user));
  const JsonValue* value = body.find("stream_options");
  if (value == nullptr) return {};
  IP_TRY(ObjectReader options, ObjectReader::open(*value, body.path_of("stream_options")));
  IP_OK(options.boolean("include_usage", &out->include_usage));
  boost::json::object unknown;
  for (const auto& member : value->get_object()) {
    if (member.key() != "include_usage") unknown.emplace(member.key(), member.value());
  }
  if (!unknown.empty()) {
    out->extra.emplace_back("stream_options", boost::json::serialize(unknown));
  }
  return {};
}

}  // namespace interposer::wire::openai
