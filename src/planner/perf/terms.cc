#include "planner/perf/terms.h"

#include <algorithm>
#include <cmath>

namespace interposer::planner {
namespace {

constexpr double kMs = 1e3;             // ms a second
constexpr double kPromptChunk = 8192;   // tokens a step takes of prompts
constexpr double kActivationBytes = 2;  // bf16 between devices

constexpr double kTerabyte = 1e12;
constexpr double kTeraflop = 1e12;
constexpr double kGigabyte = 1e9;

struct Named {
  std::string_view name;
  std::string_view generation;
  GpuNumbers numbers;
};
constexpr Named kMeasured[] = {
    {"h100_sxm",
     "hopper",
     {80 * kGigabyte, 3.35 * kTerabyte, 989 * kTeraflop, 1979 * kTeraflop, 0, 450 * kGigabyte}},
    {"h200_sxm",
     "hopper",
     {141 * kGigabyte, 4.8 * kTerabyte, 989 * kTeraflop, 1979 * kTeraflop, 0, 450 * kGigabyte}},
    {"b200_sxm",
     "blackwell",
     {180 * kGigabyte, 8 * kTerabyte, 2250 * kTeraflop, 4500 * kTeraflop, 9000 * kTeraflop,
      900 * kGigabyte}},
    {"b300_sxm",
     "blackwell",
     {268 * kGigabyte, 8 * kTerabyte, 2250 * kTeraflop, 4500 * kTeraflop, 13500 * kTeraflop,
      900 * kGigabyte}},
    {"gb200",
     "blackwell",
     {186 * kGigabyte, 8 * kTerabyte, 2500 * kTeraflop, 5000 * kTeraflop, 10000 * kTeraflop,
      900 * kGigabyte}},
};

double& at(Terms& terms, Term term) { return terms[static_cast<std::size_t>(term)]; }

}  // namespace

double GpuNumbers::flops(Precision precision) const {
  switch (precision) {
    case Precision::kFp4:
      return flops_fp4 > 0 ? flops_fp4 : flops_bf16;  // else widened
    case Precision::kFp8:
      return flops_fp8 > 0 ? flops_fp8 : flops_bf16;
    case Precision::kInt4:  // weights are widened before they are multiplied
    case Precision::kBf16:
      return flops_bf16;
  }
  return flops_bf16;
}

std::string_view term_name(Term term) {
  constexpr std::string_view kNames[kTerms] = {"dense weights",
                                               "experts' weights",
                                               "cache",
                                               "linear FLOPs",
                                               "attention FLOPs",
                                               "layers",
                                               "expert layers",
                                               "step",
                                               "batch",
                                               "layers sqrt batch",
                                               "all-reduces",
                                               "all-reduce bytes",
                                               "expert exchange",
                                               "prompts' FLOPs",
                                               "prompts' attention",
                                               "prompts' all-reduce",
                                               "prompts' launches",
                                               "prompts' tokens"};
  return kNames[static_cast<std::size_t>(term)];
}

WeightBytes weight_bytes(const ModelShape& shape, Precision precision) {
  constexpr double kFp4Bytes = 4.5 / 8;  // 16 elements share 8 bits
  const bool mixture = shape.experts > 0;
  const bool wide_dense = mixture && shape.stored.dense >= 16 && shape.stored.expert < 8;
  switch (precision) {
    case Precision::kBf16:
      return {2, 2};
    case Precision::kFp8:
      return {1, 1};
    case Precision::kFp4:
      return {wide_dense ? 2 : mixture ? 1 : kFp4Bytes, kFp4Bytes};
    case Precision::kInt4:
      return {mixture ? 2 : kFp4Bytes, kFp4Bytes};
  }
  return {2, 2};
}

double cache_bytes_per_element(Precision precision) {
  return precision == Precision::kBf16 ? 2 : 1;
}

Terms step_terms(const ModelShape& shape, const GpuNumbers& gpu, Precision precision,
                 const GpuPlacement& placement, const ServingState& state) {
  const double n = placement.tensor_parallel;
  const double batch = state.batch;
  const double layers = shape.layers;
  const double bandwidth = gpu.memory_bytes_per_s / kMs;
  const double flops = gpu.flops(precision) / kMs;
  const double flops_bf16 = gpu.flops_bf16 / kMs;
  const double link = gpu.link_bytes_per_s / kMs;
  const double context = state.prompt_tokens + state.output_tokens / 2;
  const WeightBytes bytes = weight_bytes(shape, precision);
  const double reduce_bytes = 2 * layers * shape.hidden * kActivationBytes * 2 * (n - 1) / n;
  const double prompts = batch / state.output_tokens;  // that begin a step, in steady state
  Terms t{};
  at(t, Term::kDenseBytes) = shape.dense_params() * bytes.dense / (n * bandwidth);
  at(t, Term::kExpertBytes) = shape.expert_params * shape.moe_layers *
                              shape.experts_touched(batch) * bytes.expert / (n * bandwidth);
  at(t, Term::kCacheBytes) = batch * cache_bytes_per_element(precision) / bandwidth *
                             shape.read_elements_per_device(context, placement.tensor_parallel);
  at(t, Term::kFlops) = 2 * shape.active_params() * batch / (n * flops);
  at(t, Term::kAttentionFlops) = batch * shape.attention_flops(context) / (n * flops_bf16);
  at(t, Term::kLayers) = layers / 100;
  at(t, Term::kExpertLayers) = shape.moe_layers / 100.0;
  at(t, Term::kStep) = 1;
  at(t, Term::kBatch) = batch / 100;
  at(t, Term::kLayerRootBatch) = layers * std::sqrt(batch) / 1000;
  at(t, Term::kReduceCount) = n > 1 ? 2 * layers / 100 : 0;
  at(t, Term::kReduceBytes) = n > 1 ? batch * reduce_bytes / link : 0;
  at(t, Term::kExpertExchange) = placement.expert_parallel ? shape.moe_layers / 100.0 : 0;
  at(t, Term::kPromptFlops) =
      prompts * 2 * shape.active_params() * state.prompt_tokens / (n * flops);
  at(t, Term::kPromptAttention) =
      prompts * shape.prefill_attention_flops(state.prompt_tokens) / (n * flops_bf16);
  at(t, Term::kPromptReduce) = n > 1 ? prompts * state.prompt_tokens * reduce_bytes / link : 0;
  at(t, Term::kPromptLaunches) =
      prompts * layers * std::max(1.0, state.prompt_tokens / kPromptChunk) / 10;
  at(t, Term::kPromptTokens) = prompts * layers * state.prompt_tokens / 10'000;
  return t;
}

const Terms& term_priors() {
  static const Terms kPriors = {1.3, 1.5, 1.5, 2, 2,   2,   2,   0.5, 0.5,
                                1,   1,   1.5, 1, 1.8, 1.5, 1.2, 0.1, 0.1};
  return kPriors;
}

double prompt_ms(const ModelShape& shape, const GpuNumbers& gpu, Precision precision,
                 int tensor_parallel, double prompt_tokens) {
  return kMs *
         (2 * shape.active_params() * prompt_tokens / gpu.flops(precision) +
          shape.prefill_attention_flops(prompt_tokens) / gpu.flops_bf16) /
         tensor_parallel;
}

const GpuNumbers* measured_gpu(std::string_view system) {
  for (const Named& named : kMeasured) {
    if (named.name == system) return &named.numbers;
  }
  return nullptr;
}

std::string_view gpu_generation(std::string_view system) {
  for (const Named& named : kMeasured) {
    if (named.name == system) return named.generation;
  }
  return {};
}

}  // namespace interposer::planner
