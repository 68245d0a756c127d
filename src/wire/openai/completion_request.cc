#include "wire/openai/completion_request.h"

#include <boost/json.hpp>

#include "wire/json_read.h"
#include "wire/openai/sampling_fields.h"

namespace interposer::wire::openai {
namespace {

Error unsupported(std::string what, std::string remedy) {
  return make_error(Code::kUnsupported, "field 'prompt': " + std::move(what), std::move(remedy),
                    "unsupported_prompt");
}

Status read_prompt(ObjectReader& body, std::string* out) {
  const JsonValue* prompt = body.find("prompt");
  if (prompt == nullptr) return body.error("prompt", "it is missing");
  if (prompt->is_array()) {
    const auto& items = prompt->get_array();
    if (items.empty()) return body.error("prompt", "it is empty");
    if (!items.front().is_string()) {
      return unsupported("token ids are not taken here", "send the prompt as text");
    }
    if (items.size() > 1) {
      return unsupported("several prompts in one request are not taken", "send one request each");
    }
    prompt = &items.front();
  }
  if (!prompt->is_string()) return body.error("prompt", "it must be a string");
  *out = std::string(prompt->get_string());
  return {};
}

}  // namespace

Result<Chat> decode_completion(std::string_view text) {
  IP_TRY(auto tree, parse_json(text, "the body"));
  IP_TRY(ObjectReader body, ObjectReader::open(*tree, ""));
  Chat chat;
  body.find("model");
  Message message;
  message.content.emplace_back();
  IP_OK(read_prompt(body, &message.content.front().text));
  chat.messages.push_back(std::move(message));
  IP_OK(read_sampling(body, &chat.sampling));
  std::optional<std::int64_t> logprobs;  // here a count, unlike in chats
  IP_OK(body.integer("logprobs", &logprobs, 0));
  if (logprobs) {
    chat.sampling.logprobs = true;
    chat.sampling.top_logprobs = logprobs;
  }
  IP_OK(read_streaming(body, &chat));
  for (auto& member : body.rest()) chat.extra.push_back(std::move(member));
  return chat;
}

}  // namespace interposer::wire::openai
