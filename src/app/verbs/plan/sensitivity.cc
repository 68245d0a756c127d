// interposer plan sensitivity: how the recommendation and its cost move when one thing is
// different.
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "app/exit_codes.h"
#include "app/verbs/plan/fleet.h"
#include "base/json.h"
#include "planner/place/plan_parts.h"
#include "planner/report/plan_text.h"

namespace interposer::app {
namespace {

struct Case {
  std::string what, best;
  double cost_usd_h = 0;
  int boards = 0;
};

Result<Case> run(const std::string& what, const FleetOptions& options) {
  IP_TRY(const FleetPlan fleet, fleet_plan(options));
  const planner::Plan& plan = fleet.plan;
  Case out{what, "", 0, 0};
  if (!plan.best) return out;
  const planner::Entry& best = plan.entries[*plan.best];
  out.best = planner::entry_name(plan, best);
  out.cost_usd_h = best.cost_usd_h->p50;
  out.boards = best.boards;
  return out;
}

std::string scaled_slo(const planner::PlanOptions& limits, double ttft, double tpot) {
  std::string out;
  if (limits.ttft_limit_s > 0) out = fmt::format("ttft_p99={}s", limits.ttft_limit_s * ttft);
  if (limits.tpot_limit_s > 0) {
    out += fmt::format("{}tpot_p99={}s", out.empty() ? "" : ",", limits.tpot_limit_s * tpot);
  }
  return out;
}

Result<std::vector<Case>> cases(const FleetOptions& base) {
  planner::PlanOptions limits;
  IP_OK(read_slo(base.slo, &limits));
  std::vector<std::pair<std::string, FleetOptions>> all = {{"as asked", base}};
  const auto add = [&](const std::string& what, const auto& change) {
    FleetOptions o = base;
    change(&o);
    all.emplace_back(what, o);
  };
  if (base.traffic.empty()) {
    add("prompts twice as long", [](FleetOptions* o) { o->in *= 2; });
    add("answers twice as long", [](FleetOptions* o) { o->out *= 2; });
    add("bursts (variation of 4)", [](FleetOptions* o) { o->cv = 4; });
  }
  if (limits.tpot_limit_s > 0) {
    add("TPOT limit halved", [&](FleetOptions* o) { o->slo = scaled_slo(limits, 1, 0.5); });
    add("TPOT limit doubled", [&](FleetOptions* o) { o->slo = scaled_slo(limits, 1, 2); });
  }
  if (limits.ttft_limit_s > 0) {
    add("TTFT limit halved", [&](FleetOptions* o) { o->slo = scaled_slo(limits, 0.5, 1); });
    add("TTFT limit doubled", [&](FleetOptions* o) { o->slo = scaled_slo(limits, 2, 1); });
  }
  add("surer (0.97)", [](FleetOptions* o) { o->confidence = 0.97; });
  add("at the middle draw (0.5)", [](FleetOptions* o) { o->confidence = 0.5; });
  add(base.own ? "renting" : "owning", [](FleetOptions* o) { o->own = !o->own; });
  add("boards without measurements too", [](FleetOptions* o) { o->prior = true; });
  std::vector<Case> out;
  for (const auto& [what, options] : all) {
    IP_TRY(Case one, run(what, options));
    out.push_back(std::move(one));
  }
  return out;
}

int work(FleetOptions options) {
  // Each case is a whole plan; a model that is wrong in one way is wrong in all of them.
  const auto done = cases(options);
  if (!done) return fail(done.error());
  const double base = done->front().cost_usd_h;
  JsonWriter out;
  out.begin_object().key("cases").begin_array();
  for (const Case& c : *done) {
    const double change = base > 0 && !c.best.empty() ? 100 * (c.cost_usd_h / base - 1) : 0;
    out.begin_object().field("what", c.what).key("best");
    if (c.best.empty()) {
      out.null();
    } else {
      out.string(c.best);
    }
    out.field("boards", c.boards).field("cost_usd_per_h", c.cost_usd_h);
    out.field("change_percent", change).end_object();
    if (options.common.json) continue;
    if (c.best.empty()) {
      fmt::print("{:32} nothing recommended\n", c.what);
    } else {
      fmt::print("{:32} {:32} {:5} boards {:9.2f} $/h {:+7.1f} %\n", c.what, c.best, c.boards,
                 c.cost_usd_h, change);
    }
  }
  out.end_array().end_object();
  if (options.common.json) fmt::print("{}\n", out.str());
  return done->front().best.empty() ? kExitRefused : kExitOk;
}

}  // namespace

void add_plan_sensitivity(CLI::App* plan, Chosen* chosen) {
  auto options = std::make_shared<FleetOptions>();
  CLI::App* verb = subcommand(plan, "sensitivity", "how the plan moves when one thing is different",
                              "  interposer plan sensitivity --model llama-3.1-70b --rate 20/s "
                              "--in 1000 --out 300 --slo tpot_p99=50ms",
                              &options->common);
  add_fleet_verb_options(verb, options.get());
  verb->callback([options, chosen] { chosen->work = [options] { return work(*options); }; });
}

}  // namespace interposer::app
