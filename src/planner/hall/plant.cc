#include <fmt/format.h>

#include <cmath>

#include "planner/cooling/loop.h"
#include "planner/hall/parts.h"

namespace interposer::planner {

void add_liquid(const HallCards& cards, const HallOptions& options, HallCells* c, Sheet* sheet) {
  const Card* method = cards.cooling;
  const Card* wet =
      cards.site != nullptr && cards.site->field("wue") != nullptr ? cards.site : method;
  const auto water =
      sheet->claimed<CubicMetresPerJoule>("hall.wue", wet->field("wue"), wet->path() + "/wue");
  const auto claimed = [&](const char* name) {
    return sheet->claimed<Ratio>(std::string("hall.") + name, method->field(name),
                                 method->path() + "/" + name);
  };
  const auto fraction = claimed("liquid_fraction");
  const auto heat = sheet->formula(
      "hall.liquid_heat", "heat that the liquid takes", "boards' power * liquid fraction",
      [](Watts p, Ratio f) { return p * f.base(); }, c->boards_power, fraction);
  sheet->formula(
      "hall.reuse_heat", "heat in the liquid on average, to be reused", "liquid heat * load",
      [](Watts h, Ratio l) { return h * l.base(); }, heat, c->load);
  sheet->formula(
      "hall.water_year", "water that the facility uses in a year",
      "boards' power * load * year * water by IT energy",
      [](Watts p, Ratio l, CubicMetresPerJoule w) { return p * l.base() * kYear * w; },
      c->boards_power, c->load, water);
  sheet->formula(
      "hall.air_heat", "heat that is left to the air", "boards' power - liquid heat",
      [](Watts p, Watts h) { return p - h; }, c->boards_power, heat);
  const auto density =
      sheet->claimed<MassDensity>("hall.coolant_density", cards.fluid->field("fluid_density"),
                                  cards.fluid->path() + "/fluid_density");
  const auto specific =
      sheet->claimed<SpecificHeat>("hall.coolant_heat", cards.fluid->field("specific_heat"),
                                   cards.fluid->path() + "/specific_heat");
  const auto rise = sheet->given("hall.rise", "temperature rise of the coolant", options.rise);
  const auto flow = sheet->formula(
      "hall.flow", "coolant flow", "P / (rho c dT)",
      [](Watts p, MassDensity r, SpecificHeat h, Kelvins t) { return p / (r * h * t); }, heat,
      density, specific, rise);
  const auto pressure = sheet->claimed<Pascals>("hall.pressure", method->field("pressure"),
                                                method->path() + "/pressure");
  const auto efficiency = claimed("pump_efficiency");
  sheet->formula(
      "hall.pump_power", "power of the pumps at design flow", "Q dp / eta",
      [](CubicMetresPerSecond q, Pascals dp, Ratio e) { return pump_power(q, dp, e.base()); }, flow,
      pressure, efficiency);
  const auto unit = sheet->claimed<Watts>("hall.cdu_capacity", method->field("cdu_capacity"),
                                          method->path() + "/cdu_capacity");
  sheet->formula(
      "hall.cdus", "coolant units, one of them spare", "ceil(liquid heat / capacity of one) + 1",
      [](Watts h, Watts u) { return coolant_units(h, u); }, heat, unit);
}

void add_fabric(const Catalogue& catalogue, const HallOptions& options, HallCells* c,
                Sheet* sheet) {
  const auto radix =
      sheet->given("hall.radix", "ports of a scale-out switch", Ratio(options.radix));
  const auto leaves = sheet->formula(
      "hall.leaf_switches", "switches that boards plug into, half their ports up",
      "ceil(boards / (radix / 2))", [](Ratio b, Ratio r) { return std::ceil(b / (r / 2)); },
      c->boards, radix);
  const auto spines = sheet->formula(
      "hall.spine_switches", "switches above them; two tiers hold radix^2 / 2 boards",
      "ceil(leaves / 2), none above one leaf",
      [](Ratio l, Ratio r) { return l <= 1  ? 0.0
                                    : l > r ? std::nan("")
                                            : std::ceil(l / 2); },
      leaves, radix);
  const auto optics = sheet->formula(
      "hall.transceivers", "transceivers: both ends of every link",
      "2 (boards + leaves * radix / 2), one tier: 2 boards",
      [](Ratio b, Ratio l, Ratio s, Ratio r) { return 2 * (b + (s > 0 ? l * r / 2 : 0.0)); },
      c->boards, leaves, spines, radix);
  const Card* network = catalogue.find("networking", "scale_out_800g");
  const auto watts = sheet->claimed<Watts>(
      "hall.transceiver_power", network != nullptr ? network->field("power_per_port") : nullptr,
      "networking/scale_out_800g/power_per_port");
  sheet->formula(
      "hall.optics_power", "power of the transceivers; inside the all-in power",
      "transceivers * power of one", [](Ratio n, Watts w) { return w * n.base(); }, optics, watts);
}

void add_failures(const HallCards& cards, const HallOptions& options, HallCells* c, Sheet* sheet) {
  const auto rate =
      sheet->claimed<PerSecond>("hall.failure_rate", cards.fleet->field("failure_rate"),
                                field_path(cards.fleet, "prices", "failure_rate"));
  sheet->formula(
      "hall.failures", "boards that fail in a year", "boards * failure rate * year",
      [](Ratio b, PerSecond r) { return b * r.base() * kYear.base(); }, c->boards, rate);
  const auto repair =
      sheet->given("hall.repair", "until a failed board is back (--repair)", options.repair);
  const double miss = options.stock_out;
  const auto spares = sheet->formula(
      "hall.spares",
      fmt::format("spare boards; none left with a chance under {:.0f} %", 100 * miss),
      "Poisson quantile of boards * failure rate * repair",
      [miss](Ratio b, PerSecond r, Seconds t) { return spares_for(b.base(), r, t, miss); },
      c->boards, rate, repair);
  sheet->formula(
      "hall.boards_to_buy", "boards and spares", "boards + spares",
      [](Ratio b, Ratio s) { return b + s; }, c->boards, spares);
}

}  // namespace interposer::planner
