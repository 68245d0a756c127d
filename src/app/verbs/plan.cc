// interposer plan: from wafer to hall. `plan --power` fills a hall; the subcommands answer the
// rest.
#include <CLI/CLI.hpp>
#include <memory>

#include "app/exit_codes.h"
#include "app/verb.h"
#include "app/verbs/plan/fleet.h"
#include "app/verbs/plan/plan.h"

namespace interposer::app {

void add_plan(CLI::App* app, Chosen* chosen) {
  auto common = std::make_shared<Common>();
  auto flags = std::make_shared<PlanFlags>();
  CLI::App* verb =
      subcommand(app, "plan", "which boards, how many, at what power, cooling and cost, by when",
                 "  interposer plan --power 2MW --board b200_sxm --site us --rack 40kW --load 60%\n"
                 "  interposer plan --model llama-3.1-70b --rate 20/s --in 1000 --out 300 "
                 "--slo ttft_p99=2s,tpot_p99=50ms\n"
                 "  interposer plan landscape --status entrant\n"
                 "  interposer plan supply --without \"SK hynix\"\n"
                 "  interposer plan silicon --board b200_sxm\n"
                 "  interposer plan site --power 100MW --site us_pjm\n"
                 "  interposer plan explain boards/b200_sxm/memory",
                 common.get());
  add_common_options(verb, flags.get());
  add_hall_options(verb, flags.get());
  auto fleet = std::make_shared<FleetOptions>();
  add_fleet_options(verb, fleet.get());
  verb->require_subcommand(0, 1);
  verb->callback([common, flags, fleet, chosen] {
    if (chosen->work) return;  // a subcommand has taken it
    if (!fleet->model.empty()) {
      fleet->common = *common;
      fleet->plan = *flags;
      chosen->work = [fleet] { return run_plan_fleet(*fleet); };
      return;
    }
    chosen->work = [common, flags] { return show_plan("hall", *flags, common->json); };
  });
  add_plan_landscape(verb, chosen);
  add_plan_supply(verb, chosen);
  add_plan_silicon(verb, chosen);
  add_plan_site(verb, chosen);
  add_plan_explain(verb, chosen);
  add_plan_compare(verb, chosen);
  add_plan_sensitivity(verb, chosen);
  add_plan_router(verb, chosen);
  add_plan_deploy(verb, chosen);
  add_plan_vs_actual(verb, chosen);
  add_plan_calibrate(verb, chosen);
}

}  // namespace interposer::app
