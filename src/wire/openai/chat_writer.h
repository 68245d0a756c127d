// Events written as OpenAI answers: chat.completion.chunk frames, or one chat.completion body (for
// operation kComplete: text_completion). What this dialect has no place for stands in "interposer"
// members, which its SDKs keep and ignore; what cannot even stand there is in losses().
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "wire/event.h"
#include "wire/loss.h"
#include "wire/openai/annotations.h"
#include "wire/request.h"

namespace interposer::wire::openai {

struct WriterOptions {
  Operation operation = Operation::kChat;
  bool include_usage = false;  // a last chunk with usage and no choices
  std::string model;           // shown where the answer does not name its model
  std::string page_origin;     // "http://127.0.0.1:8080": where citations open
  std::int64_t now_s = 0;      // shown where the answer has no time
};

// A streamed answer. Every write appends whole frames.
class StreamWriter {
 public:
  explicit StreamWriter(WriterOptions options);
  void write(const Event& event, std::string* out);
  void finish(std::string* out);                    // usage, then [DONE]
  void fail(const Error& error, std::string* out);  // one error frame; no [DONE] after it
  const LossReceipt& losses() const { return losses_; }

 private:
  struct Choice {
    bool opened = false;
    SentenceTracker tracker;
    std::int64_t offset = 0;  // code points of text so far
  };
  void start(const Started& started);
  JsonWriter open(int choice, std::string_view finish_reason = {});
  void close(JsonWriter json, std::string* out);
  void text(const TextDelta& delta, std::string* out);
  void complete_text(const TextDelta& delta, std::string* out);
  void tool_call(const ToolCallDelta& delta, std::string* out);
  void sentence(const Sentence& sentence, std::string* out);
  void part(const Part& part, std::string* out);
  void finished(const Finished& finished, std::string* out);

  WriterOptions options_;
  std::string head_;  // {"id":...,"object":...,"created":...,"model":...
  std::map<int, Choice> choices_;
  std::map<int, Citation> citations_;
  Usage usage_;
  bool has_usage_ = false;
  LossReceipt losses_;
};

// The body of an answer that is not streamed.
std::string write_body(const std::vector<Event>& events, const WriterOptions& options);

std::string_view finish_reason_name(FinishReason reason);

}  // namespace interposer::wire::openai
