// The steps of a plan; inner to place.
#pragma once

#include "planner/place/board_draws.h"

namespace interposer::planner {

// The factor on all times over a grid of its logarithm, so that each draw is one interpolation.
inline constexpr int kGrid = 33;
inline constexpr double kGridSpan = 3.5;  // standard deviations either way

struct Screen {                           // of one entry
  std::vector<double> log_factor;         // by grid point
  std::vector<double> replicas, prefill;  // needed there (not rounded); infinite: no number does
};

struct BoardWork {  // one board's share of the search; boards run in parallel
  const PlanBoard* board = nullptr;
  std::size_t index = 0;
  std::vector<Entry> entries;
  std::vector<PrunedCount> pruned;
  std::string note;
  std::size_t considered = 0;
};

// Enumerates, prunes, predicts and sizes in closed form with all draws.
void screen_board(const ModelShape& shape, const Plan& plan, const BoardDraws& draws,
                  const SiteDraws& site, BoardWork* work);

// Sizes again by simulation until both limits hold at the confident draw; replaces the entry's
// latencies by simulated ones.
void simulate_entry(const Workload& workload, const Plan& plan, std::size_t warmup, Entry* entry);

// Money and energy of an entry for the replicas that it has now; `drivers`: with what moves each
// number most (a sort of all draws for each input).
void price_entry(const ModelShape& shape, const Plan& plan, const BoardDraws& board,
                 const SiteDraws& site, bool drivers, Entry* entry);

std::vector<std::size_t> frontier_of(const std::vector<Entry>& entries);
void choose(Plan* plan);                                       // order, frontier, best
void explain_changes(Plan* plan);                              // Plan::changes
std::string entry_name(const Plan& plan, const Entry& entry);  // "h200_sxm tp8 fp8 vllm"

}  // namespace interposer::planner
