// What the verbs that plan a fleet share: their options, and the plan that these ask for.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "app/verb.h"
#include "app/verbs/plan/plan.h"
#include "base/result.h"
#include "planner/place/plan.h"

namespace interposer::app {

struct FleetOptions {
  Common common;
  PlanFlags plan;  // --data, --quotes, --draws, --seed, --board (by commas), --site
  std::string model, traffic, rate, slo, budget, html;
  double in = 0, out = 0, cv = 1, length_cv = 0.5, confidence = 0.9;
  std::vector<std::string> engines, precisions;
  bool own = false, prior = false, captive = false, no_split = false, closed_form = false;
  int threads = 2;
};

// Those that `plan` itself does not have already; add_fleet_verb_options: all of them.
void add_fleet_options(CLI::App* verb, FleetOptions* options);
void add_fleet_verb_options(CLI::App* verb, FleetOptions* options);

// The plan and the catalogue whose cards it points to.
struct FleetPlan {
  std::shared_ptr<const planner::Catalogue> catalogue;
  planner::Plan plan;
};
// Every error names the option that it comes from.
Result<FleetPlan> fleet_plan(const FleetOptions& options);
// Limits: "ttft_p99=2s,tpot_p99=50ms".
Status read_slo(const std::string& text, planner::PlanOptions* out);

// `plan --model`, and the verbs below `plan`.
int run_plan_fleet(const FleetOptions& options);
void add_plan_compare(CLI::App* plan, Chosen* chosen);
void add_plan_sensitivity(CLI::App* plan, Chosen* chosen);
void add_plan_router(CLI::App* plan, Chosen* chosen);
void add_plan_deploy(CLI::App* plan, Chosen* chosen);
void add_plan_vs_actual(CLI::App* plan, Chosen* chosen);

}  // namespace interposer::app
