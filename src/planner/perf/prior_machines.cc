#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "planner/perf/machine.h"

namespace interposer::planner {
namespace {

constexpr double kMs = 1e3;
constexpr double kReducesPerLayer = 2;
constexpr double kActivationBytes = 2;

StepRange range_of(double ideal_ms, double low, double high) {
  return {ideal_ms * low, ideal_ms * std::sqrt(low * high), ideal_ms * high};
}

Error refused(std::string message, std::string remedy) {
  return make_error(Code::kFailedPrecondition, std::move(message), std::move(remedy),
                    "does_not_fit");
}

struct Parts {
  double bytes_ms = 0;
  double flops_ms = 0;
  double links_ms = 0;
  double layers_ms = 0;
  double ideal() const { return std::max(bytes_ms, flops_ms) + links_ms + layers_ms; }
  std::string driver() const {
    if (links_ms + layers_ms > std::max(bytes_ms, flops_ms)) {
      return links_ms > layers_ms ? "links" : "launches";
    }
    return bytes_ms > flops_ms ? "memory bandwidth" : "FLOPs";
  }
};

// Prompts of others take their share of every step, as in the fitted model.
Parts roofline_parts(const StepQuestion& q, const RooflineNumbers& n, double reduce_s_per_layer) {
  const Terms t = step_terms(*q.shape, n.device, q.precision, {n.devices, false}, q.state);
  const auto at = [&](Term term) { return t[static_cast<std::size_t>(term)]; };
  Parts p;
  p.bytes_ms = at(Term::kDenseBytes) + at(Term::kExpertBytes) + at(Term::kCacheBytes);
  p.flops_ms = at(Term::kFlops) + at(Term::kAttentionFlops) + at(Term::kPromptFlops) +
               at(Term::kPromptAttention);
  p.layers_ms = q.shape->layers * n.layer_s * kMs;
  p.links_ms = q.shape->layers * reduce_s_per_layer * kMs;
  return p;
}

Result<StepAnswer> roofline_answer(const StepQuestion& q, const RooflineNumbers& n,
                                   double reduce_s_per_layer) {
  const double total = n.device.memory_bytes * n.devices;
  const double weights = weights_bytes(*q.shape, q.precision);
  const double context = q.state.prompt_tokens + q.state.output_tokens;
  const double one = cache_bytes(*q.shape, q.precision, context);
  if (weights + one > total) {
    return refused(
        fmt::format(
            "{}: {:.0f} GB of weights and {:.2f} GB of cache for one request of {:.0f} tokens "
            "do not fit {:.0f} GB ({} x {:.0f} GB)",
            n.name, weights / 1e9, one / 1e9, context, total / 1e9, n.devices,
            n.device.memory_bytes / 1e9),
        fmt::format("use at least {} devices, a narrower precision or a shorter context",
                    static_cast<int>(std::ceil((weights + one) / n.device.memory_bytes))));
  }
  StepAnswer out;
  out.devices = n.devices;
  out.max_batch = one > 0 ? std::floor((total - weights) / one) : 0;
  out.max_context = tokens_that_fit(*q.shape, q.precision, total - weights);
  if (q.state.batch > out.max_batch) {
    return refused(fmt::format("{}: {:.0f} requests of {:.0f} tokens do not fit beside the weights",
                               n.name, q.state.batch, context),
                   fmt::format("run at most {:.0f} at once", out.max_batch));
  }
  const Parts parts = roofline_parts(q, n, reduce_s_per_layer);
  out.step_ms = range_of(parts.ideal(), n.low, n.high);
  out.driver = parts.driver();
  const double prompt =
      prompt_ms(*q.shape, n.device, q.precision, n.devices, q.state.prompt_tokens) +
      parts.layers_ms + parts.links_ms;
  out.prompt_ms = range_of(prompt, n.low, n.high);
  return out;
}

}  // namespace

Result<StepAnswer> RooflineMachine::step_time(const StepQuestion& q) const {
  double reduce_s = 0;
  if (n_.devices > 1) {
    const double n = n_.devices;
    const double message = q.state.batch * q.shape->hidden * kActivationBytes;
    reduce_s =
        kReducesPerLayer * (n_.hop_s + 2 * (n - 1) / n * message / n_.device.link_bytes_per_s);
  }
  return roofline_answer(q, n_, reduce_s);
}

TorusMachine::TorusMachine(TorusNumbers numbers) : n_(std::move(numbers)) {
  n_.roofline.devices = chips();
}

int TorusMachine::chips() const {
  int product = 1;
  for (const int side : n_.sides) product *= side;
  return product;
}

Result<StepAnswer> TorusMachine::step_time(const StepQuestion& q) const {
  // Reduce-scatter then all-gather along each dimension in turn; the message shrinks by the side.
  double reduce_s = 0;
  double message = q.state.batch * q.shape->hidden * kActivationBytes;
  const double link = n_.roofline.device.link_bytes_per_s /
                      static_cast<double>(std::max<std::size_t>(n_.sides.size(), 1));
  for (const int side : n_.sides) {
    if (side <= 1) continue;
    const double hops = side / 2;  // both directions of the ring
    reduce_s += 2 * (hops * n_.roofline.hop_s + (side - 1.0) / side * message / link);
    message /= side;
  }
  return roofline_answer(q, n_.roofline, kReducesPerLayer * reduce_s);
}

int SramPipeline::devices_for_weights(const ModelShape& shape, Precision precision) const {
  return static_cast<int>(std::ceil(weights_bytes(shape, precision) / n_.sram_bytes));
}

Result<StepAnswer> SramPipeline::step_time(const StepQuestion& q) const {
  const double weights = weights_bytes(*q.shape, q.precision);
  const double context = q.state.prompt_tokens + q.state.output_tokens;
  const double one = cache_bytes(*q.shape, q.precision, context);
  const int base = devices_for_weights(*q.shape, q.precision);
  // Without a stated installation: what the weights need, for the cache lives in what is left.
  const int devices = n_.devices > 0 ? n_.devices : base;
  const double left = devices * n_.sram_bytes - weights;
  if (left < one) {
    return refused(
        fmt::format("{}: one request of {:.0f} tokens needs {:.1f} GB of SRAM for its cache; {} "
                    "devices leave {:.1f} GB beside {:.1f} GB of weights",
                    n_.name, context, one / 1e9, devices, left / 1e9, weights / 1e9),
        fmt::format("at most {:.0f} tokens fit, or install {} devices",
                    left > 0 ? tokens_that_fit(*q.shape, q.precision, left) : 0,
                    static_cast<int>(std::ceil((weights + one) / n_.sram_bytes))));
  }
  StepAnswer out;
  out.devices = devices;
  out.max_batch = one > 0 ? std::floor(left / one) : 0;
  out.max_context = tokens_that_fit(*q.shape, q.precision, left);
  if (q.state.batch > out.max_batch) {
    return refused(fmt::format("{}: {:.0f} requests do not fit in {:.1f} GB of SRAM", n_.name,
                               q.state.batch, left / 1e9),
                   fmt::format("run at most {:.0f} at once", out.max_batch));
  }
  // The reads of all stages of one token add to: everything once over one device's bandwidth.
  const WeightBytes bytes = weight_bytes(*q.shape, q.precision);
  const double read =
      q.shape->dense_params() * bytes.dense +
      q.shape->expert_params * q.shape->moe_layers * q.shape->experts_per_token * bytes.expert +
      q.shape->read_elements(context) * cache_bytes_per_element(q.precision);
  const double compute =
      n_.flops > 0 ? (2 * q.shape->active_params() + q.shape->attention_flops(context)) / n_.flops
                   : 0;
  const double hops = devices * n_.stages_per_device * n_.hop_s;
  const double pass = std::max(read / n_.sram_bytes_per_s, compute) + hops;
  // More requests than stages wait for their turn in each stage.
  const double stages = static_cast<double>(devices) * n_.stages_per_device;
  const double step = pass * std::max(1.0, q.state.batch / stages) * kMs;
  out.step_ms = range_of(step, n_.low, n_.high);
  const double prompt_flops = 2 * q.shape->active_params() * q.state.prompt_tokens +
                              q.shape->prefill_attention_flops(q.state.prompt_tokens);
  const double prompt = n_.flops > 0 ? prompt_flops / (n_.flops * devices) * kMs
                                     : pass * kMs * q.state.prompt_tokens / stages;
  out.prompt_ms = range_of(prompt + pass * kMs, n_.low, n_.high);
  out.driver = hops > pass / 2                        ? "hops between devices"
               : read / n_.sram_bytes_per_s > compute ? "SRAM bandwidth"
                                                      : "FLOPs";
  return out;
}

Result<StepAnswer> HardwiredChip::step_time(const StepQuestion& q) const {
  if (q.model_digest != n_.model_digest) {
    return make_error(
        Code::kFailedPrecondition,
        fmt::format("{}: the weights in its metal are {} (digest {}); asked for digest {}", n_.name,
                    n_.model, n_.model_digest, q.model_digest.empty() ? "none" : q.model_digest),
        fmt::format("ask for {}, or choose another board", n_.model), "another_model");
  }
  StepAnswer out;
  const double context = q.state.prompt_tokens + q.state.output_tokens;
  const double one = cache_bytes(*q.shape, q.precision, context);
  if (n_.cache_sram_bytes > 0) {
    out.max_context = tokens_that_fit(*q.shape, q.precision, n_.cache_sram_bytes);
    out.max_batch = std::floor(n_.cache_sram_bytes / std::max(one, 1.0));
    if (q.state.batch > out.max_batch) {
      return refused(fmt::format("{}: {:.0f} requests of {:.0f} tokens do not fit its SRAM",
                                 n_.name, q.state.batch, context),
                     fmt::format("at most {:.0f} tokens in all", out.max_context));
    }
  }
  const double fast = kMs / (n_.tokens_per_s_high * n_.band);
  const double slow = kMs / n_.tokens_per_s_low * n_.band;
  out.step_ms = {fast, std::sqrt(fast * slow), slow};
  out.prompt_ms = {fast, std::sqrt(fast * slow) * q.state.prompt_tokens / 2,
                   slow * q.state.prompt_tokens};
  out.driver = "the chip's clock";
  return out;
}

}  // namespace interposer::planner
