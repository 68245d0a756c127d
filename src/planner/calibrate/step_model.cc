#include "planner/calibrate/step_model.h"

#include <algorithm>
#include <array>
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
constexpr Shrinkage kCoarse[] = {{kEngine, 0.15, 0},
                                 {kPrecisionLevel, 0.15, 0},
                                 {kMixture, 0.15, 0},
                                 {kGeneration, 0.1, 0},
                                 {kArchitecture, 0.1, 0.1},
                                 {kVersion, 0, 0.1},
                                 {kEngineArchitecture, 0, 0.1},
                                 {kGpuEngineArchitecture, 0, 0.1}};
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

double median_of(StepParts p) {
  std::array<double, 5> each = {p.plain, p.engine, p.coarse, p.fine, p.near};
  std::nth_element(each.begin(), each.begin() + 2, each.end());
  return each[2];
}

// Spread of log(measured / predicted) far from the rows. The number that is off by the least per
// cent of the truth, on average, is exp(mu - s^2) of a log-normal one: an answer twice too high
// costs 100 %, one twice too low 50 %.
constexpr double kFarSpread = 0.2;

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
    const LogAdditive& base = design.wide > 0 ? coarse_ : engine_;
    residual.push_back(design.rows.log_y[i] - base.predict(design.rows, i));
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

StepParts StepModel::parts(std::size_t i) const {
  StepParts out;
  out.plain = plain_.predict(design_->rows, i);
  out.engine = engine_.predict(design_->rows, i);
  out.coarse = coarse_.predict(design_->rows, i);
  out.fine = fine_.predict(design_->rows, i);
  out.near =
      (design_->wide > 0 ? out.coarse : out.engine) + near_.predict(design_->near, i, false).mean;
  return out;
}

StepEstimate StepModel::predict(std::size_t i) const {
  StepEstimate out;
  out.distance = distance(i);
  const StepParts p = parts(i);
  out.sd = near_.predict(design_->near, i, true).sd;
  if (design_->wide > 0) {
    out.log_ms = (p.near + p.coarse + p.fine) / 3 - design_->wide * design_->wide;
    return out;
  }
  // Near the rows the fine parts know more than the coarse ones. Far from them each is wrong in its
  // own way: the middle one is wrong least, and where engine, GPU and architecture never met, one
  // machine for all is as good as that.
  switch (out.distance) {
    case Distance::kNear:
      out.log_ms = 0.5 * p.near + 0.25 * (p.coarse + p.fine);
      break;
    case Distance::kNewGpu:
      out.log_ms = median_of(p) - kFarSpread * kFarSpread;
      break;
    case Distance::kNewCell:
    case Distance::kNewArchitecture:
      out.log_ms = 0.5 * (median_of(p) + p.plain) - kFarSpread * kFarSpread;
      break;
  }
  return out;
}

}  // namespace interposer::planner
