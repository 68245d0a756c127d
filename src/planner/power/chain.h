// The electrical chain from the feed to the boards, and the facility's use of power at part load.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "planner/units/quantity.h"

namespace interposer::planner {

enum class Redundancy : std::uint8_t { kN, kNPlus1, k2N };
Result<Redundancy> parse_redundancy(std::string_view text);  // "N", "N+1", "2N"
std::string_view redundancy_name(Redundancy redundancy);

// What `modules` UPS modules carry when those that redundancy sets aside are out.
Watts ups_capacity(double modules, Watts each, Redundancy redundancy);
// Modules to buy so that the load is carried with redundancy.
double ups_modules(Watts load, Watts each, Redundancy redundancy);

// Overhead at part load: a share `fixed` of it does not follow the load.
//   PUE(u) = 1 + (PUE - 1) (fixed / u + 1 - fixed),  0 < u <= 1
double pue_at(double pue, double fixed, double load);

// Power of a serving board: P0 + e_flop FLOP/s + e_byte B/s, at most its limit (fitted on
// ML.ENERGY).
Watts board_power(Watts floor, Watts compute, Watts bytes, Watts limit);

// Units that must be in store so that a failed board waits for a repair with a chance under `miss`:
// the quantile of a Poisson number of failures during one repair.
double spares_for(double boards, PerSecond failures, Seconds repair, double miss);

}  // namespace interposer::planner
