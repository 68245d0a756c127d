// What measured rows taught about GPUs: efficiencies of the physical terms, by engine, precision,
// generation, kind of model and architecture, and how wrong they are by distance from evidence.
// The figures are in fitted_table.cc, which study_bench writes (docs/calibration.md).
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>

#include "planner/perf/terms.h"

namespace interposer::planner {

// An effect on the logarithms: of each term, and of the whole.
struct FittedLevel {
  std::string_view factor;  // "engine", "precision", ...; "general" is the machine in general
  std::string_view word;    // "vllm"
  std::array<float, kTerms> term;
  float whole;
};
// sd of log(measured / predicted) when the kind of evidence was held out.
struct FittedSpread {
  double near = 0;
  double new_cell = 0;
  double new_gpu = 0;
  double new_architecture = 0;
};
std::span<const FittedLevel> fitted_levels();
const FittedSpread& fitted_spread();

struct FittedQuestion {
  std::string_view gpu;           // "h200_sxm"
  std::string_view generation;    // "hopper"; empty: not known
  std::string_view engine;        // "vllm", "sglang", "trtllm"; empty: any
  std::string_view architecture;  // as in the measured rows ("deepseek"); empty: another
  Precision precision = Precision::kBf16;
  bool mixture = false;
};
struct FittedGpu {
  Terms efficiency{};    // times each term
  double whole = 1;      // times their sum
  double log_sd = 0;     // of log(measured / predicted)
  std::string evidence;  // for people: what stands behind it
};
FittedGpu fitted_gpu(const FittedQuestion& question);

}  // namespace interposer::planner
