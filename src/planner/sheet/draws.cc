#include "planner/sheet/draws.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "planner/catalogue/schema.h"
#include "stats/distributions.h"
#include "stats/percentiles.h"
#include "stats/random.h"

namespace interposer::planner {
namespace {

std::uint64_t hash_of(std::string_view text, std::uint64_t seed) {
  std::uint64_t hash = 14695981039346656037ULL ^ (seed * 0x9E3779B97F4A7C15ULL);
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  return hash;
}

bool is_share(const Claim& claim) { return claim.unit.text == "%" && claim.high <= 1; }

bool is_whole(const Field& field) {
  if (!(field.dimension == Dimension{})) return false;
  return std::all_of(field.claims.begin(), field.claims.end(), [](const Claim& claim) {
    return claim.unit.text == "1" && claim.low == std::floor(claim.low) &&
           claim.high == std::floor(claim.high);
  });
}

// Where a quantity has a physical floor, only what is above it can be off: a PUE of 1.1 +- 15 % is
// an overhead of 0.1 +- 15 %, never a facility that draws less than its IT.
double floor_of(const Field& field) { return field.name == "pue" ? 1.0 : 0.0; }

// `spread` standard deviations of a claim's logarithm, `z` of them off.
double spread_value(double value, bool share, double floor, double spread, double z) {
  if (!share) return floor + (value - floor) * std::exp(spread * z);
  if (value <= 0 || value >= 1) return value;
  // Of a share the odds are off; twice the spread makes a share of one half as wide as any number.
  const double odds = value / (1 - value) * std::exp(2 * spread * z);
  return odds / (1 + odds);
}

double density_factor(Density density, double u) {
  if (density == Density::kSparse) return 0.5;
  if (density == Density::kUnstated) return 0.5 + 0.5 * u;
  return 1;
}

}  // namespace

double spread_of(const Provenance& from) {
  switch (from.confidence) {
    case 'A':
      return from.kind == Kind::kMeasured ? kSpreadAMeasured : 0;
    case 'B':
      return kSpreadB;
    case 'C':
      return kSpreadC;
    default:
      return kSpreadD;
  }
}

std::vector<double> stratified(std::string_view stream, std::uint64_t seed, std::size_t draws) {
  stats::Random random(hash_of(stream, seed));
  std::vector<double> points(draws);
  for (std::size_t i = 0; i < draws; ++i) {
    points[i] = (static_cast<double>(i) + random.uniform()) / static_cast<double>(draws);
  }
  for (std::size_t i = draws; i > 1; --i) std::swap(points[i - 1], points[random.below(i)]);
  return points;
}

std::vector<double> draw_field(const Field& field, std::size_t draws, std::uint64_t seed) {
  if (field.blank()) return {};
  const bool whole = is_whole(field);
  const double floor = floor_of(field);
  const std::vector<double> position = stratified(field.id, seed, draws);
  const std::vector<double> noise = stratified(field.id + "#spread", seed, draws);
  const std::vector<double> dense = stratified(field.id + "#density", seed, draws);
  const auto count = static_cast<double>(field.used.size());
  std::vector<double> values(draws);
  for (std::size_t d = 0; d < draws; ++d) {
    const double scaled = position[d] * count;
    const auto part = std::min(static_cast<std::size_t>(scaled), field.used.size() - 1);
    const double within = scaled - static_cast<double>(part);
    const Claim& claim = field.claims[field.used[part]];
    double value = claim.low + (claim.high - claim.low) * within;
    value *= density_factor(claim.density, dense[d]);
    const double spread = spread_of(claim.from);
    if (!whole && spread > 0) {
      const double z = stats::normal_quantile(noise[d]);
      value = spread_value(value, is_share(claim), floor, spread, z);
    }
    values[d] = value;
  }
  return values;
}

std::optional<double> central(const Field* field) {
  if (field == nullptr || field->blank()) return std::nullopt;
  double sum = 0;
  for (const std::size_t i : field->used) {
    const Claim& claim = field->claims[i];
    sum += claim.middle() * density_factor(claim.density, 0.5);
  }
  return sum / static_cast<double>(field->used.size());
}

Range range_of(std::vector<double> draws) {
  std::sort(draws.begin(), draws.end());
  // Values that were drawn, so that a count stays a count.
  return {stats::percentile_inverted(draws, 0.05), stats::percentile_inverted(draws, 0.5),
          stats::percentile_inverted(draws, 0.95)};
}

}  // namespace interposer::planner
