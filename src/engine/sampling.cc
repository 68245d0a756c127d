#include "engine/sampling.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

namespace interposer::engine {
namespace {

constexpr float kMinusInfinity = -std::numeric_limits<float>::infinity();

bool better(const Candidate& a, const Candidate& b) {
  return a.logit != b.logit ? a.logit > b.logit : a.id < b.id;
}

Error out_of_range(std::string field, std::string range) {
  return make_error(Code::kInvalidArgument, "field '" + field + "': it must be " + std::move(range),
                    "correct the value", "invalid_value");
}

struct Range {
  const char* field;
  const std::optional<double>* value;
  double low, high;
  double* into;
  const char* text;
};

Status read_bias(const wire::Sampling& asked, std::int64_t vocabulary, SamplingParameters* out) {
  for (const auto& [text, value] : asked.logit_bias) {
    Token token = -1;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), token);
    if (error != std::errc{} || end != text.data() + text.size() || token < 0 ||
        token >= vocabulary) {
      return out_of_range("logit_bias." + text,
                          "a token id from 0 to " + std::to_string(vocabulary - 1));
    }
    if (!(value >= -100 && value <= 100)) return out_of_range("logit_bias." + text, "-100 to 100");
    // OpenAI: -100 bans a token, 100 makes it the only one.
    out->bias.emplace_back(token, value <= -100 ? kMinusInfinity : static_cast<float>(value));
  }
  return {};
}

}  // namespace

Result<SamplingParameters> sampling_of(const wire::Sampling& asked, std::int64_t vocabulary,
                                       std::uint64_t seed) {
  SamplingParameters out;
  const Range ranges[] = {
      {"temperature", &asked.temperature, 0, 2, &out.temperature, "from 0 to 2"},
      {"top_p", &asked.top_p, 0, 1, &out.top_p, "from 0 to 1"},
      {"min_p", &asked.min_p, 0, 1, &out.min_p, "from 0 to 1"},
      {"frequency_penalty", &asked.frequency_penalty, -2, 2, &out.frequency_penalty,
       "from -2 to 2"},
      {"presence_penalty", &asked.presence_penalty, -2, 2, &out.presence_penalty, "from -2 to 2"},
      {"repeat_penalty", &asked.repeat_penalty, 0.1, 10, &out.repeat_penalty, "from 0.1 to 10"},
  };
  for (const Range& r : ranges) {
    if (!*r.value) continue;
    if (!(**r.value >= r.low && **r.value <= r.high)) return out_of_range(r.field, r.text);
    *r.into = **r.value;
  }
  if (asked.top_k) {
    if (*asked.top_k < -1) return out_of_range("top_k", "0 (all) or more");
    out.top_k = std::max<std::int64_t>(*asked.top_k, 0);
  }
  out.seed = asked.seed ? static_cast<std::uint64_t>(*asked.seed) : seed;
  IP_OK(read_bias(asked, vocabulary, &out));
  return out;
}

Sampler::Sampler(SamplingParameters parameters, llama::Grammar* grammar)
    : p_(std::move(parameters)), grammar_(grammar), state_(p_.seed) {}

// splitmix64 (Steele, Lea, Flood 2014): one addition and three mixes a number, any seed is good.
std::uint64_t Sampler::next_random() {
  std::uint64_t z = (state_ += 0x9e3779b97f4a7c15ULL);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31);
}

double Sampler::uniform() { return static_cast<double>(next_random() >> 11) * 0x1.0p-53; }

// The logits with bias and penalties; the same memory when there are none.
std::span<const float> Sampler::adjusted(std::span<const float> logits) {
  bool counted = p_.frequency_penalty != 0 || p_.presence_penalty != 0;
  if (p_.bias.empty() && !counted && p_.repeat_penalty == 1) return logits;
  adjusted_.assign(logits.begin(), logits.end());
  for (const auto& [token, value] : p_.bias) adjusted_[static_cast<std::size_t>(token)] += value;
  if (counted) {
    for (const auto& [token, count] : counts_) {
      adjusted_[static_cast<std::size_t>(token)] -=
          static_cast<float>(p_.frequency_penalty * count + p_.presence_penalty);
    }
  }
  if (p_.repeat_penalty == 1) return adjusted_;
  std::vector<Token> seen(recent_);
  std::sort(seen.begin(), seen.end());
  seen.erase(std::unique(seen.begin(), seen.end()), seen.end());
  auto factor = static_cast<float>(p_.repeat_penalty);
  for (Token token : seen) {
    float& logit = adjusted_[static_cast<std::size_t>(token)];
    logit = logit > 0 ? logit / factor : logit * factor;
  }
  return adjusted_;
}

// candidates_ becomes the k best, in order. One pass with a heap of k: over 49 k logits some 50 us,
// where sorting or selecting structures costs several times that.
Token Sampler::choose(std::span<const float> logits) {
  if (p_.temperature <= 0) return most_likely(logits);
  std::size_t k = p_.top_k > 0 ? static_cast<std::size_t>(p_.top_k) : logits.size();
  k = std::min(k, logits.size());
  candidates_.clear();
  for (std::size_t i = 0; i < k; ++i) candidates_.push_back({static_cast<Token>(i), logits[i], 0});
  if (k < logits.size()) {
    std::make_heap(candidates_.begin(), candidates_.end(), better);  // its front is the worst
    for (std::size_t i = k; i < logits.size(); ++i) {
      if (logits[i] <= candidates_.front().logit) continue;
      std::pop_heap(candidates_.begin(), candidates_.end(), better);
      candidates_.back() = {static_cast<Token>(i), logits[i], 0};
      std::push_heap(candidates_.begin(), candidates_.end(), better);
    }
  }
  std::sort(candidates_.begin(), candidates_.end(), better);
  return draw();
}

