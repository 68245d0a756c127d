// What it costs to make one board's package: wafer -> dies -> good dies -> HBM -> CoWoS. An
// estimate from claims (foundries, hbm), every number with its interval.
#pragma once

#include <optional>
#include <string>

#include "planner/sheet/sheet.h"
#include "planner/silicon/wafer.h"

namespace interposer::planner {

struct SiliconOptions {
  YieldModel model = YieldModel::kNegativeBinomial;
  std::string node;                       // foundries card; empty: the board's tag "node"
  std::optional<SquareMetres> area;       // in place of the board's die area
  std::optional<double> harvest;          // share of failed dies that is sold
  std::optional<std::int64_t> tolerated;  // defects that spare units absorb, per die
};

// Under this yield a die without redundancy is refused: it does not exist.
inline constexpr double kYieldMin = 1e-6;

// Fills numbers "silicon.*": dies_per_wafer, yield, die_cost, logic_cost, hbm_cost, package_cost,
// cost, wafer_carbon. Blank where a claim is missing. Errors: unknown node, a die that does not fit
// on the wafer, a yield under kYieldMin without spare units.
Status add_package_cost(const Catalogue& catalogue, const Card& board,
                        const SiliconOptions& options, Sheet* sheet);

}  // namespace interposer::planner
