#include "planner/calibrate/step_model.h"

#include <cmath>

namespace interposer::planner {
namespace {

// Shrinkage of each factor: sd of its term effects and of its whole effect. Chosen on fold seeds
// 0-2; the reported seeds are 10-19.
struct Shrinkage {
  Factor factor;
  double term_sd;
  double whole_sd;
};
constexpr Shrinkage kEngineOnly[] = {
    {kEngine, 0.3, 0}, {kPrecisionLevel, 0.3, 0}, {kMixture, 0.3, 0}};
constexpr Shrinkage kCoarse[] = {
    {kEngine, 0.15, 0}, {kArchitecture, 0.15, 0.1},    {kPrecisionLevel, 0.15, 0},
    {kVersion, 0, 0.1}, {kEngineArchitecture, 0, 0.1}, {kGpuEngineArchitecture, 0, 0.1}};
constexpr Shrinkage kFine[] = {{kEngine, 0.35, 0},
                               {kGeneration, 0.35, 0},
                               {kPrecisionLevel, 0.35, 0},
                               {kMixture, 0.35, 0},
                               {kArchitecture, 0.35, 0},
                               {kEngineGeneration, 0.3, 0},
                               {kVersion, 0, 0.1},
                               {kEngineArchitecture, 0, 0.1},
                               {kGenerationArchitecture, 0, 0.1},
                               {kGpuEngineArchitecture, 0, 0.1}};

LogAdditiveOptions options_of(std::span<const Shrinkage> shrinkage, const Design& design) {
  LogAdditiveOptions out;
  out.prior = design.prior;
  for (int f = 0; f < kFactors; ++f) {
    LogAdditiveOptions::Factor factor;
    factor.name = factor_name(static_cast<Factor>(f));
    factor.levels = static_cast<int>(design.table.of[f].size());
    for (const Shrinkage& s : shrinkage) {
      if (s.factor != f) continue;
      factor.term_sd = s.term_sd;
      factor.whole_sd = s.whole_sd;
    }
    out.factors.push_back(factor);
  }
  return out;
}

KernelOptions neighbourhood() {
  const std::vector<double> shape = {1.5, 1, 1, 1};
  const std::vector<double> flat = {0, 0, 0, 0};
  KernelOptions out;
  out.parts = {{0.225, {kEngine}, shape},
               {0.225, {kArchitecture}, shape},
               {0.225, {kEngineArchitecture}, shape},
               {0.15, {kGpuEngineArchitecture}, {1, 1, 1, 1}},
               {0.15, {kVersion}, {2, 1.5, 1.5, 1.5}},
               {0.15, {kEngineGeneration, kPrecisionLevel}, shape},
               {0.225, {kEngineArchitecture}, flat},
               {0.15, {kVersion, kArchitecture}, flat},
               {0.15, {kGpuEngineArchitecture}, flat}};
  return out;
}

// Weights of the parts of the mixture of logs.
struct Mixture {
  double plain, engine, coarse, fine, near;
};
constexpr Mixture kMixtures[kDistances] = {
    {0, 0, 0.25, 0.25, 0.5},
    {0, 0, 0.5, 0, 0.5},
    {0, 0, 0.5, 0, 0.5},
    {0, 0.5, 0.5, 0, 0},
};

}  // namespace

std::string_view distance_name(Distance distance) {
  switch (distance) {
    case Distance::kNear:
      return "near: measured with this engine on this GPU";
    case Distance::kNewCell:
      return "this architecture, GPU and engine not measured together";
    case Distance::kNewGpu:
      return "GPU not measured";
    case Distance::kNewArchitecture:
      return "architecture not measured";
  }
  return "unknown";
}

void StepModel::fit(const Design& design, std::span<const std::size_t> train) {
  design_ = &design;
  for (int f = 0; f < kFactors; ++f) {
    seen_[static_cast<std::size_t>(f)].assign(design.table.of[f].size(), false);
    const auto& levels = design.rows.levels[static_cast<std::size_t>(f)];
    for (const std::size_t i : train) {
      seen_[static_cast<std::size_t>(f)][static_cast<std::size_t>(levels[i])] = true;
    }
  }
  plain_.fit(design.rows, train, options_of({}, design));
  engine_.fit(design.rows, train, options_of(kEngineOnly, design));
  coarse_.fit(design.rows, train, options_of(kCoarse, design));
  fine_.fit(design.rows, train, options_of(kFine, design));
  std::vector<double> residual;
  for (const std::size_t i : train) {
    residual.push_back(design.rows.log_y[i] - engine_.predict(design.rows, i));
  }
  near_.fit(design.near, train, residual, neighbourhood());
}

Distance StepModel::distance(std::size_t i) const {
  const auto known = [&](Factor f) {
    const auto at = static_cast<std::size_t>(f);
    const int level = design_->rows.levels[at][i];
    return level >= 0 && static_cast<std::size_t>(level) < seen_[at].size() &&
           seen_[at][static_cast<std::size_t>(level)];
  };
  if (!known(kArchitecture)) return Distance::kNewArchitecture;
  if (!known(kGpu)) return Distance::kNewGpu;
  return known(kGpuEngineArchitecture) ? Distance::kNear : Distance::kNewCell;
}

StepEstimate StepModel::predict(std::size_t i, bool with_sd) const {
  StepEstimate out;
  out.distance = distance(i);
  const Mixture& m = kMixtures[static_cast<std::size_t>(out.distance)];
  const double engine = engine_.predict(design_->rows, i);
  const auto near = near_.predict(design_->near, i, with_sd);
  out.log_ms = m.engine * engine + m.near * (engine + near.mean);
  if (m.plain > 0) out.log_ms += m.plain * plain_.predict(design_->rows, i);
  if (m.coarse > 0) out.log_ms += m.coarse * coarse_.predict(design_->rows, i);
  if (m.fine > 0) out.log_ms += m.fine * fine_.predict(design_->rows, i);
  out.sd = near.sd;
  return out;
}

}  // namespace interposer::planner
