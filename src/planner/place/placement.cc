#include "planner/place/placement.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/strings.h"

namespace interposer::planner {
namespace {

constexpr double kGb = 1e9;

// Bytes of cache that one board of `n` keeps of a sequence: entries that cannot be split stand on
// each of them (MLA), others go by their heads.
double cache_per_board(const ModelShape& shape, Precision precision, double tokens, int n) {
  double elements = 0;
  for (const AttentionGroup& group : shape.attention) {
    ModelShape one;
    one.attention = {group};
    elements += one.cache_elements(tokens) / std::min<double>(n, std::max(group.kv_shards, 1.0));
  }
  return elements * cache_bytes_per_element(precision);
}

bool has_peak(const GpuNumbers& numbers, Precision precision) {
  switch (precision) {
    case Precision::kBf16:
    case Precision::kInt4:
      return numbers.flops_bf16 > 0;
    case Precision::kFp8:
      return numbers.flops_fp8 > 0;
    case Precision::kFp4:
      return numbers.flops_fp4 > 0;
  }
  return false;
}

Verdict refuse(Pruned why, std::string reason) { return {why, std::move(reason), {}}; }

Verdict claims(const PlanBoard& board, const Placement& p) {
  if (board.numbers.memory_bytes <= 0) return refuse(Pruned::kNoClaim, "nobody states its memory");
  if (board.numbers.memory_bytes_per_s <= 0) {
    return refuse(Pruned::kNoClaim, "nobody states its memory bandwidth");
  }
  if (!has_peak(board.numbers, p.precision)) {
    return refuse(Pruned::kNoClaim,
                  fmt::format("nobody states a peak for {}", precision_name(p.precision)));
  }
  if (p.boards() > 1 && (board.domain <= 0 || board.numbers.link_bytes_per_s <= 0)) {
    return refuse(Pruned::kNoClaim, "nobody states its scale-up link");
  }
  if (p.tensor > 1 && p.tensor > board.domain) {
    return refuse(Pruned::kNoFit,
                  fmt::format("{} boards are more than its scale-up domain of {:.0f}", p.tensor,
                              board.domain));
  }
  return {};
}

Verdict fits(const PlanBoard& board, const ModelShape& shape, const Placement& p, double length) {
  Verdict out;
  Memory& m = out.memory;
  m.usable = board.numbers.memory_bytes - kReservedBytes;
  const double whole = weights_bytes(shape, p.precision);
  m.weights = whole / p.boards();
  // Each stage of a pipeline keeps the cache of its own layers.
  m.cache_per_token = cache_per_board(shape, p.precision, length, p.tensor) / p.pipeline / length;
  const double room = m.usable - m.weights;
  if (room < m.cache_per_token * length) {
    out.why = Pruned::kNoFit;
    out.reason = fmt::format(
        "{:.0f} GB of weights and {:.2f} GB of cache for one request of {:.0f} tokens on {} x "
        "{:.0f} GB",
        whole / kGb, m.cache_per_token * length * p.boards() / kGb, length, p.boards(),
        board.numbers.memory_bytes / kGb);
    return out;
  }
  m.tokens = m.cache_per_token > 0 ? room / m.cache_per_token : 1e12;
  return out;
}

}  // namespace

std::string placement_text(const Placement& p) {
  std::string out = fmt::format("tp{}", p.tensor);
  if (p.pipeline > 1) out += fmt::format(" pp{}", p.pipeline);
  if (p.expert > 1) out += fmt::format(" ep{}", p.expert);
  out += fmt::format(" {} {}", precision_name(p.precision), p.engine);
  return p.split ? out + " split" : out;
}

std::string_view pruned_name(Pruned why) {
  static constexpr std::string_view kNames[] = {"possible",         "does not fit",
                                                "engine lacks it",  "no claim",
                                                "cannot be bought", "the model has no use for it"};
  return kNames[static_cast<std::size_t>(why)];
}

Verdict judge(const PlanBoard& board, const ModelShape& shape, const Placement& p, double length,
              bool for_sale_only) {
  if (for_sale_only && !board.buyable && !board.rentable) {
    return refuse(Pruned::kNotForSale,
                  board.access.empty() ? "nobody states who can have it" : board.access);
  }
  const std::vector<std::string> engines = engines_of(board);
  if (std::find(engines.begin(), engines.end(), p.engine) == engines.end()) {
    return refuse(Pruned::kEngine,
                  fmt::format("{} does not run on boards of {}", p.engine, board.maker));
  }
  if (p.expert > 1 && shape.experts == 0) return refuse(Pruned::kShape, "the model has no experts");
  if (p.pipeline > 1 && shape.layers < p.pipeline) {
    return refuse(Pruned::kShape, "fewer layers than stages");
  }
  if (p.engine == "trtllm" && p.pipeline > 1 && p.expert > 1) {
    return refuse(Pruned::kEngine,
                  "pipeline and expert parallelism together are not planned for it");
  }
  if (Verdict v = claims(board, p); v.why != Pruned::kFits) return v;
  return fits(board, shape, p, length);
}

std::vector<Placement> layouts(const SearchOptions& options) {
  std::vector<Placement> out;
  std::vector<Precision> precisions = options.precisions;
  if (precisions.empty()) precisions = {Precision::kBf16, Precision::kFp8, Precision::kFp4};
  const std::vector<std::string> all = known_engines();
  for (const std::string& engine : options.engines.empty() ? all : options.engines) {
    for (const Precision precision : precisions) {
      for (int tensor = 1; tensor <= kTensorMax; tensor *= 2) {
        for (int pipeline = 1; pipeline <= kPipelineMax; pipeline *= 2) {
          for (int split = 0; split <= (options.split ? 1 : 0); ++split) {
            Placement p{tensor, pipeline, 1, split != 0, precision, engine};
            out.push_back(p);
            if (p.boards() == 1) continue;
            p.expert = p.boards();
            out.push_back(p);
          }
        }
      }
    }
  }
  return out;
}

}  // namespace interposer::planner
