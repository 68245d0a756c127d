// What the claims about a board say of money and power, as draws; inner to the plan.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "planner/place/plan.h"

namespace interposer::planner {

// Of a serving board's limit, what it draws where nobody has fitted its power: between these
// shares. ML.ENERGY's boards lie between 0.6 and 1 under load.
inline constexpr double kPowerShareMin = 0.4;
inline constexpr double kPowerShareMax = 1.0;

struct BoardDraws {
  std::vector<double> usd_s;  // of one board; empty: nobody states a price
  std::string price_basis;
  std::vector<double> limit_w;  // empty: nobody states its power
  std::vector<double> floor_w;  // empty: the prior share of the limit instead
  std::vector<double> j_per_flop, j_per_byte;
  std::vector<double> share;  // of the limit, where there is no floor
  // Watts of a board that does `flop_s` and reads `byte_s`, in draw d.
  double watts(std::size_t d, double flop_s, double byte_s) const;
};
BoardDraws board_draws(const Card& card, const PlanOptions& options);

struct SiteDraws {
  std::vector<double> pue;     // empty: IT power only
  std::vector<double> carbon;  // kg CO2e per joule; empty: nobody states it
};
SiteDraws site_draws(const PlanOptions& options);

// exp(log_sd z): how much longer everything takes than predicted. One stream for a board and
// engine, so that placements on the same board share their luck.
std::vector<double> normal_draws(const std::string& stream, const PlanOptions& options);

// 5, 50 and 95 % of values; `driver` among named inputs by squared rank correlation.
struct Input {
  std::string what;
  const std::vector<double>* draws;
};
Interval3 interval_of(const std::vector<double>& values, const std::vector<Input>& inputs);
double quantile_of(std::vector<double> values, double p);

}  // namespace interposer::planner
