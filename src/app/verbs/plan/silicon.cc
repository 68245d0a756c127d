#include <CLI/CLI.hpp>

#include "app/verbs/plan/plan.h"

namespace interposer::app {

void add_plan_silicon(CLI::App* plan, Chosen* chosen) {
  auto common = std::make_shared<Common>();
  auto flags = std::make_shared<PlanFlags>();
  CLI::App* verb = subcommand(plan, "silicon", "from wafer to package: dies, yield, cost",
                              "  interposer plan silicon --board b200_sxm\n"
                              "  interposer plan silicon --board cerebras_wse3 "
                              "--tolerated-defects 100",
                              common.get());
  add_common_options(verb, flags.get());
  add_silicon_options(verb, flags.get());
  verb->callback([common, flags, chosen] {
    chosen->work = [common, flags] { return show_plan("silicon", *flags, common->json); };
  });
}

void add_plan_site(CLI::App* plan, Chosen* chosen) {
  auto common = std::make_shared<Common>();
  auto flags = std::make_shared<PlanFlags>();
  CLI::App* verb =
      subcommand(plan, "site", "substation, transformers and the date of the first watt",
                 "  interposer plan site --power 100MW --site us_pjm "
                 "--transformer 60MVA",
                 common.get());
  add_common_options(verb, flags.get());
  add_site_options(verb, flags.get());
  verb->callback([common, flags, chosen] {
    chosen->work = [common, flags] { return show_plan("site", *flags, common->json); };
  });
}

}  // namespace interposer::app
