// Which step times a plan believes for a board and placement, and how much.
#pragma once

#include <memory>
#include <string>

#include "planner/perf/machine.h"
#include "planner/place/placement.h"
#include "planner/place/timing.h"

namespace interposer::planner {

// Spread of log(real / predicted) where nobody has measured the board. Of another maker's: the
// ideal times [1, 2.5] is a spread of log(2.5) / (2 z95), widened by what is not known of the
// software. Of a maker with measured boards: wider than what held-out GPUs showed (perf/fitted.h).
inline constexpr double kLogSdPrior = 0.55;
inline constexpr double kLogSdUnmeasuredSibling = 0.35;

// NVIDIA's GPUs by the fit on measured rows; others by the textbook efficiencies of the terms.
Performance performance_of(const PlanBoard& board, const ModelShape& shape,
                           const Placement& placement);

// The machine of a board that is no roofline (SRAM pipeline, hardwired chip), with the chips that
// the model needs; kFailedPrecondition with the reason when it cannot hold it.
struct MachinePlan {
  std::unique_ptr<Machine> machine;
  int devices = 1;
  double kv_tokens = 0;
  int batch_max = 1;
  Performance performance;
};
Result<MachinePlan> machine_of(const PlanBoard& board, const ModelShape& shape, Precision precision,
                               const std::string& model, double length);

}  // namespace interposer::planner
