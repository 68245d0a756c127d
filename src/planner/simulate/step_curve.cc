#include "planner/simulate/step_curve.h"

#include <algorithm>
#include <cmath>

namespace interposer::planner {
namespace {

constexpr double kShortPrompt = 512;  // tokens: where the prompt's line begins
constexpr double kLongPrompt = 4096;  // and ends

Result<double> ask(const StepTime& model, const StepWork& work) {
  const double s = model.seconds(work);
  if (!std::isfinite(s) || s < 0) {
    return make_error(
        Code::kInvalidArgument,
        "the performance model gives no duration for a batch of " + std::to_string(work.batch));
  }
  return s;
}

void fill_between(std::vector<double>* values, int from, int to) {
  auto& v = *values;
  for (int i = from + 1; i < to; ++i) {
    const double part = static_cast<double>(i - from) / (to - from);
    const auto a = static_cast<std::size_t>(from), b = static_cast<std::size_t>(to);
    v[static_cast<std::size_t>(i)] = v[a] + part * (v[b] - v[a]);
  }
}

}  // namespace

StepCurve StepCurve::scaled(double decode, double prefill) const {
  StepCurve out = *this;
  for (double& s : out.base_s) s *= decode;
  for (double& s : out.context_s) s *= decode;
  out.prefill_token_s *= prefill;
  out.prefill_pair_s *= prefill;
  return out;
}

Result<StepCurve> compile_curve(const StepTime& model, int batch_max, double typical_context) {
  if (batch_max < 1 || batch_max > kSimBatchMax) {
    return make_error(Code::kInvalidArgument,
                      "a replica holds from 1 to " + std::to_string(kSimBatchMax) + " sequences");
  }
  StepCurve out;
  out.base_s.resize(static_cast<std::size_t>(batch_max) + 1);
  out.context_s.resize(out.base_s.size());
  int before = 0;
  for (int b = 0;; b = std::min(b < 4 ? b + 1 : b + (b + 3) / 4, batch_max)) {
    const auto at = static_cast<std::size_t>(b);
    IP_TRY(out.base_s[at], ask(model, {static_cast<double>(b), 0, 0, 0}));
    if (b > 0) {
      const double context = 2 * std::max(typical_context, 1.0) * b;
      IP_TRY(const double full, ask(model, {static_cast<double>(b), context, 0, 0}));
      if (full < out.base_s[at]) {
        return make_error(Code::kInvalidArgument,
                          "the performance model is faster with more context");
      }
      out.context_s[at] = (full - out.base_s[at]) / context;
    }
    fill_between(&out.base_s, before, b);
    fill_between(&out.context_s, before, b);
    before = b;
    if (b == batch_max) break;
  }
  // Two lengths without attention give the price of a token, one with attention that of a pair.
  IP_TRY(const double lo, ask(model, {0, 0, kShortPrompt, 0}));
  IP_TRY(const double hi, ask(model, {0, 0, kLongPrompt, 0}));
  const double pairs = kLongPrompt * kLongPrompt / 2;
  IP_TRY(const double attended, ask(model, {0, 0, kLongPrompt, pairs}));
  out.prefill_token_s = std::max(hi - lo, 0.0) / (kLongPrompt - kShortPrompt);
  out.prefill_pair_s = std::max(attended - hi, 0.0) / pairs;
  // What a prompt's step costs beside its tokens is the fixed part of the shorter one.
  out.base_s[0] = std::max(lo - out.prefill_token_s * kShortPrompt, 0.0);
  return out;
}

void fill_profile(const StepCurve& curve, boards::StepProfile* profile) {
  using boards::StepProfile;
  for (int k = 0; k < StepProfile::kKnots; ++k) {
    const int batch = k == 0 ? 0 : std::min(1 << (k - 1), curve.batch_max());
    profile->base_s[static_cast<std::size_t>(k)] =
        static_cast<float>(curve.base_s[static_cast<std::size_t>(batch)]);
    profile->context_s[static_cast<std::size_t>(k)] =
        static_cast<float>(curve.context_s[static_cast<std::size_t>(batch)]);
  }
  profile->prefill_token_s = static_cast<float>(curve.prefill_token_s);
  profile->prefill_pair_s = static_cast<float>(curve.prefill_pair_s);
  profile->batch_max =
      static_cast<float>(std::min(curve.batch_max(), boards::StepProfile::kBatchMax));
}

}  // namespace interposer::planner
