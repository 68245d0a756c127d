// What the subcommands of `interposer plan` share. A plan is arithmetic over the compiled-in
// catalogue and the person's files: it needs no server, no home and no network.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/verb.h"
#include "planner/grid/site.h"
#include "planner/hall/hall.h"
#include "planner/silicon/package_cost.h"

namespace interposer::app {

inline constexpr std::size_t kPlanFileBytesMax = std::size_t{1} << 20;

// Options as they are written; each subcommand registers those that it takes.
struct PlanFlags {
  std::vector<std::string> data;  // --data FILE: catalogue files laid over the built-in one
  std::string quotes, models, hours;
  std::int64_t draws = 2000, seed = 1;
  std::string power, board, site, cooling, fluid, rise, redundancy, ups, rack, rack_floor, load,
      cap;
  std::string radix, repair, tariff, demand_charge, phases, pue, pue_fixed;
  bool continuous = false;
  std::string node, area, harvest, yield_model, power_factor, use, transformer;
  std::int64_t tolerated = -1;
};

void add_common_options(CLI::App* verb, PlanFlags* flags);
void add_hall_options(CLI::App* verb, PlanFlags* flags);
void add_site_options(CLI::App* verb, PlanFlags* flags);
void add_silicon_options(CLI::App* verb, PlanFlags* flags);

// The built-in catalogue with --data and --quotes over it.
Result<std::shared_ptr<const planner::Catalogue>> plan_catalogue(const PlanFlags& flags);
Result<std::string> read_plan_file(const std::string& path);

Result<planner::HallOptions> hall_options(const PlanFlags& flags);
Result<planner::SiteOptions> site_options(const PlanFlags& flags);
Result<planner::SiliconOptions> silicon_options(const PlanFlags& flags);

// Fills the sheet that `kind` ("hall", "site", "silicon") names.
Status fill_sheet(const std::string& kind, const PlanFlags& flags,
                  const planner::Catalogue& catalogue, planner::Sheet* sheet);

// Fills and prints it: a table, or JSON.
int show_plan(const std::string& kind, const PlanFlags& flags, bool json);

void add_plan_landscape(CLI::App* plan, Chosen* chosen);
void add_plan_supply(CLI::App* plan, Chosen* chosen);
void add_plan_silicon(CLI::App* plan, Chosen* chosen);
void add_plan_site(CLI::App* plan, Chosen* chosen);
void add_plan_explain(CLI::App* plan, Chosen* chosen);
void add_plan_calibrate(CLI::App* plan, Chosen* chosen);

}  // namespace interposer::app
