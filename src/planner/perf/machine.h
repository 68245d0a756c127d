// One interface for every class of machine: how long a decode step takes in a steady state, as a
// range, or why the machine cannot do it. The classes here have no measured rows behind them
// ("prior only"): physics with wide bands. GPUs with rows are planner/perf/tpot.h.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "planner/perf/terms.h"

namespace interposer::planner {

// 5 %, 50 % and 95 % of what we expect, in milliseconds.
struct StepRange {
  double p5 = 0;
  double p50 = 0;
  double p95 = 0;
  double width() const { return p95 / p5; }
};

struct StepAnswer {
  StepRange step_ms;       // time between two tokens of a request (TPOT)
  StepRange prompt_ms;     // one prompt alone, to its first token
  int devices = 1;         // chips, wafers, cards that hold the model
  double max_batch = 0;    // requests of this length that fit beside the weights
  double max_context = 0;  // tokens of one request alone
  bool prior_only = true;
  std::string driver;  // the largest part of the step
};

// What is to be run. The shape outlives the question.
struct StepQuestion {
  const ModelShape* shape = nullptr;
  std::string model_digest;  // of the weights, hex; a hardwired chip knows only its own
  Precision precision = Precision::kBf16;
  ServingState state;
};

class Machine {
 public:
  virtual ~Machine() = default;
  // kFailedPrecondition with the reason and the nearest that works: does not fit, another model.
  virtual Result<StepAnswer> step_time(const StepQuestion& question) const = 0;
};

// A roofline with bands: HBM devices without evidence (GPU of another maker, ASIC, Trainium, MTIA).
// ideal = max(bytes, FLOPs) + collectives; the answer is ideal x [low, high], p50 their geometric
// mean.
struct RooflineNumbers {
  std::string name;
  GpuNumbers device;
  int devices = 1;   // tensor parallel over all of them
  double low = 1.0;  // times the ideal
  double high = 2.5;
  double hop_s = 10e-6;    // of an all-reduce, one way (aiconfigurator's p2p_latency)
  double layer_s = 20e-6;  // launches; part of the ideal, since no engine is without
};
class RooflineMachine final : public Machine {
 public:
  explicit RooflineMachine(RooflineNumbers numbers) : n_(std::move(numbers)) {}
  Result<StepAnswer> step_time(const StepQuestion& question) const override;

 private:
  RooflineNumbers n_;
};

// A torus (TPU): the same, with all-reduces along each dimension of a k-dimensional torus of `side`
// chips: sum over dimensions of (side - 1) hops, both directions of each ring used.
struct TorusNumbers {
  RooflineNumbers roofline;  // link_bytes_per_s: of all links of a chip together, one direction
  std::vector<int> sides;    // {2, 2, 2}: 8 chips
};
class TorusMachine final : public Machine {
 public:
  explicit TorusMachine(TorusNumbers numbers);
  Result<StepAnswer> step_time(const StepQuestion& question) const override;
  int chips() const;

 private:
  TorusNumbers n_;
};

// Weights and cache in SRAM, layers laid out over a pipeline of chips or wafers (Groq, Cerebras):
// devices >= ceil((weights + cache) / SRAM); a token passes every stage, so
// 1 / (tokens/s/user) = sum over stages of max(compute, read) + hops alpha, and as many requests as
// there are stages are under way at once. Nothing spills: off-chip links are far too slow.
struct SramNumbers {
  std::string name;
  double sram_bytes = 0;  // of a device
  double sram_bytes_per_s = 0;
  double flops = 0;           // at the precision asked for; 0: not stated, reads alone count
  double hop_s = 1e-6;        // between devices
  int stages_per_device = 1;  // a wafer holds several stages
  int devices = 0;            // installed; 0: as many as weights and cache need
  double low = 1.0;
  double high = 5.0;
};
class SramPipeline final : public Machine {
 public:
  explicit SramPipeline(SramNumbers numbers) : n_(std::move(numbers)) {}
  Result<StepAnswer> step_time(const StepQuestion& question) const override;
  // Devices for the weights alone.
  int devices_for_weights(const ModelShape& shape, Precision precision) const;

 private:
  SramNumbers n_;
};

// Weights in ROM (Taalas): one model, known by its digest; a constant time per token.
struct HardwiredNumbers {
  std::string name;
  std::string model;            // for people
  std::string model_digest;     // the only one it can run
  double tokens_per_s_low = 0;  // a user
  double tokens_per_s_high = 0;
  double cache_sram_bytes = 0;  // 0: not stated; then the context's limit is not known
  double band = 1.5;            // around the stated range: no independent measurement
};
class HardwiredChip final : public Machine {
 public:
  explicit HardwiredChip(HardwiredNumbers numbers) : n_(std::move(numbers)) {}
  Result<StepAnswer> step_time(const StepQuestion& question) const override;

 private:
  HardwiredNumbers n_;
};

// Bytes of the weights as served, all experts, without the input table's copy when tied.
double weights_bytes(const ModelShape& shape, Precision precision);
// Bytes one request keeps at `tokens`.
double cache_bytes(const ModelShape& shape, Precision precision, double tokens);
// Most tokens of one request that fit in `bytes`; 0: none.
double tokens_that_fit(const ModelShape& shape, Precision precision, double bytes);

}  // namespace interposer::planner
