// The body of an answer that is not streamed (see chat_writer.h).
#include "base/ids.h"
#include "wire/openai/chat_writer.h"
#include "wire/openai/logprobs.h"
#include "wire/openai/usage_json.h"

namespace interposer::wire::openai {
namespace {

struct Gathered {  // one choice
  std::string text, reasoning, refusal;
  std::vector<TokenLogprob> logprobs;
  std::map<int, ToolCall> calls;
  SentenceTracker tracker;
  JsonWriter annotations, unsupported;
  bool has_annotations = false, has_unsupported = false;
  FinishReason reason = FinishReason::kStop;
};

struct Body {
  Started started;
  std::map<int, Gathered> choices;
  std::map<int, Citation> citations;
  std::vector<Part> parts;
  std::optional<Usage> usage;
};

struct Gatherer {
  Body* body;
  const WriterOptions* options;

  void operator()(const Started& e) { body->started = e; }
  void operator()(const TextDelta& e) {
    Gathered& choice = body->choices[e.choice];
    choice.text += e.text;
    choice.tracker.text(e.text);
    choice.logprobs.insert(choice.logprobs.end(), e.logprobs.begin(), e.logprobs.end());
  }
  void operator()(const ReasoningDelta& e) { body->choices[e.choice].reasoning += e.text; }
  void operator()(const RefusalDelta& e) { body->choices[e.choice].refusal += e.text; }
  void operator()(const ToolCallDelta& e) {
    ToolCall& call = body->choices[e.choice].calls[e.index];
    if (!e.id.empty()) call.id = e.id;
    if (!e.name.empty()) call.name = e.name;
    call.arguments += e.arguments;
  }
  void operator()(const Citation& e) { body->citations[e.n] = e; }
  void operator()(const Sentence& e) {
    Gathered& choice = body->choices[e.choice];
    const SentenceTracker::Range range = choice.tracker.sentence();
    const bool any =
        write_annotations(choice.annotations, e, range, body->citations, options->page_origin);
    choice.has_annotations = choice.has_annotations || any;
    if (!e.unsupported) return;
    choice.has_unsupported = true;
    choice.unsupported.begin_object().field("start_index", range.start);
    choice.unsupported.field("end_index", range.end).end_object();
  }
  void operator()(const Part& e) { body->parts.push_back(e); }
  void operator()(const Finished& e) { body->choices[e.choice].reason = e.reason; }
  void operator()(const UsageReport& e) { body->usage = e.usage; }
  void operator()(const Embedding&) {}
};

void write_interposer(JsonWriter& json, const Body& body, const Gathered& choice, bool first) {
  const bool parts = first && !body.parts.empty();
  if (!parts && !choice.has_unsupported) return;
  json.key("interposer").begin_object();
  if (parts) {
    json.key("parts").begin_array();
    for (const Part& part : body.parts) {
      json.begin_object().field("type", part.type).key("data").raw(part.json).end_object();
    }
    json.end_array();
  }
  if (choice.has_unsupported) {
    json.key("unsupported").begin_array().raw(choice.unsupported.str()).end_array();
  }
  json.end_object();
}

void write_message(JsonWriter& json, const Body& body, const Gathered& choice, bool first) {
  json.key("message").begin_object().field("role", "assistant").key("content");
  const bool nothing = choice.text.empty() && (!choice.calls.empty() || !choice.refusal.empty());
  if (nothing)
    json.null();
  else
    json.string(choice.text);
  json.key("refusal");
  if (choice.refusal.empty())
    json.null();
  else
    json.string(choice.refusal);
  if (!choice.reasoning.empty()) json.field("reasoning_content", choice.reasoning);
  if (!choice.calls.empty()) {
    json.key("tool_calls").begin_array();
    for (const auto& [index, call] : choice.calls) {
      json.begin_object().field("id", call.id).field("type", "function");
      json.key("function").begin_object().field("name", call.name);
      json.field("arguments", call.arguments).end_object().end_object();
    }
    json.end_array();
  }
  json.key("annotations").begin_array();
  if (choice.has_annotations) json.raw(choice.annotations.str());
  json.end_array();
  write_interposer(json, body, choice, first);
  json.end_object();
}

void write_choice(JsonWriter& json, const Body& body, int index, const Gathered& choice,
                  bool chat) {
  json.begin_object().field("index", index);
  if (chat)
    write_message(json, body, choice, index == 0);
  else
    json.field("text", choice.text);
  json.key("logprobs");
  if (choice.logprobs.empty())
    json.null();
  else if (chat)
    write_logprobs(json, choice.logprobs);
  else
    write_legacy_logprobs(json, choice.logprobs, 0);
  json.field("finish_reason", finish_reason_name(choice.reason)).end_object();
}

}  // namespace

std::string write_body(const std::vector<Event>& events, const WriterOptions& options) {
  Body body;
  body.choices[0];
  for (const Event& event : events) std::visit(Gatherer{&body, &options}, event);
  const bool chat = options.operation == Operation::kChat;
  JsonWriter json;
  json.begin_object();
  const Started& head = body.started;
  json.field("id", head.id.empty() ? new_id(chat ? "chatcmpl-" : "cmpl-") : head.id);
  json.field("object", chat ? "chat.completion" : "text_completion");
  json.field("created", head.created_s != 0 ? head.created_s : options.now_s);
  json.field("model", head.model.empty() ? options.model : head.model);
  if (!head.fingerprint.empty()) json.field("system_fingerprint", head.fingerprint);
  json.key("choices").begin_array();
  for (const auto& [index, choice] : body.choices) write_choice(json, body, index, choice, chat);
  json.end_array();
  if (body.usage) {
    json.key("usage");
    write_usage(json, body.usage->tokens);
  }
  json.end_object();
  return json.take();
}

}  // namespace interposer::wire::openai
