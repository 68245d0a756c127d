#include "wire/openai/chat_writer.h"

#include "base/ids.h"
#include "base/utf8.h"
#include "wire/openai/error_json.h"
#include "wire/openai/logprobs.h"
#include "wire/openai/usage_json.h"

namespace interposer::wire::openai {
namespace {

template <class... F>
struct Overload : F... {
  using F::operator()...;
};
template <class... F>
Overload(F...) -> Overload<F...>;

}  // namespace

std::string_view finish_reason_name(FinishReason reason) {
  switch (reason) {
    case FinishReason::kStop:
      return "stop";
    case FinishReason::kLength:
      return "length";
    case FinishReason::kToolCalls:
      return "tool_calls";
    case FinishReason::kContentFilter:
      return "content_filter";
    case FinishReason::kRefusal:
      return "stop";  // this dialect says it by the refusal text
    case FinishReason::kError:
      return "error";
  }
  return "stop";
}

StreamWriter::StreamWriter(WriterOptions options) : options_(std::move(options)) {}

void StreamWriter::start(const Started& started) {
  const bool chat = options_.operation == Operation::kChat;
  JsonWriter json;
  json.begin_object();
  json.field("id", started.id.empty() ? new_id(chat ? "chatcmpl-" : "cmpl-") : started.id);
  json.field("object", chat ? "chat.completion.chunk" : "text_completion");
  json.field("created", started.created_s != 0 ? started.created_s : options_.now_s);
  json.field("model", started.model.empty() ? options_.model : started.model);
  if (!started.fingerprint.empty()) json.field("system_fingerprint", started.fingerprint);
  head_ = json.take();
}

// Opens a frame up to the inside of its delta; the first of a choice carries the role.
JsonWriter StreamWriter::open(int choice, std::string_view finish_reason) {
  if (head_.empty()) start(Started{});
  Choice& state = choices_[choice];
  JsonWriter json;
  json.begin_object().field("index", choice).key("logprobs").null().key("finish_reason");
  if (finish_reason.empty())
    json.null();
  else
    json.string(finish_reason);
  json.key("delta").begin_object();
  if (!state.opened) json.field("role", "assistant");
  state.opened = true;
  return json;
}

void StreamWriter::close(JsonWriter json, std::string* out) {
  json.end_object().end_object();
  out->append("data: ").append(head_).append(",\"choices\":[").append(json.str());
  out->append("]}\n\n");
}

void StreamWriter::complete_text(const TextDelta& delta, std::string* out) {
  Choice& state = choices_[delta.choice];
  JsonWriter json;
  json.begin_object().field("index", delta.choice).field("text", delta.text).key("logprobs");
  if (delta.logprobs.empty())
    json.null();
  else
    write_legacy_logprobs(json, delta.logprobs, state.offset);
  json.key("finish_reason").null().end_object();
  state.offset += static_cast<std::int64_t>(utf8_count(delta.text));
  out->append("data: ").append(head_).append(",\"choices\":[").append(json.str());
  out->append("]}\n\n");
}

void StreamWriter::text(const TextDelta& delta, std::string* out) {
  if (head_.empty()) start(Started{});
  if (options_.operation == Operation::kComplete) {
    complete_text(delta, out);
    return;
  }
  Choice& state = choices_[delta.choice];
  state.tracker.text(delta.text);
  JsonWriter json;
  json.begin_object().field("index", delta.choice).key("delta").begin_object();
  if (!state.opened) json.field("role", "assistant");
  state.opened = true;
  json.field("content", delta.text).end_object().key("logprobs");
  if (delta.logprobs.empty())
    json.null();
  else
    write_logprobs(json, delta.logprobs);
  json.key("finish_reason").null().end_object();
  out->append("data: ").append(head_).append(",\"choices\":[").append(json.str());
  out->append("]}\n\n");
}

void StreamWriter::tool_call(const ToolCallDelta& delta, std::string* out) {
  if (options_.operation == Operation::kComplete) {
    losses_.add("tool_calls", "dropped: plain completions have none");
    return;
  }
  JsonWriter json = open(delta.choice);
  json.key("tool_calls").begin_array().begin_object().field("index", delta.index);
  if (!delta.id.empty()) json.field("id", delta.id).field("type", "function");
  json.key("function").begin_object();
  if (!delta.name.empty()) json.field("name", delta.name);
  json.field("arguments", delta.arguments);
  json.end_object().end_object().end_array();
  close(std::move(json), out);
}

void StreamWriter::sentence(const Sentence& sentence, std::string* out) {
  const SentenceTracker::Range range = choices_[sentence.choice].tracker.sentence();
  if (options_.operation == Operation::kComplete) {
    if (!sentence.citations.empty()) {
      losses_.add("annotations", "dropped: plain completions have none");
    }
    return;
  }
  if (sentence.unsupported) {
    JsonWriter json = open(sentence.choice);
    json.key("interposer").begin_object().key("unsupported").begin_object();
    json.field("start_index", range.start).field("end_index", range.end);
    json.end_object().end_object();
    close(std::move(json), out);
  }
  if (sentence.citations.empty()) return;
  JsonWriter json = open(sentence.choice);
  json.key("annotations").begin_array();
  const bool any = write_annotations(json, sentence, range, citations_, options_.page_origin);
  json.end_array();
  if (any) close(std::move(json), out);
}

void StreamWriter::part(const Part& part, std::string* out) {
  if (options_.operation == Operation::kComplete) {
    losses_.add(part.type, "dropped: plain completions have no place for it");
    return;
  }
  JsonWriter json = open(0);
  json.key("interposer").begin_object().key("parts").begin_array().begin_object();
  json.field("type", part.type).key("data").raw(part.json);
  json.end_object().end_array().end_object();
  close(std::move(json), out);
}

void StreamWriter::finished(const Finished& finished, std::string* out) {
  if (options_.operation == Operation::kComplete) {
    if (head_.empty()) start(Started{});
    JsonWriter json;
    json.begin_object().field("index", finished.choice).field("text", "").key("logprobs").null();
    json.field("finish_reason", finish_reason_name(finished.reason)).end_object();
    out->append("data: ").append(head_).append(",\"choices\":[").append(json.str());
    out->append("]}\n\n");
    return;
  }
  close(open(finished.choice, finish_reason_name(finished.reason)), out);
}

void StreamWriter::write(const Event& event, std::string* out) {
  const bool chat = options_.operation == Operation::kChat;
  std::visit(Overload{
                 [&](const Started& e) { start(e); },
                 [&](const TextDelta& e) { text(e, out); },
                 [&](const ReasoningDelta& e) {
                   if (!chat) {
                     losses_.add("reasoning", "dropped: plain completions have none");
                     return;
                   }
                   JsonWriter json = open(e.choice);
                   json.field("reasoning_content", e.text);
                   close(std::move(json), out);
                 },
                 [&](const RefusalDelta& e) {
                   if (!chat) {
                     losses_.add("refusal", "dropped: plain completions have none");
                     return;
                   }
                   JsonWriter json = open(e.choice);
                   json.field("refusal", e.text);
                   close(std::move(json), out);
                 },
                 [&](const ToolCallDelta& e) { tool_call(e, out); },
                 [&](const Citation& e) { citations_[e.n] = e; },
                 [&](const Sentence& e) { sentence(e, out); },
                 [&](const Part& e) { part(e, out); },
                 [&](const Finished& e) { finished(e, out); },
                 [&](const UsageReport& e) {
                   usage_ = e.usage;
                   has_usage_ = true;
                 },
                 [&](const Embedding&) { losses_.add("embedding", "dropped: this is a chat"); },
             },
             event);
}

void StreamWriter::finish(std::string* out) {
  if (options_.include_usage && has_usage_) {
    if (head_.empty()) start(Started{});
    JsonWriter json;
    write_usage(json, usage_.tokens);
    out->append("data: ").append(head_).append(",\"choices\":[],\"usage\":");
    out->append(json.str()).append("}\n\n");
  }
  out->append("data: [DONE]\n\n");
}

void StreamWriter::fail(const Error& error, std::string* out) {
  out->append(write_error_frame(error));
}

}  // namespace interposer::wire::openai
