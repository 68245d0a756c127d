#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "planner/hall/parts.h"
#include "planner/money/cost.h"

namespace interposer::planner {
namespace {

Cell<Dollars> board_price(const Card& board, Sheet* sheet) {
  const Field* price = board.field("price");
  const Field* rack = board.field("rack_price");
  const Field* in_rack = board.field("rack_boards");
  if (price != nullptr || rack == nullptr || in_rack == nullptr) {
    return sheet->claimed<Dollars>("hall.board_price", price, board.path() + "/price");
  }
  const auto whole = sheet->claimed<Dollars>("hall.rack_price", rack, rack->id);
  const auto count = sheet->claimed<Ratio>("hall.rack_boards", in_rack, in_rack->id);
  return sheet->formula(
      "hall.board_price", "to buy one board", "rack price / boards in a rack",
      [](Dollars p, Ratio n) { return p / n.base(); }, whole, count);
}

Cell<DollarsPerJoule> energy_price(const HallCards& cards, const HallOptions& options,
                                   Sheet* sheet) {
  if (options.tariff) {
    return sheet->given("hall.tariff", "price of energy", *options.tariff);
  }
  if (options.hours && options.hours->tariff) {
    return sheet->given("hall.tariff", "price of energy, weighted by the load of each hour",
                        *options.hours->tariff);
  }
  const Field* field = cards.site != nullptr ? cards.site->field("tariff") : nullptr;
  return sheet->claimed<DollarsPerJoule>("hall.tariff", field,
                                         field_path(cards.site, "sites", "tariff"));
}

Cell<DollarsPerSecond> energy_costs(const HallCards& cards, const HallOptions& options,
                                    HallCells* c, Sheet* sheet) {
  const auto energy = sheet->formula(
      "hall.energy_cost", "energy", "facility mean * tariff",
      [](Watts w, DollarsPerJoule t) { return w * t; }, c->mean_facility,
      energy_price(cards, options, sheet));
  const Field* charge = cards.site != nullptr ? cards.site->field("demand_charge") : nullptr;
  Cell<DollarsPerJoule> demand;
  if (options.demand_charge) {
    demand =
        sheet->given("hall.demand_charge", "price of the month's peak", *options.demand_charge);
  } else if (charge != nullptr) {
    demand = sheet->claimed<DollarsPerJoule>("hall.demand_charge", charge, charge->id);
  } else {
    sheet->blank<DollarsPerSecond>("hall.demand_cost", "peak power by the month",
                                   "no demand charge given (--demand-charge) or claimed");
    return energy;
  }
  const auto peak = sheet->formula(
      "hall.demand_cost", "peak power by the month", "facility peak * demand charge",
      [](Watts w, DollarsPerJoule d) { return w * d; }, c->peak_facility, demand);
  return sheet->formula(
      "hall.power_cost", "energy and demand", "energy + demand",
      [](DollarsPerSecond a, DollarsPerSecond b) { return a + b; }, energy, peak);
}

void add_rent(const HallCards& cards, Cell<DollarsPerSecond> own, HallCells* c, Sheet* sheet) {
  const auto each = sheet->formula(
      "hall.board_hour", "owning one board, all in", "total / boards",
      [](DollarsPerSecond t, Ratio b) { return t / b.base(); }, own, c->boards);
  const auto rent = sheet->claimed<DollarsPerSecond>("hall.rent", cards.board->field("rent"),
                                                     field_path(cards.board, "boards", "rent"));
  sheet->formula(
      "hall.break_even", "hours of use over all hours from which owning is cheaper",
      "owning / renting by the hour",
      [](DollarsPerSecond o, DollarsPerSecond r) { return break_even_use(o, r); }, each, rent);
  const auto mean = sheet->formula(
      "hall.boards_mean", "boards that work on average, load as a share", "boards * load",
      [](Ratio b, Ratio l) { return b * l; }, c->boards, c->load);
  sheet->formula(
      "hall.own_base", "boards to own when the rest is rented to the burst",
      "those that work longer than owning / renting",
      [](Ratio b, Ratio m, DollarsPerSecond o, DollarsPerSecond r) {
        return std::floor(best_base(b.base(), m.base(), o, r));
      },
      c->boards, mean, each, rent);
}

void add_carbon(const HallCards& cards, const HallOptions& options, HallCells* c, Sheet* sheet) {
  Cell<Co2PerJoule> carbon;
  if (options.hours && options.hours->carbon) {
    carbon =
        sheet->given("hall.carbon_by_energy", "of the energy, weighted by the load of each hour",
                     *options.hours->carbon);
  } else {
    const Field* field = cards.site != nullptr ? cards.site->field("carbon") : nullptr;
    carbon = sheet->claimed<Co2PerJoule>("hall.carbon_by_energy", field,
                                         field_path(cards.site, "sites", "carbon"));
  }
  sheet->formula(
      "hall.carbon_year", "emissions of its energy in a year",
      "facility mean * year * carbon by energy",
      [](Watts w, Co2PerJoule k) { return w * kYear * k; }, c->mean_facility, carbon);
}

}  // namespace

void add_money(const HallCards& cards, const HallOptions& options, HallCells* c, Sheet* sheet) {
  const auto fleet = [&](const char* name) { return cards.fleet->field(name); };
  const auto path = [&](const char* name) { return field_path(cards.fleet, "prices", name); };
  const auto price = board_price(*cards.board, sheet);
  c->board_capex = sheet->formula(
      "hall.board_capex", "boards and spares", "boards to buy * price",
      [](Ratio n, Dollars p) { return p * n.base(); },
      Cell<Ratio>{sheet->find("hall.boards_to_buy")}, price);
  const auto by_watt = sheet->claimed<DollarsPerWatt>(
      "hall.facility_price", fleet("facility_per_watt"), path("facility_per_watt"));
  const auto facility = sheet->formula(
      "hall.facility_capex", "building, power and cooling", "it power * price of a watt",
      [](Watts w, DollarsPerWatt p) { return w * p; }, c->it_power, by_watt);
  const auto capex = sheet->formula(
      "hall.capex", "to be paid before the first token", "boards + facility",
      [](Dollars a, Dollars b) { return a + b; }, c->board_capex, facility);
  const auto rate = sheet->claimed<PerSecond>("hall.cost_of_capital", fleet("cost_of_capital"),
                                              path("cost_of_capital"));
  const auto life = sheet->claimed<Seconds>("hall.life_it", fleet("life_it"), path("life_it"));
  const auto building =
      sheet->claimed<Seconds>("hall.life_facility", fleet("life_facility"), path("life_facility"));
  const auto paid = sheet->formula(
      "hall.capital_cost", "capex over its lives, with interest",
      "annuity(boards, rate, life) + annuity(facility, rate, life)",
      [](Dollars b, Dollars f, PerSecond r, Seconds lb, Seconds lf) {
        return annuity(b, r, lb) + annuity(f, r, lf);
      },
      c->board_capex, facility, rate, life, building);
  const auto keep =
      sheet->claimed<PerSecond>("hall.maintenance", fleet("maintenance"), path("maintenance"));
  const auto upkeep = sheet->formula(
      "hall.maintenance_cost", "maintenance and staff", "capex * maintenance",
      [](Dollars k, PerSecond m) { return k * m; }, capex, keep);
  const auto power = energy_costs(cards, options, c, sheet);
  const auto total = sheet->formula(
      "hall.cost", "all in", "capital + maintenance + power",
      [](DollarsPerSecond a, DollarsPerSecond b, DollarsPerSecond e) { return a + b + e; }, paid,
      upkeep, power);
  sheet->formula(
      "hall.cost_year", "all in, a year", "cost * year",
      [](DollarsPerSecond a) { return a * kYear; }, total);
  add_rent(cards, total, c, sheet);
  add_carbon(cards, options, c, sheet);
}

void add_lead(const Catalogue& catalogue, const HallCards& cards, Sheet* sheet) {
  const Field* own = cards.board->field("lead_time");
  if (own != nullptr) {
    sheet->claimed<Seconds>("hall.lead_time", own, own->id);
    return;
  }
  const Card* cowos = catalogue.find("foundries", "cowos");
  const bool stacked =
      cards.board->field("hbm_stacks") != nullptr || cards.board->tag("memory").starts_with("hbm");
  sheet->claimed<Seconds>(
      "hall.lead_time", stacked && cowos != nullptr ? cowos->field("lead_time") : nullptr,
      stacked ? "foundries/cowos/lead_time" : cards.board->path() + "/lead_time");
}

void add_phases(const HallOptions& options, HallCells* c, Sheet* sheet) {
  for (std::size_t i = 0; i < options.phases.size(); ++i) {
    const std::string name = fmt::format("hall.phase{}", i + 1);
    const auto share =
        sheet->given(name + ".share", "of the boards", Ratio(options.phases[i].share));
    sheet->given(name + ".after", "from the start of the plan", options.phases[i].after);
    const auto boards = sheet->formula(
        name + ".boards", "boards that serve from then", "floor(boards * share)",
        [](Ratio b, Ratio s) { return std::floor(b * s); }, c->boards, share);
    sheet->formula(
        name + ".it_power", "IT power from then", "boards * power of one",
        [](Ratio b, Watts w) { return w * b.base(); }, boards, c->board_power);
    sheet->formula(
        name + ".capex", "paid for boards until then", "board capex * share",
        [](Dollars k, Ratio s) { return k * s.base(); }, c->board_capex, share);
  }
}

void add_mix(const HallOptions& options, HallCells* c, Sheet* sheet) {
  Cell<Ratio> sum;
  for (const MixModel& model : options.mix) {
    const std::string name = "hall.mix." + model.name;
    const auto peak = sheet->given(name + ".peak", "tokens to deliver at the peak", model.peak);
    const auto mean = sheet->given(name + ".mean", "tokens on average", model.mean);
    const auto each = sheet->given(name + ".per_board", "tokens of one board", model.per_board);
    const auto boards = sheet->formula(
        name + ".boards", "boards sized to the peak", "ceil(peak / per board)",
        [](TokensPerSecond p, TokensPerSecond b) { return std::ceil(p / b); }, peak, each);
    sheet->formula(
        name + ".use", "mean use of these boards", "mean / (boards * per board)",
        [](TokensPerSecond m, Ratio b, TokensPerSecond e) { return m / (e * b.base()); }, mean,
        boards, each);
    if (model.weights && model.load_rate) {
      const auto weights = sheet->given(name + ".weights", "to load into a board", *model.weights);
      const auto rate = sheet->given(name + ".load_rate", "at which they load", *model.load_rate);
      sheet->formula(
          name + ".cold_start", "until a board that starts serves", "weights / load rate",
          [](Bytes w, BytesPerSecond r) { return w / r; }, weights, rate);
    }
    const std::string so_far = name + ".sum";
    sum = sum.index < 0 ? sheet->formula(
                              so_far, "boards of the models so far", "boards",
                              [](Ratio b) { return b; }, boards)
                        : sheet->formula(
                              so_far, "boards of the models so far", "sum + boards",
                              [](Ratio s, Ratio b) { return s + b; }, sum, boards);
  }
  if (sum.index < 0) return;
  sheet->formula(
      "hall.mix_use", "boards of the models over those that the hall carries", "sum / boards",
      [](Ratio s, Ratio b) { return s / b; }, sum, c->boards);
}

}  // namespace interposer::planner
