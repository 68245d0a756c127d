// Claims as distributions. A field's draws depend only on its id, the seed and the number of draws:
// not on the plan, the order of evaluation or the number of threads, so that two plans that use one
// field meet the same luck (common random numbers).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "planner/catalogue/catalogue.h"

namespace interposer::planner {

inline constexpr std::size_t kDrawsDefault = 2000;
inline constexpr std::size_t kDrawsMax = 100'000;

// How far a number of this grade may be off, as the standard deviation of its logarithm. These are
// the planner's own priors, not claims of anybody: a datasheet's A stands as it is written.
inline constexpr double kSpreadAMeasured = 0.02;
inline constexpr double kSpreadB = 0.03;
inline constexpr double kSpreadC = 0.15;
inline constexpr double kSpreadD = 0.30;
double spread_of(const Provenance& from);

// Latin hypercube: one uniform number in each of `draws` strata of (0, 1), in an order of its own.
std::vector<double> stratified(std::string_view stream, std::uint64_t seed, std::size_t draws);

// Each claim in use is equally likely; a range is uniform between its ends; grades widen by
// spread_of, except whole counts. Of a share the odds are widened, of a PUE its overhead: neither
// leaves what is possible. A sparse peak counts half, one of unstated density between half and all
// of it. Empty where the field is blank.
std::vector<double> draw_field(const Field& field, std::size_t draws, std::uint64_t seed);

// The mean of the claims in use with the same rule for densities; nothing where the field is blank
// or absent (nullptr).
std::optional<double> central(const Field* field);

struct Range {
  double p5 = 0, p50 = 0, p95 = 0;
};
Range range_of(std::vector<double> draws);  // not empty

}  // namespace interposer::planner
