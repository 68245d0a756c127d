#include "planner/perf/fitted.h"

#include <fmt/format.h>

#include <cmath>

namespace interposer::planner {
namespace {

const FittedLevel* find(std::string_view factor, std::string_view word) {
  for (const FittedLevel& level : fitted_levels()) {
    if (level.factor == factor && level.word == word) return &level;
  }
  return nullptr;
}

}  // namespace

FittedGpu fitted_gpu(const FittedQuestion& q) {
  const std::string engine(q.engine);
  const std::string architecture(q.architecture);
  const std::string cell = fmt::format("{}|{}|{}", q.gpu, engine, architecture);
  const std::pair<std::string_view, std::string> wanted[] = {
      {"general", ""},
      {"engine", engine},
      {"precision", std::string(precision_name(q.precision))},
      {"mixture", q.mixture ? "mixture" : "dense"},
      {"generation", std::string(q.generation)},
      {"architecture", architecture},
      {"engine x architecture", engine + "|" + architecture},
      {"GPU x engine x architecture", cell}};
  FittedGpu out;
  Terms log_efficiency{};
  double whole = 0;
  for (const auto& [factor, word] : wanted) {
    const FittedLevel* level = find(factor, word);
    if (level == nullptr) continue;
    for (std::size_t k = 0; k < kTerms; ++k) log_efficiency[k] += level->term[k];
    whole += level->whole;
  }
  for (std::size_t k = 0; k < kTerms; ++k) out.efficiency[k] = std::exp(log_efficiency[k]);
  out.whole = std::exp(whole);
  const FittedSpread& spread = fitted_spread();
  if (find("GPU x engine x architecture", cell) != nullptr) {
    out.log_sd = spread.near;
    out.evidence = fmt::format("measured: {} with {} on {}", architecture, engine, q.gpu);
  } else if (find("architecture", architecture) == nullptr) {
    out.log_sd = spread.new_architecture;
    out.evidence = "the architecture is not among the measured ones";
  } else if (find("GPU", q.gpu) == nullptr) {
    out.log_sd = spread.new_gpu;
    out.evidence = fmt::format("{} is not among the measured GPUs", q.gpu);
  } else {
    out.log_sd = spread.new_cell;
    out.evidence = fmt::format("{} and {} are measured, not together with {}", architecture, q.gpu,
                               engine.empty() ? "this engine" : engine);
  }
  return out;
}

}  // namespace interposer::planner
