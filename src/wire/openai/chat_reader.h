// Answers of POST /v1/chat/completions (and /v1/completions) read into events: a stream frame by
// frame, or a whole body. Takes what compatible servers write: reasoning under two names, tool
// calls without an index, arguments as an object, usage in several places, errors inside a stream.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "wire/event.h"
#include "wire/json_read.h"
#include "wire/usage.h"

namespace interposer::wire::openai {

class ChatReader {
 public:
  // One SSE frame with its blank line; comments and frames without data give no events.
  // kUnavailable: kind "broken_stream" (no JSON, or a wrong shape), or the provider's own error.
  Status read_frame(std::string_view frame, std::vector<Event>* out);
  // The whole JSON of an answer that is not streamed.
  Status read_body(std::string_view body, std::vector<Event>* out);
  // At the end of the stream: the final UsageReport. kUnavailable, kind "truncated", when the
  // answer was cut (neither a finish reason nor [DONE]).
  Status finish(std::vector<Event>* out);

  bool done() const { return done_; }  // [DONE] was seen
  const Usage& usage() const { return usage_; }

 private:
  Status read_chunk(std::string_view json, std::vector<Event>* out);
  void read_head(const JsonValue& chunk, std::vector<Event>* out);
  Status read_choice(const JsonValue& choice, std::vector<Event>* out);
  void read_refusal_and_calls(int choice, const JsonValue& delta, std::vector<Event>* out);
  void read_tool_call(int choice, const JsonValue& call, std::size_t position,
                      std::vector<Event>* out);

  struct Calls {    // of one choice
    int last = -1;  // index of the call that came last
    std::map<int, std::string> ids;
  };
  bool started_ = false, done_ = false;
  std::size_t choices_ = 0, finished_ = 0;
  std::map<int, Calls> calls_;
  Usage usage_;
};

// One error for a broken or failed answer of a target, so that all readers say it the same way.
Error broken_stream(std::string what);

}  // namespace interposer::wire::openai
