#include <algorithm>
#include <cmath>

#include "planner/place/plan_parts.h"

namespace interposer::planner {
namespace {

constexpr double kSecondsAnHour = 3600;
constexpr double kMillion = 1e6;

// FLOP/s and bytes/s of one board at the demand.
struct BoardWorkload {
  double flop_s = 0, byte_s = 0;
};
BoardWorkload work_of(const ModelShape& shape, const Plan& plan, const Entry& entry) {
  const Demand& d = plan.demand;
  BoardWorkload out;
  const double tokens_s = d.rate * (d.prompt + d.answer);
  const double attention = d.rate * (shape.prefill_attention_flops(d.prompt) +
                                     d.answer * shape.attention_flops(d.prompt + d.answer / 2));
  out.flop_s = (tokens_s * 2 * shape.active_params() + attention) / entry.boards;
  // Each step reads the weights; a replica is busy for at most all of its time.
  const double tpot = entry.pace_s;
  if (tpot > 0 && std::isfinite(tpot)) {
    const double batch = std::max(d.rate / entry.replicas * d.answer * tpot, 1e-9);
    const double busy = std::min(batch, 1.0);
    out.byte_s =
        busy *
        (entry.memory.weights + batch * (d.prompt + d.answer / 2) * entry.memory.cache_per_token) /
        tpot;
  }
  return out;
}

void price_energy(const ModelShape& shape, const Plan& plan, const BoardDraws& board,
                  const SiteDraws& site, bool drivers, Entry* entry) {
  if (board.limit_w.empty() && board.floor_w.empty()) return;
  const std::size_t n = plan.options.draws;
  const BoardWorkload load = work_of(shape, plan, *entry);
  std::vector<double> watts(n), joules(n), grams;
  if (!site.carbon.empty()) grams.resize(n);
  for (std::size_t d = 0; d < n; ++d) {
    const double pue = site.pue.empty() ? 1 : site.pue[d];
    watts[d] = entry->boards * board.watts(d, load.flop_s, load.byte_s) * pue;
    joules[d] = watts[d] / entry->tokens_per_s;
    if (!grams.empty()) grams[d] = joules[d] * site.carbon[d] * 1e3;
  }
  std::vector<Input> inputs = {{"share of the power limit (prior)", &board.share},
                               {"power limit", &board.limit_w},
                               {"power floor", &board.floor_w},
                               {"energy of an operation", &board.j_per_flop},
                               {"energy of a byte", &board.j_per_byte},
                               {"PUE", &site.pue},
                               {"carbon of the grid", &site.carbon}};
  if (!drivers) inputs.clear();
  entry->watts = interval_of(watts, inputs);
  entry->joules_per_token = interval_of(joules, inputs);
  if (!grams.empty()) entry->grams_per_token = interval_of(grams, inputs);
}

}  // namespace

void price_entry(const ModelShape& shape, const Plan& plan, const BoardDraws& board,
                 const SiteDraws& site, bool drivers, Entry* entry) {
  entry->tokens_per_s = plan.demand.rate * plan.demand.answer;
  entry->price_basis = board.price_basis;
  if (!board.usd_s.empty()) {
    std::vector<double> hour(board.usd_s.size()), million(board.usd_s.size());
    for (std::size_t d = 0; d < hour.size(); ++d) {
      hour[d] = entry->boards * board.usd_s[d] * kSecondsAnHour;
      million[d] = entry->boards * board.usd_s[d] / entry->tokens_per_s * kMillion;
    }
    std::vector<Input> inputs;
    if (drivers) inputs = {{"price of a board (" + board.price_basis + ")", &board.usd_s}};
    entry->cost_usd_h = interval_of(hour, inputs);
    entry->usd_per_m = interval_of(million, inputs);
  }
  price_energy(shape, plan, board, site, drivers, entry);
}

}  // namespace interposer::planner
