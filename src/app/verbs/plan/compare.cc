// interposer plan compare A B: two entries of one plan side by side.
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "app/exit_codes.h"
#include "app/verbs/plan/fleet.h"
#include "planner/report/plan_text.h"

namespace interposer::app {
namespace {

struct Options {
  FleetOptions fleet;
  std::string a, b;
};

int work(const Options& o) {
  const auto fleet = fleet_plan(o.fleet);
  if (!fleet) return fail(fleet.error());
  const planner::Plan* plan = &fleet->plan;
  const auto a = planner::find_entry(*plan, o.a);
  if (!a) return fail(a.error());
  const auto b = planner::find_entry(*plan, o.b);
  if (!b) return fail(b.error());
  fmt::print("{}", o.fleet.common.json ? planner::compare_json(*plan, **a, **b) + "\n"
                                       : planner::compare_text(*plan, **a, **b));
  return kExitOk;
}

}  // namespace

void add_plan_compare(CLI::App* plan, Chosen* chosen) {
  auto options = std::make_shared<Options>();
  CLI::App* verb = subcommand(plan, "compare", "two boards or placements of one plan side by side",
                              "  interposer plan compare h200_sxm mi355x --model llama-3.1-70b "
                              "--rate 20/s --in 1000 --out 300",
                              &options->fleet.common);
  verb->add_option("A", options->a, "a board, or 'board placement' as the plan names it")
      ->required();
  verb->add_option("B", options->b, "the other")->required();
  add_fleet_verb_options(verb, &options->fleet);
  verb->callback([options, chosen] { chosen->work = [options] { return work(*options); }; });
}

}  // namespace interposer::app
