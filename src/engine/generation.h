// One answer in the making: its tokens, its sampler, the text on its way out, its clock.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/mailbox.h"
#include "engine/sampling.h"
#include "engine/slots.h"
#include "engine/text_stream.h"

namespace interposer::engine {

// Belongs to the scheduler's thread.
class Generation {
 public:
  Generation(Submission submission, std::shared_ptr<const llama::Model> model,
             std::unique_ptr<llama::Grammar> grammar);

  // Prompt and answer so far. What of it is not yet in the slot is still to be computed.
  const std::vector<Token>& tokens() const { return tokens_; }
  std::size_t remaining() const { return tokens_.size() - slot->tokens.size(); }
  bool decoding() const { return produced_ > 0 && remaining() == 1; }

  // Chooses the next token from its logits. True: the answer goes on.
  bool advance(std::span<const float> logits, std::int64_t context_tokens, TimePoint now);
  // Gives the sink what it had no room for. False: still none.
  bool flush();
  bool blocked() const { return blocked_.has_value(); }

  bool cancelled() const { return submission_.cancelled->load(std::memory_order_relaxed); }
  // The deadline that applies now.
  TimePoint deadline() const;

  void started(std::size_t cached, TimePoint now);  // it has a slot
  void finish(wire::FinishReason reason, TimePoint now, std::optional<Error> error = {});
  bool finished() const { return finished_; }

  const std::string& tenant() const { return submission_.task.tenant; }
  TimePoint submitted_at() const { return submission_.at; }
  std::int64_t produced() const { return produced_; }
  std::int64_t cached() const { return cached_; }
  TimePoint first_token_at() const { return first_token_at_; }

  Slot* slot = nullptr;       // null while it waits
  std::uint64_t arrival = 0;  // order of arrival
  std::size_t shared = 0;     // cells of its slot that belong to others as well (at admission)

 private:
  void emit(std::string text);
  void remember_logprobs(std::span<const float> logits, Token token, const std::string& piece);
  std::vector<wire::TokenLogprob> logprobs_until(std::size_t byte);
  wire::TokenLogprob logprob_of(Token token, double value) const;

  Submission submission_;
  std::shared_ptr<const llama::Model> model_;
  std::unique_ptr<llama::Grammar> grammar_;
  Sampler sampler_;
  TextStream text_;
  std::vector<Token> tokens_;
  std::size_t prompt_tokens_ = 0;
  std::int64_t produced_ = 0, cached_ = 0;
  std::size_t bytes_ = 0;  // of all tokens of the answer
  std::optional<Output> blocked_;
  std::deque<std::pair<std::size_t, wire::TokenLogprob>> logprobs_;  // by end byte
  TimePoint started_at_{}, first_token_at_{};
  bool has_started_ = false, finished_ = false;
};

}  // namespace interposer::engine
