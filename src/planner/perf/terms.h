// The physical terms of a GPU's step: what a shape and a datasheet say, in milliseconds at 100 % of
// the datasheet (or counts of layers, whose time is fitted). The fitted model multiplies and adds.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "planner/calibrate/silicon_rows.h"
#include "planner/shape/shape.h"

namespace interposer::planner {

// One device, as its datasheet says; dense (not sparse) peaks. 0: it has no such unit, and weights
// are widened to bf16 before they are multiplied.
struct GpuNumbers {
  double memory_bytes = 0;
  double memory_bytes_per_s = 0;
  double flops_bf16 = 0;
  double flops_fp8 = 0;
  double flops_fp4 = 0;
  double link_bytes_per_s = 0;  // scale-up, one direction

  double flops(Precision precision) const;
};

// A steady state: `batch` requests run, each with this prompt and this answer.
struct ServingState {
  double batch = 1;
  double prompt_tokens = 1000;
  double output_tokens = 300;
};

struct GpuPlacement {
  int tensor_parallel = 1;
  bool expert_parallel = false;
};

enum class Term {
  kDenseBytes,      // of weights every step reads, over n devices' bandwidth
  kExpertBytes,     // of the experts a batch touches
  kCacheBytes,      // of the cache, middle of the answer
  kFlops,           // of the batch's linear layers
  kAttentionFlops,  // of its attention
  kLayers,          // layers: launches
  kExpertLayers,    // layers with experts: their launches
  kStep,            // 1: per step
  kBatch,           // requests: scheduling, sampling
  kLayerRootBatch,  // layers sqrt(batch): attention kernels split less well
  kReduceCount,     // all-reduces, 2 a layer where n > 1
  kReduceBytes,     // their bytes over the link
  kExpertExchange,  // layers that exchange tokens for experts
  kPromptFlops,     // the rest: prompts of others in between, batch/answer prompts a step
  kPromptAttention,
  kPromptReduce,
  kPromptLaunches,
  kPromptTokens,
};
inline constexpr std::size_t kTerms = 18;
std::string_view term_name(Term term);
using Terms = std::array<double, kTerms>;

// Bytes an element of the weights takes when a model is served at `precision`: attention and
// shared parts often stay wider than the experts.
struct WeightBytes {
  double dense = 2;
  double expert = 2;
};
WeightBytes weight_bytes(const ModelShape& shape, Precision precision);
double cache_bytes_per_element(Precision precision);

Terms step_terms(const ModelShape& shape, const GpuNumbers& gpu, Precision precision,
                 const GpuPlacement& placement, const ServingState& state);
// What the fit starts from: times the term, by experience.
const Terms& term_priors();

// Datasheet ms of one prompt alone: FLOPs and attention over n devices' peak.
double prompt_ms(const ModelShape& shape, const GpuNumbers& gpu, Precision precision,
                 int tensor_parallel, double prompt_tokens);

// The systems of the measured rows (h100_sxm, h200_sxm, b200_sxm, b300_sxm, gb200); nullptr: not
// one of them. Datasheet figures, reference infrastructure.md 3.1 (S1, S2, confidence A).
const GpuNumbers* measured_gpu(std::string_view system);
// "hopper", "blackwell"; empty: unknown.
std::string_view gpu_generation(std::string_view system);

}  // namespace interposer::planner
