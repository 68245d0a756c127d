#include <CLI/CLI.hpp>

#include "app/verbs/plan/plan.h"

namespace interposer::app {

void add_common_options(CLI::App* verb, PlanFlags* flags) {
  verb->add_option("--data", flags->data,
                   "a catalogue file of your own over the built-in one (may be given again)");
  verb->add_option("--quotes", flags->quotes, "offers that you hold: prices, rents, lead times");
  verb->add_option("--draws", flags->draws, "draws from the claims (default 2000)")
      ->check(CLI::Range(1, 100000));
  verb->add_option("--seed", flags->seed, "of the draws (default 1)")
      ->check(CLI::NonNegativeNumber);
}

void add_hall_options(CLI::App* verb, PlanFlags* flags) {
  const auto text = [&](const char* name, std::string* out, const char* help) {
    verb->add_option(name, *out, help);
  };
  text("--power", &flags->power, "the utility feed: 2MW");
  text("--board", &flags->board, "which board fills it: b200_sxm");
  text("--site", &flags->site, "where: a card of sites (plan explain sites/us/carbon)");
  verb->add_flag("--continuous", flags->continuous, "the feed is rated for continuous load");
  text("--pue", &flags->pue, "facility power over IT power at full load");
  text("--pue-fixed", &flags->pue_fixed, "part of the overhead that does not follow the load: 40%");
  text("--redundancy", &flags->redundancy, "of the UPS: N, N+1 (default) or 2N");
  text("--ups", &flags->ups, "UPS modules: 6x400kW, or 400kW for as many as it takes");
  text("--rack", &flags->rack, "power that a rack may draw: 40kW");
  text("--rack-floor", &flags->rack_floor, "floor under a rack: 0.72m^2");
  text("--load", &flags->load, "mean power of the boards over what is provisioned: 60%");
  text("--cap", &flags->cap, "power limit set over the board's own: 80%");
  text("--cooling", &flags->cooling, "direct_to_chip (default), air, immersion");
  text("--fluid", &flags->fluid, "pg25 (default), water");
  text("--rise", &flags->rise, "temperature rise of the coolant: 10K (default)");
  text("--radix", &flags->radix, "ports of a scale-out switch: 64 (default)");
  text("--repair", &flags->repair, "until a failed board is back: 14day (default)");
  text("--tariff", &flags->tariff, "price of energy: 0.08$/kWh");
  text("--demand-charge", &flags->demand_charge, "price of the month's peak: 15$/kW/month");
  text("--hours", &flags->hours, "CSV of hour, load, gco2e_per_kwh, usd_per_kwh");
  text("--phases", &flags->phases, "delivery: 50%@0month,100%@6month");
  text("--models", &flags->models, "several models in the hall: mix.yaml");
}

void add_site_options(CLI::App* verb, PlanFlags* flags) {
  verb->add_option("--power", flags->power, "IT power to be: 100MW");
  verb->add_option("--site", flags->site, "where: us, us_pjm, europe, ...");
  verb->add_option("--pue", flags->pue, "facility power over IT power at full load");
  verb->add_option("--cooling", flags->cooling, "direct_to_chip (default), air, immersion");
  verb->add_option("--power-factor", flags->power_factor, "watts over volt-amperes");
  verb->add_option("--use", flags->use, "of a transformer at the peak: 80% (default)");
  verb->add_option("--transformer", flags->transformer, "rating of one: 60MVA");
}

void add_silicon_options(CLI::App* verb, PlanFlags* flags) {
  verb->add_option("--board", flags->board, "whose package: b200_sxm");
  verb->add_option("--node", flags->node, "n7, n5, n4, n3, n2, a16 (default: the board's)");
  verb->add_option("--area", flags->area, "of one die: 814mm^2 (default: the board's)");
  verb->add_option("--harvest", flags->harvest, "failed dies sold with units off: 50%");
  verb->add_option("--tolerated-defects", flags->tolerated, "defects that spare units absorb");
  verb->add_option("--yield", flags->yield_model,
                   "negative_binomial (default), poisson, murphy, "
                   "seeds");
}

}  // namespace interposer::app