Result<Token> Sampler::choose_masked(std::span<const float> logits) {
  candidates_.resize(logits.size());
  for (std::size_t i = 0; i < logits.size(); ++i) {
    candidates_[i] = {static_cast<Token>(i), logits[i], 0};
  }
  grammar_->mask(candidates_);
  std::erase_if(candidates_, [](const Candidate& c) { return !std::isfinite(c.logit); });
  if (candidates_.empty()) {
    return make_error(Code::kInternal, "the grammar leaves no token to go on with",
                      "simplify the schema or the tools", "grammar_dead_end");
  }
  std::sort(candidates_.begin(), candidates_.end(), better);
  if (p_.temperature <= 0) return candidates_.front().id;
  if (p_.top_k > 0 && candidates_.size() > static_cast<std::size_t>(p_.top_k)) {
    candidates_.resize(static_cast<std::size_t>(p_.top_k));
  }
  return draw();
}

Token Sampler::draw() {
  double top = candidates_.front().logit, sum = 0;
  if (!std::isfinite(top)) return candidates_.front().id;  // everything is banned
  for (Candidate& c : candidates_) {
    c.p = static_cast<float>(std::exp((c.logit - top) / p_.temperature));
    sum += c.p;
  }
  // min_p is relative to the best, whose p is 1 here; top_p keeps the token that crosses it.
  std::size_t n = 0;
  double kept = 0;
  for (; n < candidates_.size(); ++n) {
    if (n > 0 && (candidates_[n].p < p_.min_p || kept >= p_.top_p * sum)) break;
    kept += candidates_[n].p;
  }
  double at = uniform() * kept;
  for (std::size_t i = 0; i < n; ++i) {
    at -= candidates_[i].p;
    if (at < 0) return candidates_[i].id;
  }
  return candidates_[n - 1].id;
}

Result<Token> Sampler::sample(std::span<const float> logits) {
  std::span<const float> values = adjusted(logits);
  std::uint64_t before = state_;
  Token token = choose(values);
  if (grammar_ == nullptr || grammar_->allows(token)) return token;
  // Asking the grammar for all tokens takes milliseconds, so it is done only where the first choice
  // is not allowed.
  state_ = before;
  return choose_masked(values);
}

Status Sampler::accept(Token token) {
  auto it =
      std::find_if(counts_.begin(), counts_.end(), [&](const auto& c) { return c.first == token; });
  if (p_.frequency_penalty != 0 || p_.presence_penalty != 0) {
    if (it == counts_.end()) {
      counts_.emplace_back(token, 1);
    } else {
      ++it->second;
    }
  }
  if (p_.repeat_penalty != 1) {
    if (recent_.size() == kPenaltyWindow) recent_.erase(recent_.begin());
    recent_.push_back(token);
  }
  return grammar_ == nullptr ? Status() : grammar_->accept(token);
}

// Sixteen maxima side by side (the compiler makes vectors of them), then the first that equals.
Token most_likely(std::span<const float> logits) {
  constexpr std::size_t kLanes = 16;
  float lanes[kLanes];
  std::fill(lanes, lanes + kLanes, kMinusInfinity);
  std::size_t i = 0;
  for (; i + kLanes <= logits.size(); i += kLanes) {
    for (std::size_t k = 0; k < kLanes; ++k) {
      lanes[k] = logits[i + k] > lanes[k] ? logits[i + k] : lanes[k];
    }
  }
  float best = *std::max_element(lanes, lanes + kLanes);
  for (; i < logits.size(); ++i) best = std::max(best, logits[i]);
  auto at = std::find(logits.begin(), logits.end(), best);
  return at == logits.end() ? 0 : static_cast<Token>(at - logits.begin());
}

LogProbs log_probs(std::span<const float> logits, Token token, int top) {
  double most = *std::max_element(logits.begin(), logits.end());
  double sum = 0;
  for (float v : logits) sum += std::exp(static_cast<double>(v) - most);
  double norm = most + std::log(sum);
  LogProbs out;
  out.chosen = logits[static_cast<std::size_t>(token)] - norm;
  auto worse = [](const auto& a, const auto& b) { return a.second > b.second; };
  for (std::size_t i = 0; i < logits.size() && top > 0; ++i) {  // a heap whose front is the worst
    if (static_cast<int>(out.top.size()) == top) {
      if (logits[i] <= out.top.front().second) continue;
      std::pop_heap(out.top.begin(), out.top.end(), worse);
      out.top.pop_back();
    }
    out.top.emplace_back(static_cast<Token>(i), logits[i]);
    std::push_heap(out.top.begin(), out.top.end(), worse);
  }
  std::sort(out.top.begin(), out.top.end(), worse);
  for (auto& entry : out.top) entry.second -= norm;
  return out;
}

}  // namespace interposer::engine
