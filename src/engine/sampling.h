// From logits to a token. Pure: same logits, same parameters and same seed give the same token on
// every machine.
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "base/result.h"
#include "engine/llama/grammar.h"
#include "engine/llama/model.h"
#include "wire/chat.h"

namespace interposer::engine {

using llama::Candidate;
using llama::Token;

// The defaults are llama.cpp's, which most GGUF models are tried with.
struct SamplingParameters {
  double temperature = 0.8;                            // 0: the most likely token
  std::int64_t top_k = 40;                             // 0: all
  double top_p = 0.95;                                 // 1: all
  double min_p = 0.05;                                 // 0: all
  double frequency_penalty = 0, presence_penalty = 0;  // subtracted from logits, OpenAI's formula
  double repeat_penalty = 1;                           // divides positive logits, multiplies others
  std::uint64_t seed = 0;
  std::vector<std::pair<Token, float>> bias;
};

// Checks ranges (kInvalidArgument naming the field); `vocabulary` bounds logit_bias; `seed` is used
// where the request has none.
Result<SamplingParameters> sampling_of(const wire::Sampling& asked, std::int64_t vocabulary,
                                       std::uint64_t seed);

// The sampling state of one answer. Order: bias, penalties, then (unless greedy) the top_k most
// likely, temperature, min_p, top_p, a draw. Not thread-safe.
class Sampler {
 public:
  static constexpr int kPenaltyWindow = 64;  // latest tokens that repeat_penalty sees

  Sampler(SamplingParameters parameters, llama::Grammar* grammar);  // grammar: may be null

  // kInternal, kind "grammar_dead_end", when the grammar leaves no token.
  Result<Token> sample(std::span<const float> logits);
  // The token has become part of the answer (not called for an end-of-generation token).
  Status accept(Token token);

 private:
  std::span<const float> adjusted(std::span<const float> logits);
  Result<Token> choose_masked(std::span<const float> logits);
  Token choose(std::span<const float> logits);
  Token draw();  // from candidates_, best first
  double uniform();
  std::uint64_t next_random();

  SamplingParameters p_;
  llama::Grammar* grammar_;
  std::vector<Candidate> candidates_;
  std::vector<float> adjusted_;
  std::vector<std::pair<Token, std::int32_t>> counts_;  // of the answer's tokens
  std::vector<Token> recent_;
  std::uint64_t state_;
};

// log softmax of `token`, and of the `top` most likely, best first.
struct LogProbs {
  double chosen = 0;
  std::vector<std::pair<Token, double>> top;
};
LogProbs log_probs(std::span<const float> logits, Token token, int top);

Token most_likely(std::span<const float> logits);

}  // namespace interposer::engine
