// Rules that a plausible claim obeys. A claim that breaks one is flagged, stays visible, and is
// never drawn from; a field of which no claim is left is blank. The bounds are wide on purpose:
// they catch a rack quoted in megawatts or a sparse peak quoted as dense, not an unusual board.
#pragma once

#include <string>
#include <vector>

#include "planner/catalogue/catalogue.h"

namespace interposer::planner {

// Rack power for each board over the board's own limit. Measured racks lie between 1.1 and 2.
inline constexpr double kRackOverBoardMax = 4;
// Bandwidth over capacity of DRAM, 1/s. The boards of the catalogue lie between 17 and 80.
inline constexpr double kBandwidthOverCapacityMin = 15;
inline constexpr double kBandwidthOverCapacityMax = 200;
// FP8 over BF16 peak of a GPU; 2 by construction, and 4 when the FP8 one is sparse.
inline constexpr double kGpuFp8OverBf16Max = 3;
// A dense claim this close to twice another dense claim of the same field is its sparse twin.
inline constexpr double kTwiceTolerance = 0.03;
// FP8 operations per joule over the median of the boards of the same era.
inline constexpr double kEfficiencyOverEraMax = 3;
// Board bandwidth over stacks times the bandwidth of its kind of stack.
inline constexpr double kBandwidthOverStacksMax = 1.35;
inline constexpr double kBandwidthOverStacksMin = 0.5;

struct Flag {
  std::string field;  // "boards/gb200_nvl72/rack_power"
  std::string where;  // of the claim
  std::string rule;   // what is wrong, with its figures
};

// Flags claims in place and takes them out of `used`.
void flag_implausible(std::vector<Card>* cards);
std::vector<Flag> flags_of(const Catalogue& catalogue);

}  // namespace interposer::planner
