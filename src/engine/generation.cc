#include "engine/generation.h"

#include <algorithm>

namespace interposer::engine {
namespace {

std::optional<double> span_ms(bool known, TimePoint from, TimePoint to) {
  return known ? std::optional(to_ms(to - from)) : std::nullopt;
}

}  // namespace

Generation::Generation(Submission submission, std::shared_ptr<const llama::Model> model,
                       std::unique_ptr<llama::Grammar> grammar)
    : submission_(std::move(submission)),
      model_(std::move(model)),
      grammar_(std::move(grammar)),
      sampler_(submission_.task.sampling, grammar_.get()),
      text_(submission_.task.stops),
      tokens_(submission_.task.prompt),
      prompt_tokens_(tokens_.size()) {}

TimePoint Generation::deadline() const {
  const GenerateTask& task = submission_.task;
  return produced_ > 0 ? task.finish_by : std::min(task.first_by, task.finish_by);
}

void Generation::started(std::size_t cached, TimePoint now) {
  if (has_started_) return;  // it had to give its place away and is back
  has_started_ = true;
  started_at_ = now;
  cached_ = static_cast<std::int64_t>(std::min(cached, prompt_tokens_));
}

bool Generation::advance(std::span<const float> logits, std::int64_t context_tokens,
                         TimePoint now) {
  Result<Token> sampled = sampler_.sample(logits);
  if (!sampled) {
    finish(wire::FinishReason::kError, now, std::move(sampled).error());
    return false;
  }
  Token token = *sampled;
  if (first_token_at_ == TimePoint{}) first_token_at_ = now;
  if (model_->ends_generation(token)) {
    finish(wire::FinishReason::kStop, now);
    return false;
  }
  if (Status ok = sampler_.accept(token); !ok) {
    finish(wire::FinishReason::kError, now, std::move(ok).error());
    return false;
  }
  const GenerateTask& task = submission_.task;
  bool preserved =
      std::find(task.preserved.begin(), task.preserved.end(), token) != task.preserved.end();
  std::string piece = model_->piece(token, preserved);
  tokens_.push_back(token);
  ++produced_;
  bytes_ += piece.size();
  if (task.logprobs) remember_logprobs(logits, token, piece);
  std::string text = text_.push(piece);
  bool length = (task.max_tokens > 0 && produced_ >= task.max_tokens) ||
                static_cast<std::int64_t>(tokens_.size()) >= context_tokens;
  if (!text.empty()) emit(std::move(text));
  if (!text_.stopped() && !length) return true;
  finish(text_.stopped() ? wire::FinishReason::kStop : wire::FinishReason::kLength, now);
  return false;
}

void Generation::emit(std::string text) {
  Output out;
  out.choice = submission_.task.choice;
  out.text = std::move(text);
  out.logprobs = logprobs_until(text_.released());
  if (!submission_.sink->offer(out)) blocked_ = std::move(out);
}

bool Generation::flush() {
  if (blocked_ && submission_.sink->offer(*blocked_)) blocked_.reset();
  return !blocked_;
}

wire::TokenLogprob Generation::logprob_of(Token token, double value) const {
  wire::TokenLogprob out;
  out.bytes = model_->piece(token, true);
  out.token = out.bytes;
  out.logprob = value;
  return out;
}

void Generation::remember_logprobs(std::span<const float> logits, Token token,
                                   const std::string& piece) {
  LogProbs values = log_probs(logits, token, submission_.task.top_logprobs);
  wire::TokenLogprob entry = logprob_of(token, values.chosen);
  entry.bytes = piece;
  for (const auto& [id, value] : values.top) entry.top.push_back(logprob_of(id, value));
  logprobs_.emplace_back(bytes_, std::move(entry));
}

std::vector<wire::TokenLogprob> Generation::logprobs_until(std::size_t byte) {
  std::vector<wire::TokenLogprob> out;
  while (!logprobs_.empty() && logprobs_.front().first <= byte) {
    out.push_back(std::move(logprobs_.front().second));
    logprobs_.pop_front();
  }
  return out;
}

void Generation::finish(wire::FinishReason reason, TimePoint now, std::optional<Error> error) {
  if (finished_) return;
  finished_ = true;
  Outcome out;
  out.rest.choice = submission_.task.choice;
  if (blocked_) out.rest = std::move(*blocked_);
  if (!text_.stopped()) out.rest.text += text_.finish();
  for (auto& entry : logprobs_until(text_.released())) {
    out.rest.logprobs.push_back(std::move(entry));
  }
  out.reason = reason;
  out.stop_sequence = text_.stop_sequence();
  out.error = std::move(error);

  wire::TokenUsage& tokens = out.usage.tokens;
  if (has_started_) {
    tokens.cache_read = cached_;
    tokens.input = static_cast<std::int64_t>(prompt_tokens_) - cached_;
  }
  tokens.output = produced_;
  wire::Telemetry& t = out.usage.telemetry;
  bool first = first_token_at_ != TimePoint{};
  t.queue_ms = span_ms(has_started_, submission_.at, started_at_);
  t.prefill_ms = span_ms(first, started_at_, first_token_at_);
  t.ttft_ms = span_ms(first, submission_.at, first_token_at_);
  t.decode_ms = span_ms(first, first_token_at_, now);
  t.total_ms = to_ms(now - submission_.at);
  if (first && produced_ > 1 && *t.decode_ms > 0) {
    t.tokens_per_s = static_cast<double>(produced_ - 1) * 1000.0 / *t.decode_ms;
  }
  t.source = "measured";
  out.usage.reported = true;
  out.usage.final = true;
  submission_.sink->finish(submission_.task.choice, std::move(out));
  submission_.sink.reset();
}

}  // namespace interposer::engine
