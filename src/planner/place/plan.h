// The fleet plan: boards x placements for one model and its traffic under limits. Screened in
// closed form with 2,000 draws each, the frontier simulated with the gateway's own routing, and
// every number with its interval, what drives it, and what would change the decision.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "planner/place/capacity.h"
#include "planner/place/performance.h"
#include "planner/place/placement.h"
#include "planner/sheet/draws.h"
#include "planner/simulate/fleet.h"

namespace interposer::planner {

struct PlanOptions {
  std::string model;                          // for people
  double ttft_limit_s = 0, tpot_limit_s = 0;  // 99th percentiles; 0: none
  std::vector<std::string> boards;            // empty: all
  SearchOptions search;
  bool prior_best = false;     // a board without measurements may be the best
  bool own = false;            // cost of owning (neocloud) in place of rent
  const Card* site = nullptr;  // PUE, carbon, tariff; null: IT power only
  std::optional<double> budget_usd_s;
  double confidence = 0.9;  // share of draws in which the fleet must be large enough
  std::size_t draws = kDrawsDefault;
  std::uint64_t seed = 1;
  std::size_t simulate_max = 6;      // of the frontier; 0: closed form only
  std::size_t requests_max = 8'000;  // of the workload, that a simulation takes
  int threads = 2;                   // more do not change a bit of the result
};

struct Interval3 {
  double p5 = 0, p50 = 0, p95 = 0;
  std::string driver;       // the input that moves it most; empty: it does not move
  double driver_share = 0;  // squared rank correlation
};

struct Entry {            // one board and placement that can be had
  std::size_t board = 0;  // into Plan::boards
  Placement placement;
  Memory memory;
  Performance performance;
  StepCurve curve;
  double kv_tokens = 0;
  int replicas = 0, prefill_replicas = 0;  // whole (or decode) ones; prefill ones of a split
  int boards = 0;                          // together
  bool feasible = false;                   // both limits hold in `confidence` of the draws
  std::string why_not;
  std::optional<Interval3> cost_usd_h, usd_per_m;  // absent: nobody states a price
  Interval3 boards_needed;
  Interval3 ttft_s, tpot_s;  // 99th percentiles once simulated, before that the closed form's
  double pace_s = 0;         // the closed form's mean time a token: what the frontier compares
  std::optional<Interval3> watts, joules_per_token, grams_per_token;
  bool simulated = false;
  double within = 0;        // share of requests within both limits, middle draw
  double tokens_per_s = 0;  // answer tokens, at the demand
  std::string price_basis;  // "rent", "own_neocloud"
};

struct PrunedCount {
  Pruned why;
  std::size_t count = 0;
  std::string example;  // "h100_sxm tp1 bf16 vllm: 141 GB of weights ..."
};

struct Plan {
  PlanOptions options;
  Demand demand;
  std::vector<PlanBoard> boards;
  std::size_t considered = 0, possible = 0, draws = 0;
  std::vector<PrunedCount> pruned;
  std::vector<std::string> board_notes;  // boards of which nothing is possible, and why
  std::vector<Entry> entries;            // possible ones, best first
  std::vector<std::size_t> frontier;     // of feasible ones: no other is better in all three
  std::optional<std::size_t> best;       // the cheapest feasible that is allowed to be
  std::vector<std::string> changes;      // what would change the decision
  std::vector<std::string> notes;
};

// Errors: unknown boards; traffic without a rate.
Result<Plan> make_plan(const Catalogue& catalogue, const ModelShape& shape,
                       const Workload& workload, const PlanOptions& options);

// The fleet of an entry, for simulation; times `factor`.
SimFleet fleet_of(const Plan& plan, const Entry& entry, double factor);

// The entry's board and placement, as a record that routing evaluates.
boards::StepProfile profile_of(const Plan& plan, const Entry& entry);

}  // namespace interposer::planner
