#include "planner/power/chain.h"

#include <algorithm>
#include <cmath>
#include <string>

namespace interposer::planner {
namespace {

constexpr double kSparesMax = 1e6;   // units; beyond it the failure rate is no rate
constexpr double kNormalFrom = 500;  // mean from which the normal quantile replaces the sum

}  // namespace

Result<Redundancy> parse_redundancy(std::string_view text) {
  if (text == "N" || text == "n") return Redundancy::kN;
  if (text == "N+1" || text == "n+1") return Redundancy::kNPlus1;
  if (text == "2N" || text == "2n") return Redundancy::k2N;
  return make_error(Code::kInvalidArgument, "'" + std::string(text) + "' is no redundancy",
                    "write N, N+1 or 2N");
}

std::string_view redundancy_name(Redundancy redundancy) {
  switch (redundancy) {
    case Redundancy::kN:
      return "N";
    case Redundancy::kNPlus1:
      return "N+1";
    case Redundancy::k2N:
      return "2N";
  }
  return "";
}

Watts ups_capacity(double modules, Watts each, Redundancy redundancy) {
  if (redundancy == Redundancy::kNPlus1) return each * std::max(modules - 1, 0.0);
  if (redundancy == Redundancy::k2N) return each * std::floor(modules / 2);
  return each * modules;
}

double ups_modules(Watts load, Watts each, Redundancy redundancy) {
  const double bare = std::ceil(load.base() / each.base());
  if (redundancy == Redundancy::kNPlus1) return bare + 1;
  if (redundancy == Redundancy::k2N) return 2 * bare;
  return bare;
}

double pue_at(double pue, double fixed, double load) {
  return 1 + (pue - 1) * (fixed / load + 1 - fixed);
}

Watts board_power(Watts floor, Watts compute, Watts bytes, Watts limit) {
  return std::min(floor + compute + bytes, limit);
}

double spares_for(double boards, PerSecond failures, Seconds repair, double miss) {
  const double mean = boards * failures.base() * repair.base();
  if (!(mean > 0)) return 0;
  if (mean > kNormalFrom) {
    // Above this mean a Poisson quantile is its normal one; 1.645 and 2.326 are the usual two.
    const double z = miss >= 0.05 ? 1.645 : 2.326;
    return std::min(std::ceil(mean + z * std::sqrt(mean)), kSparesMax);
  }
  double term = std::exp(-mean);
  double sum = term;
  double k = 0;
  while (sum < 1 - miss && k < kSparesMax) {
    ++k;
    term *= mean / k;
    sum += term;
  }
  return k;
}

}  // namespace interposer::planner
