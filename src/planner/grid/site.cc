#include "planner/grid/site.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace interposer::planner {
namespace {

struct Lead {
  const char* name;
  const char* what;
  const Field* field;
  std::string id;
};

// The latest of the lead times that are known; a blank one is told beside it, not guessed.
void add_dates(const Catalogue& catalogue, const Card& site, Sheet* sheet) {
  const auto grid = [&](const char* id) { return catalogue.find("grid", id); };
  const auto lead = [](const Card* card) {
    return card != nullptr ? card->field("lead_time") : nullptr;
  };
  const Card* cowos = catalogue.find("foundries", "cowos");
  const Lead leads[] = {
      {"site.lead_interconnect", "from request to energisation", site.field("interconnect"),
       site.path() + "/interconnect"},
      {"site.lead_transformer", "substation transformers", lead(grid("substation_transformer")),
       "grid/substation_transformer/lead_time"},
      {"site.lead_power_transformer", "large power transformers", lead(grid("power_transformer")),
       "grid/power_transformer/lead_time"},
      {"site.lead_boards", "packaging of the boards (CoWoS)", lead(cowos),
       "foundries/cowos/lead_time"},
  };
  std::vector<Cell<Seconds>> known;
  for (const Lead& one : leads) {
    const auto cell = sheet->claimed<Seconds>(one.name, one.field, one.id);
    if ((*sheet)[cell].blank.empty()) known.push_back(cell);
  }
  if (known.empty()) {
    sheet->blank<Seconds>("site.first_watt", "until the first watt", "no lead time is known");
    return;
  }
  Cell<Seconds> latest = known[0];
  for (std::size_t i = 1; i < known.size(); ++i) {
    const std::string name =
        i + 1 == known.size() ? "site.first_watt" : "site.latest_" + std::to_string(i);
    latest = sheet->formula(
        name, "until the first watt: everything has come", "the latest so far",
        [](Seconds a, Seconds b) { return a > b ? a : b; }, latest, known[i]);
  }
  for (const Cell<Seconds>& cell : known) {
    const std::string name = (*sheet)[cell].name;
    double last = 0;
    for (std::size_t d = 0; d < sheet->size(); ++d) {
      last += (*sheet)[cell].at(d) >= (*sheet)[latest].at(d) ? 1 : 0;
    }
    sheet->modelled<Ratio>(name + ".is_last", "how often this is what all wait for",
                           "share of the draws", {last / static_cast<double>(sheet->size())});
  }
}

}  // namespace

Status add_site(const Catalogue& catalogue, const SiteOptions& options, Sheet* sheet) {
  if (!(options.it.base() > 0)) {
    return make_error(Code::kInvalidArgument, "a site needs an IT power above 0 W",
                      "give --power 100MW", "site");
  }
  IP_TRY(const Card* site, catalogue.get("sites", options.site));
  IP_TRY(const Card* cooling, catalogue.get("cooling", options.cooling));
  const auto it = sheet->given("site.it_power", "IT power to be", options.it);
  const Card* from = site->field("pue") != nullptr ? site : cooling;
  const auto pue =
      options.pue ? sheet->given("site.pue", "facility power over IT power", Ratio(*options.pue))
                  : sheet->claimed<Ratio>("site.pue", from->field("pue"), from->path() + "/pue");
  const auto facility = sheet->formula(
      "site.facility_power", "power that the grid must bring", "it * PUE",
      [](Watts w, Ratio p) { return w * p.base(); }, it, pue);
  const auto factor =
      options.power_factor
          ? sheet->given("site.power_factor", "watts over volt-amperes",
                         Ratio(*options.power_factor))
          : sheet->between("site.power_factor", "watts over volt-amperes",
                           "no claim and not given (--power-factor)", Ratio(0.9), Ratio(1.0));
  const auto use = sheet->given("site.transformer_use", "of a transformer at the peak (--use)",
                                Ratio(options.utilisation));
  const auto va = sheet->formula(
      "site.substation", "rating of the substation, VA", "facility / (power factor * use)",
      [](Watts f, Ratio pf, Ratio u) { return f / (pf * u); }, facility, factor, use);
  if (options.transformer) {
    const auto each = sheet->given("site.transformer", "rating of one, VA", *options.transformer);
    sheet->formula(
        "site.transformers", "transformers, one of them spare", "ceil(substation / rating) + 1",
        [](Watts v, Watts t) { return std::ceil(v / t) + 1; }, va, each);
  }
  sheet->claimed<Co2PerJoule>("site.carbon", site->field("carbon"), site->path() + "/carbon");
  sheet->claimed<DollarsPerJoule>("site.tariff", site->field("tariff"), site->path() + "/tariff");
  sheet->claimed<CubicMetresPerJoule>("site.wue", site->field("wue"), site->path() + "/wue");
  add_dates(catalogue, *site, sheet);
  return {};
}

}  // namespace interposer::planner
