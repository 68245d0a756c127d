// Step times of a placement: the physical terms of planner/perf times efficiencies, as the StepTime
// that the simulation compiles; machines that are no GPUs through their own model.
#pragma once

#include <memory>
#include <string>

#include "planner/perf/machine.h"
#include "planner/place/placement.h"
#include "planner/simulate/step_curve.h"

namespace interposer::planner {

// How far a machine stays from its datasheet, and how sure that is.
struct Performance {
  Terms efficiency = term_priors();  // times each term
  double whole = 1;                  // times their sum
  double log_sd = 0;                 // of log(real / predicted) of a step
  bool prior_only = true;            // nobody has measured this machine
  std::string evidence;              // for people: what stands behind it
};

// t(b, c) of one replica: tensor parallel inside, `pipeline` stages whose microbatches are b /
// stages each and pass one after another.
class PlacementTime final : public StepTime {
 public:
  PlacementTime(const ModelShape& shape, const GpuNumbers& board, const Placement& placement,
                const Performance& performance)
      : shape_(shape), board_(board), placement_(placement), performance_(performance) {}
  double seconds(const StepWork& work) const override;

 private:
  const ModelShape& shape_;
  const GpuNumbers& board_;
  const Placement& placement_;
  const Performance& performance_;
};

// A prior-only machine's range, p50, as a StepTime. The middle between its 5 % and 95 % in logs is
// its p50; the spread becomes Performance::log_sd. The machine outlives it.
class MachineTime final : public StepTime {
 public:
  MachineTime(const Machine& machine, StepQuestion question)
      : machine_(machine), question_(std::move(question)) {}
  double seconds(const StepWork& work) const override;

 private:
  const Machine& machine_;
  StepQuestion question_;
};

// Standard deviation of the logarithm whose 5 % and 95 % are these.
double log_sd_of(double p5, double p95);

}  // namespace interposer::planner
