#include <fmt/format.h>

#include "app/exit_codes.h"
#include "app/output/answer.h"
#include "app/verbs/plan/plan.h"
#include "planner/sheet/explain.h"

namespace interposer::app {

Status fill_sheet(const std::string& kind, const PlanFlags& flags,
                  const planner::Catalogue& catalogue, planner::Sheet* sheet) {
  if (kind == "hall") {
    IP_TRY(const planner::HallOptions options, hall_options(flags));
    return planner::add_hall(catalogue, options, sheet);
  }
  if (kind == "site") {
    IP_TRY(const planner::SiteOptions options, site_options(flags));
    return planner::add_site(catalogue, options, sheet);
  }
  IP_TRY(const planner::SiliconOptions options, silicon_options(flags));
  IP_TRY(const planner::Card* board, catalogue.get("boards", flags.board));
  return planner::add_package_cost(catalogue, *board, options, sheet);
}

int show_plan(const std::string& kind, const PlanFlags& flags, bool json) {
  auto catalogue = plan_catalogue(flags);
  if (!catalogue) return fail(catalogue.error());
  planner::Sheet sheet(static_cast<std::size_t>(flags.draws),
                       static_cast<std::uint64_t>(flags.seed));
  if (Status filled = fill_sheet(kind, flags, **catalogue, &sheet); !filled) {
    return fail(filled.error());
  }
  if (json) {
    fmt::print("{}\n", planner::sheet_json(sheet, **catalogue));
  } else {
    fmt::print("{}", format_table(planner::table_rows(sheet)));
    fmt::print(
        "\ncatalogue {}; interposer plan explain NUMBER (with the same options) shows its "
        "formulas and claims\n",
        (*catalogue)->digest());
  }
  return kExitOk;
}

}  // namespace interposer::app
