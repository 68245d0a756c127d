// A serving target compiled into plain numbers: what one step of its engine takes as a function of
// what runs, how sure that is, and what it costs. The planner writes it from a placement; the
// gateway and the planner's simulation evaluate it for each request (routing/pick.h); live traffic
// corrects its bias. Plain data: copied with memcpy, never allocates, at most 512 bytes.
//
// Step model (infrastructure.md 2.2): a step that decodes b sequences which hold c tokens of
// context together, and computes p prompt tokens with q pairs of prompt token and earlier token,
// takes
//   base(b) + context(b) c + prefill_token p + prefill_pair q   seconds,
// base and context being linear between knots at b = 0, 1, 2, 4, 8, ...
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <string_view>
#include <type_traits>

namespace interposer::boards {

struct StepProfile {
  static constexpr int kKnots = 12;         // b = 0, then 2^0 ... 2^10
  static constexpr int kBatchMax = 1024;    // sequences
  static constexpr int kNameBytesMax = 48;  // with its terminator

  std::array<char, kNameBytesMax> name{};  // "h200_sxm x8 fp8"
  std::array<float, kKnots> base_s{};
  std::array<float, kKnots> context_s{};  // per token of context
  float prefill_token_s = 0;
  float prefill_pair_s = 0;
  float step_tokens = 8192;  // prompt tokens that one step may compute (chunked prefill)
  float batch_max = 256;     // sequences
  float kv_tokens = 0;       // of context that fit; 0: unknown
  // How wrong a prediction may be: the standard deviation of log(real / predicted).
  float ttft_log_sd = 0;
  float tpot_log_sd = 0;
  // What live traffic has shown: log(real / predicted), and how much it says (0 none, 1 settled).
  float ttft_log_bias = 0;
  float tpot_log_bias = 0;
  float ttft_weight = 0;
  float tpot_weight = 0;
  // At the load that the plan expects, so that they do not depend on what runs now; of an own board
  // its hours shared out over its tokens, of a provider its prices.
  float usd_per_m_input = 0;
  float usd_per_m_output = 0;
  float joules_per_input = 0;
  float joules_per_output = 0;
  float grams_per_joule = 0;

  // Knot below `batch` and how far on the way to the next it is.
  struct At {
    int knot;
    float part;
  };
  static At at(float batch) {
    if (batch <= 0) return {0, 0};
    if (batch < 1) return {0, batch};
    if (batch >= kBatchMax) return {kKnots - 2, 1};
    const auto whole = static_cast<std::uint32_t>(batch);
    const int low = std::bit_width(whole) - 1;
    const auto from = static_cast<float>(1U << static_cast<unsigned>(low));
    return {low + 1, (batch - from) / from};
  }
  float step_s(float batch, float context, float prompt, float pairs) const {
    const At a = at(batch);
    const auto k = static_cast<std::size_t>(a.knot);
    const float base = base_s[k] + a.part * (base_s[k + 1] - base_s[k]);
    const float slope = context_s[k] + a.part * (context_s[k + 1] - context_s[k]);
    return base + slope * context + prefill_token_s * prompt + prefill_pair_s * pairs;
  }
  std::string_view label() const { return name.data(); }
  void set_label(std::string_view text) {
    name.fill('\0');
    for (std::size_t i = 0; i < text.size() && i + 1 < name.size(); ++i) name[i] = text[i];
  }
};
static_assert(sizeof(StepProfile) <= 512);
static_assert(std::is_trivially_copyable_v<StepProfile>);

}  // namespace interposer::boards
