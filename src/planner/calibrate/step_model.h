// The model of measured serving times: several fits of the physical form and the rows nearby, mixed
// by how far the question is from the rows. Near the rows the fine hierarchy wins; far from them it
// loses, and the answer backs off to coarse effects.
#pragma once

#include <array>
#include <span>
#include <string_view>

#include "planner/calibrate/design.h"

namespace interposer::planner {

// How far a question is from the rows a model was fitted on. Each class has its own hold-out.
enum class Distance {
  kNear,             // this (architecture, GPU, engine) is among the rows
  kNewCell,          // architecture, GPU and engine are, not together
  kNewGpu,           // no row of this GPU
  kNewArchitecture,  // no row of this architecture
};
inline constexpr std::size_t kDistances = 4;
std::string_view distance_name(Distance distance);

struct StepEstimate {
  double log_ms = 0;
  double sd = 0;  // of the neighbourhood's function: the scale of the interval
  Distance distance = Distance::kNear;
};

// What each part says, log ms.
struct StepParts {
  double plain = 0;   // one machine for all
  double engine = 0;  // effects of engine, precision, kind of model
  double coarse = 0;  // small effects of architecture and generation too
  double fine = 0;    // large effects of everything
  double near = 0;    // engine, and the rows nearby
};

class StepModel {
 public:
  // `train`: indices of the design's rows. Keeps a reference: the design outlives the model.
  void fit(const Design& design, std::span<const std::size_t> train);
  // Row `i` of the same design (its target is not looked at).
  StepEstimate predict(std::size_t i) const;
  StepParts parts(std::size_t i) const;
  Distance distance(std::size_t i) const;
  // The plain global model alone, log ms: what the hierarchy is compared with.
  double plain(std::size_t i) const { return plain_.predict(design_->rows, i); }
  // The coarse hierarchy: what the product keeps of a calibration (planner/perf/fitted.h).
  const LogAdditive& coarse() const { return coarse_; }

 private:
  const Design* design_ = nullptr;
  std::array<std::vector<bool>, kFactors> seen_;
  LogAdditive plain_;
  LogAdditive engine_;
  LogAdditive coarse_;
  LogAdditive fine_;
  KernelResidual near_;
};

}  // namespace interposer::planner
