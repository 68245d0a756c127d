// From measured rows to what the fits take: terms, levels, neighbourhood numbers.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "planner/calibrate/kernel_residual.h"
#include "planner/calibrate/log_additive.h"
#include "planner/calibrate/silicon_rows.h"
#include "planner/perf/terms.h"

namespace interposer::planner {

// Levels of the fits; the order is the order of LogAdditiveRows::levels and KernelRows::levels.
enum Factor : int {
  kEngine,
  kGeneration,
  kPrecisionLevel,
  kMixture,
  kArchitecture,
  kEngineGeneration,
  kVersion,  // engine and version
  kEngineArchitecture,
  kGenerationArchitecture,
  kGpuEngineArchitecture,
  kGpu,
  kFactors,
};
std::string_view factor_name(Factor factor);

// The words of a row's levels: by word, so that a new row can be asked about.
struct LevelTable {
  std::map<std::string, int> of[kFactors];
  // -1 for a word not seen before, unless `add`.
  int find(Factor factor, const std::string& word, bool add);
};

// What the levels are made from.
struct RowKey {
  std::string architecture;
  std::string gpu;
  std::string generation;
  std::string engine;
  std::string version;
  Precision precision = Precision::kBf16;
  bool mixture = false;
};
std::string level_word(Factor factor, const RowKey& key);

struct Design {
  std::vector<double> prior;  // what the fit of each term starts from
  // For quantities whose rows spread more than TPOT's: the neighbourhood is over the coarse
  // hierarchy, nothing backs off to the plain model, and this is the typical error (sd of the log).
  double wide = 0;
  LogAdditiveRows rows;  // log_y: log of what was measured
  KernelRows near;       // log batch, log prompt, log answer, log tensor parallel
  LevelTable table;
};

// Shapes of the architectures in the measured rows, from HF configs in `dir` (model_configs).
// An error names the architecture and the file that is missing.
using Shapes = std::map<std::string, ModelShape>;
Result<Shapes> load_measured_shapes(const std::string& dir);

// Adds a row: its terms, its levels (new words become new levels), its place.
void add_row(Design& design, std::span<const double> terms, double log_y, const RowKey& key,
             const ServingState& state, double tensor_parallel);
Design empty_design(std::span<const double> prior);

enum class Target { kTpot, kTtft };
// One design row for each row of the sample (excluded ones too: the caller chooses by index).
Result<Design> make_design(const SiliconSample& sample, const Shapes& shapes, Target target);

}  // namespace interposer::planner
