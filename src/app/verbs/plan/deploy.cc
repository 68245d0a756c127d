// interposer plan deploy: how to start the engines of the chosen placement.
#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "app/exit_codes.h"
#include "app/verbs/plan/fleet.h"
#include "base/json.h"
#include "planner/report/enforce.h"
#include "planner/report/plan_text.h"

namespace interposer::app {
namespace {

struct Options {
  FleetOptions fleet;
  std::string entry;
  bool manifest = false;
};

Result<const planner::Entry*> chosen_entry(const planner::Plan& plan, const std::string& name) {
  if (!name.empty()) return planner::find_entry(plan, name);
  if (plan.best) return &plan.entries[*plan.best];
  return make_error(Code::kFailedPrecondition, "the plan recommends nothing to deploy",
                    plan.notes.empty() ? "loosen the limits" : plan.notes.back());
}

int work(const Options& o) {
  const auto fleet = fleet_plan(o.fleet);
  if (!fleet) return fail(fleet.error());
  const planner::Plan* plan = &fleet->plan;
  const auto entry = chosen_entry(*plan, o.entry);
  if (!entry) return fail(entry.error());
  const auto commands = planner::launch_commands(*plan, **entry);
  if (!commands) return fail(commands.error());
  const auto manifest = planner::deploy_manifest(*plan, **entry);
  if (!manifest) return fail(manifest.error());
  if (o.fleet.common.json) {
    JsonWriter out;
    out.begin_object().field("replicas", (*entry)->replicas);
    out.field("prefill_replicas", (*entry)->prefill_replicas).key("commands").begin_array();
    for (const std::string& command : *commands) out.string(command);
    out.end_array().field("manifest", *manifest).end_object();
    fmt::print("{}\n", out.str());
  } else if (o.manifest) {
    fmt::print("{}", *manifest);
  } else {
    for (const std::string& command : *commands) fmt::print("{}\n", command);
  }
  return kExitOk;
}

}  // namespace

void add_plan_deploy(CLI::App* plan, Chosen* chosen) {
  auto options = std::make_shared<Options>();
  CLI::App* verb = subcommand(plan, "deploy", "launch flags and manifest of the chosen placement",
                              "  interposer plan deploy --engine vllm --model llama-3.1-70b "
                              "--rate 20/s --in 1000 --out 300 --manifest",
                              &options->fleet.common);
  add_fleet_verb_options(verb, &options->fleet);
  verb->add_option("--entry", options->entry, "an entry of the plan in place of the best");
  verb->add_flag("--manifest", options->manifest, "print the Kubernetes manifest");
  verb->callback([options, chosen] { chosen->work = [options] { return work(*options); }; });
}

}  // namespace interposer::app
