#include "planner/place/board_draws.h"

#include <algorithm>
#include <cmath>

#include "stats/distributions.h"
#include "stats/ranks.h"

namespace interposer::planner {
namespace {

std::vector<double> draw(const Card& card, std::string_view name, const PlanOptions& options) {
  const Field* field = card.field(name);
  if (field == nullptr || field->blank()) return {};
  return draw_field(*field, options.draws, options.seed);
}

}  // namespace

BoardDraws board_draws(const Card& card, const PlanOptions& options) {
  BoardDraws out;
  const std::vector<std::string> prices =
      options.own ? std::vector<std::string>{"own_neocloud", "own_hyperscaler"}
                  : std::vector<std::string>{"rent"};
  for (const std::string& name : prices) {
    out.usd_s = draw(card, name, options);
    if (out.usd_s.empty()) continue;
    out.price_basis = name;
    break;
  }
  out.limit_w = draw(card, "power", options);
  out.floor_w = draw(card, "power_floor", options);
  out.j_per_flop = draw(card, "energy_per_flop", options);
  out.j_per_byte = draw(card, "energy_per_byte", options);
  if (out.floor_w.empty() && !out.limit_w.empty()) {
    out.share = stratified("power share/" + card.id, options.seed, options.draws);
    for (double& u : out.share) u = kPowerShareMin + (kPowerShareMax - kPowerShareMin) * u;
  }
  return out;
}

double BoardDraws::watts(std::size_t d, double flop_s, double byte_s) const {
  if (floor_w.empty()) return limit_w[d] * share[d];
  double w = floor_w[d];
  if (!j_per_flop.empty()) w += j_per_flop[d] * flop_s;
  if (!j_per_byte.empty()) w += j_per_byte[d] * byte_s;
  return limit_w.empty() ? w : std::min(w, limit_w[d]);
}

SiteDraws site_draws(const PlanOptions& options) {
  SiteDraws out;
  if (options.site == nullptr) return out;
  out.pue = draw(*options.site, "pue", options);
  out.carbon = draw(*options.site, "carbon", options);
  return out;
}

std::vector<double> normal_draws(const std::string& stream, const PlanOptions& options) {
  std::vector<double> out = stratified(stream, options.seed, options.draws);
  for (double& u : out) u = stats::normal_quantile(u);
  return out;
}

double quantile_of(std::vector<double> values, double p) {
  const auto n = static_cast<double>(values.size());
  const auto k = static_cast<std::ptrdiff_t>(std::max(std::ceil(p * n) - 1, 0.0));
  std::nth_element(values.begin(), values.begin() + k, values.end());
  return values[static_cast<std::size_t>(k)];
}

Interval3 interval_of(const std::vector<double>& values, const std::vector<Input>& inputs) {
  Interval3 out;
  out.p5 = quantile_of(values, 0.05);
  out.p50 = quantile_of(values, 0.50);
  out.p95 = quantile_of(values, 0.95);
  if (out.p5 == out.p95) return out;
  for (const Input& input : inputs) {
    if (input.draws == nullptr || input.draws->size() != values.size()) continue;
    const double r = stats::spearman(*input.draws, values).value;
    if (!std::isnan(r) && r * r > out.driver_share) {
      out.driver = input.what;
      out.driver_share = r * r;
    }
  }
  return out;
}

}  // namespace interposer::planner
