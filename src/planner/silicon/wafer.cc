#include "planner/silicon/wafer.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>
#include <vector>

#include "base/strings.h"

namespace interposer::planner {
namespace {

constexpr double kLogTermMin = -700;  // below it exp() is zero in a double
const std::vector<std::string> kModels = {"poisson", "murphy", "negative_binomial", "seeds"};

}  // namespace

double gross_dies(SquareMetres area, const WaferGeometry& wafer) {
  if (!(area.base() > 0)) return 0;
  const double side = std::sqrt(area.base()) + wafer.scribe.base();
  const double a = side * side;
  const double d = wafer.diameter.base() - 2 * wafer.edge.base();
  // A die of nearly a wafer loses its corners to the rim; one larger than the wafer does not exist.
  const double whole = std::numbers::pi / 4 * wafer.diameter.base() * wafer.diameter.base();
  if (area.base() > whole) return 0;
  const double dies = std::numbers::pi * d * d / 4 / a - std::numbers::pi * d / std::sqrt(2 * a);
  return std::max(dies, 1.0);  // one fits, whatever the rim term says
}

Result<YieldModel> parse_yield_model(std::string_view name) {
  for (std::size_t i = 0; i < kModels.size(); ++i) {
    if (kModels[i] == name) return static_cast<YieldModel>(i);
  }
  return make_error(Code::kInvalidArgument, "there is no yield model '" + std::string(name) + "'",
                    did_you_mean(name, kModels));
}

std::string_view yield_model_name(YieldModel model) {
  return kModels[static_cast<std::size_t>(model)];
}

double die_yield(YieldModel model, SquareMetres area, PerSquareMetre defects, double cluster) {
  const double mean = area.base() * defects.base();
  if (mean <= 0) return 1;
  switch (model) {
    case YieldModel::kPoisson:
      return std::exp(-mean);
    case YieldModel::kMurphy: {
      const double part = (1 - std::exp(-mean)) / mean;
      return part * part;
    }
    case YieldModel::kNegativeBinomial:
      return std::pow(1 + mean / cluster, -cluster);
    case YieldModel::kSeeds:
      return 1 / (1 + mean);
  }
  return 0;
}

double die_yield_with_spares(SquareMetres area, PerSquareMetre defects, std::int64_t tolerated) {
  const double mean = area.base() * defects.base();
  if (mean <= 0) return 1;
  double sum = 0;
  double log_term = -mean;  // of k = 0
  for (std::int64_t k = 0; k <= tolerated; ++k) {
    if (k > 0) log_term += std::log(mean) - std::log(static_cast<double>(k));
    if (log_term > kLogTermMin) sum += std::exp(log_term);
    if (static_cast<double>(k) > mean && log_term < kLogTermMin) break;
  }
  return std::min(sum, 1.0);
}

double harvested_yield(double yield, double harvest) { return yield + (1 - yield) * harvest; }

}  // namespace interposer::planner
