#include "wire/openai/chat_reader.h"

#include <boost/json.hpp>

#include "wire/openai/error_json.h"
#include "wire/openai/logprobs.h"
#include "wire/openai/usage_json.h"
#include "wire/sse_data.h"

namespace interposer::wire::openai {
namespace {

namespace bj = boost::json;

const bj::value* member(const bj::object& object, std::string_view key) {
  const bj::value* value = object.if_contains(key);
  return value == nullptr || value->is_null() ? nullptr : value;
}

std::string text(const bj::object& object, std::string_view key) {
  const bj::value* value = member(object, key);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

int small_int(const bj::object& object, std::string_view key, int otherwise) {
  constexpr std::int64_t kLargest = 1'000'000;  // choices and calls are far fewer
  const bj::value* value = member(object, key);
  if (value == nullptr || !value->is_int64()) return otherwise;
  const std::int64_t number = value->get_int64();
  return number < 0 || number > kLargest ? otherwise : static_cast<int>(number);
}

FinishReason finish_reason(std::string_view word) {
  if (word == "length" || word == "max_tokens") return FinishReason::kLength;
  if (word == "tool_calls" || word == "function_call") return FinishReason::kToolCalls;
  if (word == "content_filter") return FinishReason::kContentFilter;
  if (word == "error") return FinishReason::kError;
  return FinishReason::kStop;  // "stop", "eos", "end_turn" and what else servers call it
}

// Content is a string; a few servers send a list of text parts.
std::string content_text(const bj::object& delta) {
  const bj::value* content = member(delta, "content");
  if (content == nullptr) return {};
  if (content->is_string()) return std::string(content->get_string());
  std::string out;
  if (!content->is_array()) return out;
  for (const bj::value& part : content->get_array()) {
    if (part.is_object()) out += text(part.get_object(), "text");
  }
  return out;
}

std::string argument_text(const bj::object& function) {
  const bj::value* arguments = member(function, "arguments");
  if (arguments == nullptr) return {};
  return arguments->is_string() ? std::string(arguments->get_string()) : bj::serialize(*arguments);
}

Error provider_failure(const ProviderError& failure) {
  const std::string what = failure.message.empty() ? "no reason given" : failure.message;
  return make_error(Code::kUnavailable, "the target failed within its answer: " + what,
                    "try again, or another target", "provider_error");
}

}  // namespace

Error broken_stream(std::string what) {
  return make_error(Code::kUnavailable, "the target sent a broken answer: " + std::move(what),
                    "try again; if it stays, check the provider's base_url and dialect",
                    "broken_stream");
}

Status ChatReader::read_frame(std::string_view frame, std::vector<Event>* out) {
  std::string joined;
  const SseData sse = read_sse_data(frame, &joined);
  if (!sse.has_data || sse.data.empty()) return {};
  if (sse.data == "[DONE]") {
    done_ = true;
    return {};
  }
  return read_chunk(sse.data, out);
}

Status ChatReader::read_body(std::string_view body, std::vector<Event>* out) {
  IP_OK(read_chunk(body, out));
  if (choices_ == 0) return broken_stream("it holds no choices");
  done_ = true;
  return finish(out);
}

Status ChatReader::finish(std::vector<Event>* out) {
  const bool complete = done_ || (choices_ > 0 && finished_ >= choices_);
  usage_.final = true;
  if (!complete) {
    return make_error(Code::kUnavailable, "the target's answer was cut before its end",
                      "try again, or another target", "truncated");
  }
  if (usage_.reported) out->push_back(UsageReport{usage_});
  return {};
}

Status ChatReader::read_chunk(std::string_view json, std::vector<Event>* out) {
  const auto tree = parse_json(json, "a frame");
  if (!tree) return broken_stream(tree.error().message);
  const bj::object* chunk = (*tree)->if_object();
  if (chunk == nullptr) return broken_stream("a frame is no JSON object");
  const bj::value* choices = member(*chunk, "choices");
  if (choices == nullptr || chunk->contains("error")) {
    if (const auto failure = error_in(**tree)) return provider_failure(*failure);
  }
  read_head(**tree, out);
  if (choices != nullptr) {
    if (!choices->is_array()) return broken_stream("'choices' is no list");
    for (const bj::value& choice : choices->get_array()) {
      IP_OK(read_choice(choice, out));
    }
  }
  if (const auto counts = find_usage(**tree)) {
    usage_.tokens = *counts;
    usage_.reported = true;
  }
  return {};
}

void ChatReader::read_head(const JsonValue& chunk, std::vector<Event>* out) {
  if (started_) return;
  started_ = true;
  const bj::object& object = chunk.get_object();
  Started started;
  started.id = text(object, "id");
  started.model = text(object, "model");
  started.fingerprint = text(object, "system_fingerprint");
  if (const bj::value* created = member(object, "created"); created && created->is_int64()) {
    started.created_s = created->get_int64();
  }
  out->push_back(std::move(started));
}

Status ChatReader::read_choice(const JsonValue& value, std::vector<Event>* out) {
  const bj::object* choice = value.if_object();
  if (choice == nullptr) return broken_stream("a choice is no object");
  const int index = small_int(*choice, "index", 0);
  choices_ = std::max(choices_, static_cast<std::size_t>(index) + 1);
  const bj::value* delta = member(*choice, "delta");
  if (delta == nullptr) delta = member(*choice, "message");
  std::vector<TokenLogprob> logprobs;
  if (const bj::value* given = member(*choice, "logprobs")) logprobs = read_logprobs(*given);
  const bj::object* object = delta == nullptr ? nullptr : delta->if_object();
  std::string content = text(*choice, "text");  // /v1/completions
  if (object != nullptr) {
    std::string reasoning = text(*object, "reasoning_content");
    if (reasoning.empty()) reasoning = text(*object, "reasoning");
    if (!reasoning.empty()) out->push_back(ReasoningDelta{index, std::move(reasoning)});
    content += content_text(*object);
  }
  if (!content.empty() || !logprobs.empty()) {
    out->push_back(TextDelta{index, std::move(content), std::move(logprobs)});
  }
  if (object != nullptr) read_refusal_and_calls(index, *delta, out);
  const std::string reason = text(*choice, "finish_reason");
  if (!reason.empty()) {
    ++finished_;
    std::string stop = text(*choice, "stop_reason");  // vLLM: the stop string met
    out->push_back(Finished{index, finish_reason(reason), std::move(stop)});
  }
  return {};
}

void ChatReader::read_refusal_and_calls(int choice, const JsonValue& delta,
                                        std::vector<Event>* out) {
  const bj::object& object = delta.get_object();
  std::string refusal = text(object, "refusal");
  if (!refusal.empty()) out->push_back(RefusalDelta{choice, std::move(refusal)});
  if (const bj::value* calls = member(object, "tool_calls"); calls && calls->is_array()) {
    const auto& items = calls->get_array();
    for (std::size_t i = 0; i < items.size(); ++i) read_tool_call(choice, items[i], i, out);
  }
  if (const bj::value* call = member(object, "function_call")) {
    read_tool_call(choice, bj::object{{"index", 0}, {"function", *call}}, 0, out);
  }
}

// Without an index (Gemini's layer and others) a new id begins a new call, and in a list the
// position counts.
void ChatReader::read_tool_call(int choice, const JsonValue& value, std::size_t position,
                                std::vector<Event>* out) {
  const bj::object* call = value.if_object();
  if (call == nullptr) return;
  Calls& calls = calls_[choice];
  ToolCallDelta delta;
  delta.choice = choice;
  delta.id = text(*call, "id");
  int index = small_int(*call, "index", -1);
  if (index < 0) {
    const bool same =
        calls.last >= 0 && position == 0 && (delta.id.empty() || calls.ids[calls.last] == delta.id);
    index = same ? calls.last : static_cast<int>(calls.ids.size());
  }
  calls.last = index;
  delta.index = index;
  const bool first = !calls.ids.contains(index);
  if (first) calls.ids[index] = delta.id;
  const bj::value* function = member(*call, "function");
  if (function != nullptr && function->is_object()) {
    delta.name = text(function->get_object(), "name");
    delta.arguments = argument_text(function->get_object());
  }
  if (!first) {  // some servers repeat id and name in every delta
    delta.id.clear();
    delta.name.clear();
  }
  out->push_back(std::move(delta));
}

}  // namespace interposer::wire::openai
