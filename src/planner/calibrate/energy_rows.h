// Measured watts (ML.ENERGY's tasks/*.json, vLLM on H100 and B200), and the two questions asked of
// them: watts given the tokens a second, and joules a token from the configuration alone.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "planner/calibrate/design.h"

namespace interposer::planner {

struct EnergyRow {
  std::string task;          // "gpqa"
  std::string model;         // "Qwen/Qwen3-32B"
  std::string architecture;  // variants of one architecture are one: "Qwen3-235B-A22B"
  std::string gpu;           // "h100_sxm", "b200_sxm"
  Precision precision = Precision::kBf16;
  int gpus = 1;
  bool expert_parallel = false;
  double batch_limit = 1;    // max_num_seqs, as configured
  double batch = 1;          // mean, as measured
  double output_tokens = 0;  // mean
  double tokens_per_s = 0;   // of all GPUs
  double watts = 0;          // of all GPUs

  double joules_per_token() const { return watts / tokens_per_s; }
  std::string group() const;  // architecture|gpu|precision|gpus
};

// One file's rows. Errors name file, row and field.
Result<std::vector<EnergyRow>> read_energy_rows(std::string_view json, std::string_view file);
// The five text tasks below `dir` (ml_energy/tasks): 838 rows.
Result<std::vector<EnergyRow>> load_energy_rows(const std::string& dir);

// Shapes by architecture; `dir` is model_configs. Models without a config there (Qwen3-14B,
// Gemma 3, Nemotron Nano v2) have their makers' figures in energy_shapes.cc.
Result<Shapes> load_energy_shapes(const std::string& dir, std::span<const EnergyRow> rows);

enum class EnergyTarget { kWattsPerGpu, kJoulesPerToken };
Result<Design> make_energy_design(std::span<const EnergyRow> rows, const Shapes& shapes,
                                  EnergyTarget target);

}  // namespace interposer::planner
