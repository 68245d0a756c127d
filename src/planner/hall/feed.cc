#include <fmt/format.h>

#include <cmath>

#include "planner/hall/parts.h"

namespace interposer::planner {
namespace {

// The PUE at full load: as given, else the site's, else that of the cooling method.
Cell<Ratio> pue_cell(const HallCards& cards, const HallOptions& options, Sheet* sheet) {
  if (options.pue) {
    return sheet->given("hall.pue", "facility power over IT power at full load",
                        Ratio(*options.pue));
  }
  const bool own = cards.site != nullptr && cards.site->field("pue") != nullptr;
  const Card* from = own ? cards.site : cards.cooling;
  return sheet->claimed<Ratio>("hall.pue", from->field("pue"), from->path() + "/pue");
}

Cell<Ratio> fixed_cell(const HallCards& cards, const HallOptions& options, Sheet* sheet) {
  const char* name = "hall.pue_fixed";
  if (options.pue_fixed) {
    return sheet->given(name, "share of the overhead that does not follow the load",
                        Ratio(*options.pue_fixed));
  }
  if (cards.site != nullptr && cards.site->field("pue_fixed") != nullptr) {
    return sheet->claimed<Ratio>(name, cards.site->field("pue_fixed"),
                                 cards.site->path() + "/pue_fixed");
  }
  return sheet->between(name, "share of the overhead that does not follow the load",
                        "no claim and not given (--pue-fixed): anything from none to all of it",
                        Ratio(0.0), Ratio(1.0));
}

Cell<Watts> ups_cell(const HallCards& cards, const HallOptions& options, Cell<Watts> by_feed,
                     Sheet* sheet) {
  const Redundancy redundancy = options.redundancy;
  const auto efficiency =
      sheet->claimed<Ratio>("hall.ups_efficiency", cards.electrical->field("ups_efficiency"),
                            field_path(cards.electrical, "power", "ups_efficiency"));
  const auto loss =
      sheet->claimed<Ratio>("hall.distribution_loss", cards.electrical->field("distribution_loss"),
                            field_path(cards.electrical, "power", "distribution_loss"));
  sheet->formula(
      "hall.electrical_loss", "lost between feed and racks; inside the PUE",
      "1 - ups efficiency * (1 - distribution loss)",
      [](Ratio e, Ratio l) { return 1 - e * (1 - l); }, efficiency, loss);
  if (!options.ups_module) {
    sheet->blank<Ratio>("hall.ups_modules", "UPS modules",
                        "no module given (--ups 6x400kW): the UPS is taken to fit the feed");
    return by_feed;
  }
  const auto each =
      sheet->given("hall.ups_module", "rating of one UPS module", *options.ups_module);
  const std::string name(redundancy_name(redundancy));
  Cell<Ratio> count;
  if (options.ups_count > 0) {
    count = sheet->given("hall.ups_modules", "UPS modules installed", Ratio(options.ups_count));
  } else {
    count = sheet->formula(
        "hall.ups_modules", "UPS modules to install, " + name,
        "ceil(it / (1 - distribution loss) / module), then " + name,
        [redundancy](Watts it, Ratio l, Watts m) {
          return ups_modules(it / (1 - l), m, redundancy);
        },
        by_feed, loss, each);
  }
  const auto by_ups = sheet->formula(
      "hall.it_by_ups", "IT power that the UPS carries, " + name,
      "modules left when " + name + " is used up * rating * (1 - distribution loss)",
      [redundancy](Ratio n, Watts m, Ratio l) {
        return ups_capacity(n.base(), m, redundancy) * (1 - l);
      },
      count, each, loss);
  return sheet->formula(
      "hall.it_power", "usable IT power", "min(by feed, by UPS)",
      [](Watts a, Watts b) { return a < b ? a : b; }, by_feed, by_ups);
}

}  // namespace

void add_feed(const HallCards& cards, const HallOptions& options, HallCells* c, Sheet* sheet) {
  const auto feed = sheet->given("hall.feed", "utility feed", options.feed);
  const auto derate =
      options.continuous
          ? sheet->given("hall.breaker_derate", "the feed is rated for continuous load", Ratio(1.0))
          : sheet->claimed<Ratio>("hall.breaker_derate", cards.electrical->field("breaker_derate"),
                                  field_path(cards.electrical, "power", "breaker_derate"));
  c->usable = sheet->formula(
      "hall.usable_feed", "continuous load that the feed allows", "feed * breaker derate",
      [](Watts f, Ratio d) { return f * d.base(); }, feed, derate);
  c->pue = pue_cell(cards, options, sheet);
  c->pue_fixed = fixed_cell(cards, options, sheet);
  const auto by_feed = sheet->formula(
      "hall.it_by_feed", "IT power that the feed carries at full load", "usable feed / PUE",
      [](Watts f, Ratio p) { return f / p.base(); }, c->usable, c->pue);
  c->it_power = ups_cell(cards, options, by_feed, sheet);
  if (sheet->find("hall.it_power") < 0) {
    c->it_power = sheet->formula(
        "hall.it_power", "usable IT power", "by feed", [](Watts w) { return w; }, by_feed);
  }
}

void add_mean_power(const HallCards& cards, const HallOptions& options, HallCells* c,
                    Sheet* sheet) {
  const char* what = "mean power of the boards over what is provisioned";
  if (options.load) {
    c->load = sheet->given("hall.load", what, Ratio(*options.load));
  } else {
    const auto floor = central(cards.board->field("power_floor"));
    const auto provisioned = central(cards.board->field("power_provisioned"));
    const double least = floor && provisioned ? *floor / *provisioned : 0.0;
    c->load = sheet->between("hall.load", what,
                             "not given (--load): anything from the idle floor to all of it",
                             Ratio(least), Ratio(1.0));
  }
  const auto mean = sheet->formula(
      "hall.it_mean", "IT power on average", "boards' power * load",
      [](Watts b, Ratio l) { return b * l.base(); }, c->boards_power, c->load);
  const auto design = sheet->formula(
      "hall.design_load", "mean IT power over usable IT power", "it mean / it power",
      [](Watts m, Watts i) { return m / i; }, mean, c->it_power);
  const auto part = sheet->formula(
      "hall.pue_mean", "PUE at that part load", "1 + (PUE - 1) (fixed / load + 1 - fixed)",
      [](Ratio p, Ratio f, Ratio u) { return pue_at(p.base(), f.base(), u.base()); }, c->pue,
      c->pue_fixed, design);
  c->mean_facility = sheet->formula(
      "hall.facility_mean", "power from the feed on average", "it mean * PUE at part load",
      [](Watts m, Ratio p) { return m * p.base(); }, mean, part);
  c->peak_facility = sheet->formula(
      "hall.facility_peak", "power from the feed when every board draws what is provisioned",
      "boards' power * PUE", [](Watts b, Ratio p) { return b * p.base(); }, c->boards_power,
      c->pue);
}

}  // namespace interposer::planner
