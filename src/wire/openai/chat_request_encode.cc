#include <fmt/format.h>

#include "base/json.h"
#include "wire/openai/chat_request.h"
#include "wire/openai/messages.h"

namespace interposer::wire::openai {
namespace {

void note(LossReceipt* loss, std::string field, std::string reason) {
  if (loss != nullptr) loss->add(std::move(field), std::move(reason));
}

void write_tools(JsonWriter& json, const Chat& chat) {
  if (chat.tools.empty()) return;
  json.key("tools").begin_array();
  for (const Tool& tool : chat.tools) {
    if (!tool.raw.empty()) {
      json.raw(tool.raw);
      continue;
    }
    json.begin_object().field("type", "function").key("function").begin_object();
    json.field("name", tool.name);
    if (!tool.description.empty()) json.field("description", tool.description);
    if (!tool.parameters.empty()) json.key("parameters").raw(tool.parameters);
    if (tool.strict) json.field("strict", *tool.strict);
    json.end_object().end_object();
  }
  json.end_array();
}

void write_tool_choice(JsonWriter& json, const Chat& chat) {
  if (!chat.tool_choice) return;
  json.key("tool_choice");
  switch (chat.tool_choice->kind) {
    case ToolChoice::Kind::kAuto:
      json.string("auto");
      break;
    case ToolChoice::Kind::kNone:
      json.string("none");
      break;
    case ToolChoice::Kind::kRequired:
      json.string("required");
      break;
    case ToolChoice::Kind::kNamed:
      json.begin_object().field("type", "function").key("function").begin_object();
      json.field("name", chat.tool_choice->name).end_object().end_object();
      break;
  }
}

void write_response_format(JsonWriter& json, const Chat& chat, const ChatEncoding& encoding,
                           LossReceipt* loss) {
  if (!chat.response_format) return;
  const ResponseFormat& format = *chat.response_format;
  switch (format.kind) {
    case ResponseFormat::Kind::kText:
      json.key("response_format").begin_object().field("type", "text").end_object();
      break;
    case ResponseFormat::Kind::kJsonObject:
      json.key("response_format").begin_object().field("type", "json_object").end_object();
      break;
    case ResponseFormat::Kind::kJsonSchema:
      json.key("response_format").begin_object().field("type", "json_schema");
      json.key("json_schema").begin_object();
      if (!format.name.empty()) json.field("name", format.name);
      if (!format.schema.empty()) json.key("schema").raw(format.schema);
      if (format.strict) json.field("strict", *format.strict);
      json.end_object().end_object();
      break;
    case ResponseFormat::Kind::kGrammar:
      if (encoding.grammar)
        json.field("grammar", format.schema);
      else
        note(loss, "grammar", "dropped: the target takes no grammars");
      break;
  }
}

void write_extensions(JsonWriter& json, const Sampling& s, bool allowed, LossReceipt* loss) {
  const auto one = [&](const char* name, const auto& value) {
    if (!value) return;
    if (allowed)
      json.field(name, *value);
    else
      note(loss, name, "dropped: the target does not take it");
  };
  one("top_k", s.top_k);
  one("min_p", s.min_p);
  one("repetition_penalty", s.repeat_penalty);
}

void write_sampling(JsonWriter& json, const Chat& chat, const ChatEncoding& encoding,
                    LossReceipt* loss) {
  const Sampling& s = chat.sampling;
  if (s.temperature) json.field("temperature", *s.temperature);
  if (s.top_p) json.field("top_p", *s.top_p);
  if (s.frequency_penalty) json.field("frequency_penalty", *s.frequency_penalty);
  if (s.presence_penalty) json.field("presence_penalty", *s.presence_penalty);
  if (s.seed) json.field("seed", *s.seed);
  if (s.n) json.field("n", *s.n);
  if (s.max_tokens) {
    json.field(encoding.max_completion_tokens ? "max_completion_tokens" : "max_tokens",
               *s.max_tokens);
  }
  if (s.logprobs) json.field("logprobs", *s.logprobs);
  if (s.top_logprobs) json.field("top_logprobs", *s.top_logprobs);
  if (!s.stop.empty()) {
    json.key("stop").begin_array();
    for (const std::string& stop : s.stop) json.string(stop);
    json.end_array();
  }
  if (!s.logit_bias.empty()) {
    json.key("logit_bias").begin_object();
    for (const auto& [token, bias] : s.logit_bias) json.field(token, bias);
    json.end_object();
  }
  write_extensions(json, s, encoding.sampling_extensions, loss);
}

void write_stream(JsonWriter& json, const Chat& chat, const ChatEncoding& encoding) {
  if (!chat.stream) return;
  json.field("stream", true);
  if (!encoding.stream_options) return;
  std::string options = "{\"include_usage\":true}";
  for (const auto& [name, value] : chat.extra) {
    if (name == "stream_options" && value.size() > 2) {
      options = "{\"include_usage\":true," + value.substr(1);
    }
  }
  json.key("stream_options").raw(options);
}

}  // namespace

std::string encode_chat(const Chat& chat, std::string_view model, const ChatEncoding& encoding,
                        LossReceipt* loss) {
  JsonWriter json;
  json.begin_object().field("model", model).key("messages");
  write_messages(json, chat.messages, encoding.developer_role);
  write_tools(json, chat);
  write_tool_choice(json, chat);
  if (chat.parallel_tool_calls) json.field("parallel_tool_calls", *chat.parallel_tool_calls);
  write_response_format(json, chat, encoding, loss);
  write_sampling(json, chat, encoding, loss);
  write_stream(json, chat, encoding);
  if (!chat.user.empty()) json.field("user", chat.user);
  if (!chat.reasoning_effort.empty()) json.field("reasoning_effort", chat.reasoning_effort);
  for (const auto& [name, value] : chat.extra) {
    if (name != "stream_options") json.key(name).raw(value);
  }
  json.end_object();
  return json.take();
}

}  // namespace interposer::wire::openai
