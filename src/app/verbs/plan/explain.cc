#include "planner/sheet/explain.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "app/exit_codes.h"
#include "app/output/terminal.h"
#include "app/verbs/plan/plan.h"
#include "base/json.h"

namespace interposer::app {
namespace {

Result<std::string> explained(const std::string& number, const PlanFlags& flags) {
  IP_TRY(const auto catalogue, plan_catalogue(flags));
  if (number.find('/') != std::string::npos) return planner::explain_field(*catalogue, number);
  const std::string kind = number.substr(0, number.find('.'));
  if (kind != "hall" && kind != "site" && kind != "silicon") {
    return make_error(
        Code::kInvalidArgument, "'" + number + "' names no number",
        "write boards/h100_sxm/power, hall.it_power, site.first_watt or silicon.cost");
  }
  planner::Sheet sheet(static_cast<std::size_t>(flags.draws),
                       static_cast<std::uint64_t>(flags.seed));
  IP_OK(fill_sheet(kind, flags, *catalogue, &sheet));
  return planner::explain_text(sheet, *catalogue, number);
}

int work(const std::string& number, const PlanFlags& flags, bool json) {
  auto text = explained(number, flags);
  if (!text) return fail(text.error());
  if (json) {
    JsonWriter out;
    out.begin_object().field("number", number).field("explanation", *text).end_object();
    fmt::print("{}\n", out.str());
  } else {
    fmt::print("{}", *text);
  }
  return kExitOk;
}

}  // namespace

void add_plan_explain(CLI::App* plan, Chosen* chosen) {
  auto common = std::make_shared<Common>();
  auto flags = std::make_shared<PlanFlags>();
  auto number = std::make_shared<std::string>();
  CLI::App* verb =
      subcommand(plan, "explain", "walk from a number to its formulas and claims",
                 "  interposer plan explain boards/b200_sxm/memory\n"
                 "  interposer plan explain hall.it_power --power 2MW --board b200_sxm",
                 common.get());
  verb->add_option("number", *number, "folder/card/field, or a number of a plan")->required();
  add_common_options(verb, flags.get());
  add_hall_options(verb, flags.get());
  verb->add_option("--node", flags->node, "of plan silicon");
  verb->add_option("--area", flags->area, "of plan silicon");
  verb->add_option("--harvest", flags->harvest, "of plan silicon");
  verb->add_option("--tolerated-defects", flags->tolerated, "of plan silicon");
  verb->add_option("--yield", flags->yield_model, "of plan silicon");
  verb->add_option("--power-factor", flags->power_factor, "of plan site");
  verb->add_option("--use", flags->use, "of plan site");
  verb->add_option("--transformer", flags->transformer, "of plan site");
  verb->callback([common, flags, number, chosen] {
    chosen->work = [common, flags, number] { return work(*number, *flags, common->json); };
  });
}

}  // namespace interposer::app
