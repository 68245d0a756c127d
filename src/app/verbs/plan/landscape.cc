#include "planner/landscape/landscape.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "app/exit_codes.h"
#include "app/output/answer.h"
#include "app/verbs/plan/plan.h"
#include "base/json.h"

namespace interposer::app {
namespace {

using planner::LandscapeEntry;

void print_json(const std::vector<LandscapeEntry>& entries) {
  JsonWriter out;
  out.begin_array();
  for (const LandscapeEntry& e : entries) {
    out.begin_object().field("kind", e.kind).field("id", e.id).field("title", e.title);
    out.field("layer", e.layer).field("region", e.region).field("status", e.status);
    out.field("says", e.says).field("source", e.source).end_object();
  }
  out.end_array();
  fmt::print("{}\n", out.str());
}

int work(const planner::LandscapeFilter& filter, const PlanFlags& flags, bool json) {
  auto catalogue = plan_catalogue(flags);
  if (!catalogue) return fail(catalogue.error());
  auto entries = planner::landscape(**catalogue, filter);
  if (!entries) return fail(entries.error());
  if (json) {
    print_json(*entries);
    return kExitOk;
  }
  std::vector<std::vector<std::string>> rows = {
      {"layer", "who", "kind", "region", "status", "says", "source"}};
  for (const LandscapeEntry& e : *entries) {
    rows.push_back({e.layer, e.title, e.kind, e.region, e.status, e.says, e.source});
  }
  fmt::print("{}", format_table(rows));
  return kExitOk;
}

}  // namespace

void add_plan_landscape(CLI::App* plan, Chosen* chosen) {
  auto common = std::make_shared<Common>();
  auto flags = std::make_shared<PlanFlags>();
  auto filter = std::make_shared<planner::LandscapeFilter>();
  CLI::App* verb = subcommand(plan, "landscape", "who is in the chain, and who is entering it",
                              "  interposer plan landscape --status entrant\n"
                              "  interposer plan landscape --layer cooling --region Germany",
                              common.get());
  verb->add_option("--layer", filter->layer,
                   "lithography, materials, foundry, memory, boards, ...");
  verb->add_option("--region", filter->region, "a country: Taiwan");
  verb->add_option("--status", filter->status,
                   "established, entrant, deal, buyable, rentable, ...");
  add_common_options(verb, flags.get());
  verb->callback([common, flags, filter, chosen] {
    chosen->work = [common, flags, filter] { return work(*filter, *flags, common->json); };
  });
}

}  // namespace interposer::app
