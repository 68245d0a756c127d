// From the wire events of an answer to the run events of /api/v1 (docs/guide/api.md, "Run events").
// Pure: no clock, no I/O; the caller numbers and stores what comes out.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "wire/event.h"
#include "wire/usage.h"

namespace interposer::runs {

// One finished run event: a JSON object that begins with its type.
using Sink = std::function<void(std::string object)>;

class Mapper {
 public:
  // `grounded`: the answer comes from an assistant, whose text counts only as finished sentences.
  Mapper(std::string target, bool grounded, Sink sink);

  // `at_ms`: since the run began. Text of a plain model is held until flush(), so that the caller
  // decides how many deltas a second there are; every other event flushes first.
  void accept(const wire::Event& event, double at_ms);
  void flush();
  bool holds_text() const { return !held_.empty(); }
  bool refused() const { return refused_; }

  // The last event of each kind of end; they flush first.
  std::string done(const wire::Usage& usage, double total_ms);
  std::string error(const Error& error);
  std::string stopped();

 private:
  void start(std::string_view model);
  void part(const wire::Part& part, double at_ms);
  void sentence(const wire::Sentence& sentence);
  void citation(const wire::Citation& citation);
  void rest_as_sentence();

  const std::string target_;
  const bool grounded_;
  const Sink sink_;
  std::string held_;  // text that no event carries yet
  std::string why_;   // JSON, for the done event
  std::string mode_ = "chat";
  std::optional<double> retrieved_ms_;
  wire::FinishReason reason_ = wire::FinishReason::kStop;
  bool started_ = false;
  bool refused_ = false;
  bool shown_ = false;  // a sentence or a table
};

}  // namespace interposer::runs
