// From the wafer to the die: geometry and yield. Formulas: gross dies by area less the rim term
// pi (d/2)^2 / A - pi d / sqrt(2 A), A with its scribe lines, d without the edge; yields of
// Poisson, Murphy, Seeds and the negative binomial.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "planner/units/quantity.h"

namespace interposer::planner {

struct WaferGeometry {
  Metres diameter{0.3};
  Metres edge{0.003};     // unusable rim
  Metres scribe{0.0002};  // between two dies
};

// Expected whole dies of a square die of `area`; may be a fraction. 0 where none fits.
double gross_dies(SquareMetres area, const WaferGeometry& wafer);

enum class YieldModel : std::uint8_t { kPoisson, kMurphy, kNegativeBinomial, kSeeds };
Result<YieldModel> parse_yield_model(std::string_view name);
std::string_view yield_model_name(YieldModel model);

// Share of dies without a killing defect. `cluster` is alpha of the negative binomial.
double die_yield(YieldModel model, SquareMetres area, PerSquareMetre defects, double cluster = 3);

// Share of dies with at most `tolerated` defects, Poisson: what a design with spare units sells.
double die_yield_with_spares(SquareMetres area, PerSquareMetre defects, std::int64_t tolerated);

// Y + (1 - Y) * harvest: a share of the failed dies is sold with units switched off.
double harvested_yield(double yield, double harvest);

}  // namespace interposer::planner
