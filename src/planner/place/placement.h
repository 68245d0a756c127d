// Ways to lay a model out on boards, and why one is not possible.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "planner/place/board.h"
#include "planner/shape/shape.h"

namespace interposer::planner {

struct Placement {
  int tensor = 1;      // boards that share each layer
  int pipeline = 1;    // groups of them that share the layers
  int expert = 1;      // boards over which experts are spread: tensor x pipeline, or 1
  bool split = false;  // prompts and answers on replicas of their own
  Precision precision = Precision::kBf16;
  std::string engine;
  int boards() const { return tensor * pipeline; }  // of one replica
};
// "tp8 ep8 fp8 vllm", "tp4 pp2 bf16 sglang split"
std::string placement_text(const Placement& placement);

// The groups in which placements are left out; each with a sentence.
enum class Pruned : std::uint8_t { kFits, kNoFit, kEngine, kNoClaim, kNotForSale, kShape };
inline constexpr std::size_t kPrunedKinds = 6;
std::string_view pruned_name(Pruned why);  // "does not fit", "engine lacks it", ...

struct Memory {
  double usable = 0;           // bytes of a board that weights and cache can have
  double weights = 0;          // of a board
  double cache_per_token = 0;  // of a board, at the given length of a sequence
  double tokens = 0;           // of context that one replica holds
};

struct Verdict {
  Pruned why = Pruned::kFits;
  std::string reason;  // "671 GB of weights on 8 x 80 GB"
  Memory memory;
};

// What engines and the runtime keep to themselves on each board (aiconfigurator: 3.5 GB of other
// memory and up to 0.39 GB for collectives).
inline constexpr double kReservedBytes = 3.5e9 + 0.39e9;

// Boards that the search joins at most: tensor parallelism stays inside a scale-up domain.
inline constexpr int kTensorMax = 16;
inline constexpr int kPipelineMax = 4;

// `length`: tokens of one request, prompt and answer.
Verdict judge(const PlanBoard& board, const ModelShape& shape, const Placement& placement,
              double length, bool for_sale_only);

struct SearchOptions {
  std::vector<std::string> engines;   // empty: all
  std::vector<Precision> precisions;  // empty: all
  bool split = true;                  // prefill/decode split too
  bool for_sale_only = true;
};
// All layouts, possible or not: judge() tells.
std::vector<Placement> layouts(const SearchOptions& options);

}  // namespace interposer::planner
