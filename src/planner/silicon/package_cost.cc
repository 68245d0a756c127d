#include "planner/silicon/package_cost.h"

#include <fmt/format.h>

#include "planner/units/unit.h"

namespace interposer::planner {
namespace {

struct WaferCells {
  Cell<Metres> diameter, edge, scribe;
  Cell<Ratio> cluster;
  Cell<SquareMetres> area;
  Cell<PerSquareMetre> defects;
  Cell<Ratio> dies, yield;
};

std::string field_id(const Card* card, const char* name) { return card->path() + "/" + name; }

template <class Q>
Cell<Q> claimed(Sheet* sheet, const char* name, const Card* card, const char* field) {
  return sheet->claimed<Q>(name, card->field(field), field_id(card, field));
}

// The middle of a cell, for checks before the sheet is filled further; 0 when blank.
template <class Q>
double centre(const Sheet& sheet, Cell<Q> cell) {
  return sheet[cell].blank.empty() ? sheet.range(cell).p50 : 0;
}

Cell<Ratio> add_yield(const SiliconOptions& options, WaferCells* w, Sheet* sheet) {
  if (options.tolerated) {
    const auto k = sheet->given("silicon.tolerated_defects", "defects that spare units absorb",
                                Ratio(static_cast<double>(*options.tolerated)));
    return sheet->formula(
        "silicon.yield", "dies that can be sold", "P(defects <= tolerated), Poisson",
        [](SquareMetres a, PerSquareMetre d, Ratio n) {
          return die_yield_with_spares(a, d, static_cast<std::int64_t>(n.base()));
        },
        w->area, w->defects, k);
  }
  const YieldModel model = options.model;
  const auto perfect = sheet->formula(
      "silicon.yield_perfect", "dies without a defect",
      fmt::format("{} yield of die area and defect density", yield_model_name(model)),
      [model](SquareMetres a, PerSquareMetre d, Ratio alpha) {
        return die_yield(model, a, d, alpha.base());
      },
      w->area, w->defects, w->cluster);
  const auto harvest = sheet->given("silicon.harvest", "failed dies sold with units off",
                                    Ratio(options.harvest.value_or(0)));
  return sheet->formula(
      "silicon.yield", "dies that can be sold", "Y + (1 - Y) * harvest",
      [](Ratio y, Ratio h) { return harvested_yield(y.base(), h.base()); }, perfect, harvest);
}

Status check_die(const Card& board, const SiliconOptions& options, const WaferCells& w,
                 const Sheet& sheet) {
  if (!sheet[w.area].blank.empty()) return {};
  const SquareMetres area(centre(sheet, w.area));
  const WaferGeometry wafer{Metres(centre(sheet, w.diameter)), Metres(centre(sheet, w.edge)),
                            Metres(centre(sheet, w.scribe))};
  if (gross_dies(area, wafer) < 1) {
    return make_error(Code::kInvalidArgument,
                      fmt::format("a die of {} does not fit on the wafer of {}",
                                  format_in(area.base(), *parse_unit("mm^2")), board.title),
                      "give the area of one die in mm^2", "silicon");
  }
  if (options.tolerated || !sheet[w.defects].blank.empty()) return {};
  const PerSquareMetre defects(centre(sheet, w.defects));
  const double yield = die_yield(YieldModel::kPoisson, area, defects);
  if (yield >= kYieldMin) return {};
  return make_error(
      Code::kInvalidArgument,
      fmt::format("{}: a die of {} without redundancy yields {:.0e}", board.title,
                  format_in(area.base(), *parse_unit("mm^2")), yield),
      fmt::format(
          "such a chip carries spare units: give --tolerated-defects (it meets about {:.0f} "
          "defects)",
          area.base() * defects.base()),
      "silicon");
}

void add_package(const Catalogue& catalogue, const Card& board, Cell<Dollars> logic, Sheet* sheet) {
  const Card* cowos = catalogue.find("foundries", "cowos");
  const Card* stack = catalogue.find("hbm", board.tag("memory"));
  Cell<Dollars> hbm;
  if (board.field("memory") == nullptr && board.field("sram") != nullptr) {
    hbm =
        sheet->given("silicon.hbm_cost", "no memory stacks: the model is kept in SRAM", Dollars(0));
  } else {
    const auto memory = claimed<Bytes>(sheet, "silicon.memory", &board, "memory");
    const auto price = sheet->claimed<DollarsPerByte>(
        "silicon.hbm_price", stack != nullptr ? stack->field("price_per_byte") : nullptr,
        "hbm/" + (stack != nullptr ? stack->id : std::string("?")) + "/price_per_byte");
    hbm = sheet->formula(
        "silicon.hbm_cost", "memory stacks", "memory * price by capacity",
        [](Bytes m, DollarsPerByte p) { return m * p; }, memory, price);
  }
  if (cowos == nullptr) return;
  const auto assembly = claimed<Dollars>(sheet, "silicon.packaging", cowos, "package_price");
  const auto loss = claimed<Dollars>(sheet, "silicon.package_loss", cowos, "package_loss");
  const auto other = claimed<Dollars>(sheet, "silicon.other", cowos, "other_cost");
  sheet->formula(
      "silicon.cost", "cost of making one package", "logic + HBM + packaging + losses + other",
      [](Dollars l, Dollars h, Dollars a, Dollars lost, Dollars o) { return l + h + a + lost + o; },
      logic, hbm, assembly, loss, other);
}

}  // namespace

Status add_package_cost(const Catalogue& catalogue, const Card& board,
                        const SiliconOptions& options, Sheet* sheet) {
  const std::string node_name = options.node.empty() ? board.tag("node") : options.node;
  if (node_name.empty()) {
    return make_error(Code::kNotFound, board.title + ": no source says on which node it is made",
                      "give --node (plan landscape --layer foundry lists them)", "silicon");
  }
  IP_TRY(const Card* node, catalogue.get("foundries", node_name));
  IP_TRY(const Card* geometry, catalogue.get("foundries", "yield"));
  WaferCells w;
  w.diameter = claimed<Metres>(sheet, "silicon.wafer_diameter", geometry, "wafer_diameter");
  w.edge = claimed<Metres>(sheet, "silicon.wafer_edge", geometry, "edge");
  w.scribe = claimed<Metres>(sheet, "silicon.scribe", geometry, "scribe");
  w.cluster = claimed<Ratio>(sheet, "silicon.cluster", geometry, "cluster");
  w.area = options.area ? sheet->given("silicon.die_area", "of one die", *options.area)
                        : claimed<SquareMetres>(sheet, "silicon.die_area", &board, "die_area");
  w.defects = claimed<PerSquareMetre>(sheet, "silicon.defect_density", node, "defect_density");
  IP_OK(check_die(board, options, w, *sheet));
  w.dies = sheet->formula(
      "silicon.dies_per_wafer", "whole dies on a wafer",
      "pi (d/2)^2 / A - pi d / sqrt(2 A), A with scribe, d without edge",
      [](SquareMetres a, Metres d, Metres e, Metres s) { return gross_dies(a, {d, e, s}); }, w.area,
      w.diameter, w.edge, w.scribe);
  w.yield = add_yield(options, &w, sheet);
  const auto price = claimed<Dollars>(sheet, "silicon.wafer_price", node, "wafer_price");
  const auto die = sheet->formula(
      "silicon.die_cost", "one good die", "wafer price / (dies * yield)",
      [](Dollars p, Ratio n, Ratio y) { return p / (n * y); }, price, w.dies, w.yield);
  const auto count = claimed<Ratio>(sheet, "silicon.dies", &board, "dies");
  const auto logic = sheet->formula(
      "silicon.logic_cost", "compute dies of a package", "dies * die cost",
      [](Ratio n, Dollars c) { return c * n.base(); }, count, die);
  const auto carbon = claimed<Co2PerSquareMetre>(sheet, "silicon.carbon_by_area", node, "carbon");
  sheet->formula(
      "silicon.logic_carbon", "emissions of making the compute dies",
      "wafer area * carbon by area * dies / (dies per wafer * yield); HBM and CoWoS have no source",
      [](Metres d, Co2PerSquareMetre c, Ratio n, Ratio per_wafer, Ratio y) {
        return d * d * (3.14159265358979323846 / 4) * c * (n / (per_wafer * y));
      },
      w.diameter, carbon, count, w.dies, w.yield);
  add_package(catalogue, board, logic, sheet);
  return {};
}

}  // namespace interposer::planner
