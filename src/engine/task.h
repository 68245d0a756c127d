// The engine's messages: a task goes in, pieces of text come out, an outcome ends it, a ticket can
// cancel it. Values only, so that the same messages can cross to a worker process.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "engine/llama/grammar.h"
#include "engine/sampling.h"
#include "wire/event.h"
#include "wire/usage.h"

namespace interposer::engine {

struct GenerateTask {
  std::vector<Token> prompt;  // at least one token
  SamplingParameters sampling;
  std::vector<std::string> stops;  // none is empty
  std::int64_t max_tokens = 0;     // 0: as many as the context holds
  bool logprobs = false;
  int top_logprobs = 0;
  llama::GrammarSpec grammar;    // gbnf empty: none
  std::vector<Token> preserved;  // control tokens that count as text
  std::string tenant;            // computed prefixes are shared only within one
  int choice = 0;
  TimePoint first_by = kNever;  // deadline of the first token
  TimePoint finish_by = kNever;
};

// Text always ends on a code point border; logprobs are of the tokens whose bytes are now out.
struct Output {
  int choice = 0;
  std::string text;
  std::vector<wire::TokenLogprob> logprobs;
};

struct Outcome {
  Output rest;  // what was held back until the end
  wire::FinishReason reason = wire::FinishReason::kStop;
  std::string stop_sequence;
  std::optional<Error> error;  // the answer ended early
  wire::Usage usage;
};

// Where a generation's output goes. Called on the scheduler's thread.
class Sink {
 public:
  virtual ~Sink() = default;
  // False when there is no room: `out` is left as it is, the generation pauses, and is offered
  // again after Ticket::wake().
  virtual bool offer(Output& out) = 0;
  virtual void finish(int choice, Outcome outcome) = 0;  // exactly once, always accepted
};

class Mailbox;

// Thread-safe; may outlive the scheduler.
class Ticket {
 public:
  Ticket() = default;
  Ticket(std::shared_ptr<std::atomic<bool>> cancelled, std::shared_ptr<Mailbox> mailbox)
      : cancelled_(std::move(cancelled)), mailbox_(std::move(mailbox)) {}
  void cancel() const;  // the outcome (kCancelled) comes within one step
  void wake() const;    // the sink has room again

 private:
  std::shared_ptr<std::atomic<bool>> cancelled_;
  std::shared_ptr<Mailbox> mailbox_;
};

}  // namespace interposer::engine
