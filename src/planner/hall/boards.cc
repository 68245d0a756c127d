#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "planner/hall/parts.h"

namespace interposer::planner {
namespace {

struct Bounds {
  double low = 0, high = 0;
};

// All-in power over the board's own limit, as far as the catalogue knows both: what bounds a board
// of which only the limit is known.
Bounds all_in_over_limit(const Catalogue& catalogue) {
  Bounds bounds;
  for (const Card* card : catalogue.cards("boards")) {
    const auto all_in = central(card->field("power_provisioned"));
    const auto limit = central(card->field("power"));
    if (!all_in || !limit || *limit <= 0) continue;
    const double ratio = *all_in / *limit;
    bounds.low = bounds.low == 0 ? ratio : std::min(bounds.low, ratio);
    bounds.high = std::max(bounds.high, ratio);
  }
  return bounds;
}

Cell<Watts> provisioned(const Catalogue& catalogue, const Card& board, Sheet* sheet) {
  const Field* field = board.field("power_provisioned");
  const Field* rack = board.field("rack_power");
  const Field* in_rack = board.field("rack_boards");
  if (field == nullptr && rack != nullptr && in_rack != nullptr) {
    const auto power = sheet->claimed<Watts>("hall.rack_claimed", rack, rack->id);
    const auto count = sheet->claimed<Ratio>("hall.rack_boards", in_rack, in_rack->id);
    return sheet->formula(
        "hall.board_all_in", "IT power to provide for each board", "rack power / boards in a rack",
        [](Watts p, Ratio n) { return p / n.base(); }, power, count);
  }
  const Bounds bounds = all_in_over_limit(catalogue);
  if (field == nullptr && board.field("power") != nullptr && bounds.high > 0) {
    const auto limit =
        sheet->claimed<Watts>("hall.board_limit", board.field("power"), board.path() + "/power");
    const auto over =
        sheet->between("hall.all_in_over_limit", "all-in power over the board's limit",
                       "no claim for this board: the span of the boards of which both are known",
                       Ratio(bounds.low), Ratio(bounds.high));
    return sheet->formula(
        "hall.board_all_in", "IT power to provide for each board", "limit * all-in over limit",
        [](Watts l, Ratio r) { return l * r.base(); }, limit, over);
  }
  return sheet->claimed<Watts>("hall.board_all_in", field, board.path() + "/power_provisioned");
}

Cell<Watts> capped(const Card& board, double cap, Cell<Watts> all_in, Sheet* sheet) {
  if (cap >= 1) return all_in;
  const auto limit =
      sheet->claimed<Watts>("hall.board_limit", board.field("power"), board.path() + "/power");
  const auto share = sheet->given("hall.cap", "power limit set over the board's own", Ratio(cap));
  return sheet->formula(
      "hall.board_capped", "the same with the boards' power capped", "all-in - (1 - cap) * limit",
      [](Watts a, Ratio s, Watts l) { return a - l * (1 - s.base()); }, all_in, share, limit);
}

}  // namespace

std::string field_path(const Card* card, std::string_view folder, std::string_view name) {
  return fmt::format("{}/{}", card != nullptr ? card->path() : std::string(folder) + "/?", name);
}

void add_boards(const Catalogue& catalogue, const HallCards& cards, const HallOptions& options,
                HallCells* c, Sheet* sheet) {
  const auto all_in = provisioned(catalogue, *cards.board, sheet);
  c->board_power = capped(*cards.board, options.cap, all_in, sheet);
  const Field* in_rack = cards.board->field("rack_boards");
  if (in_rack != nullptr) {  // sold by the rack
    const auto count = sheet->claimed<Ratio>("hall.rack_boards", in_rack, in_rack->id);
    c->boards = sheet->formula(
        "hall.boards", "boards that the power carries, whole racks",
        "floor(it power / (boards in a rack * power of one)) * boards in a rack",
        [](Watts it, Ratio n, Watts b) { return std::floor(it / (b * n.base())) * n.base(); },
        c->it_power, count, c->board_power);
  } else {
    c->boards = sheet->formula(
        "hall.boards", "boards that the power carries", "floor(it power / power of one)",
        [](Watts it, Watts b) { return std::floor(it / b); }, c->it_power, c->board_power);
  }
  c->boards_power = sheet->formula(
      "hall.boards_power", "IT power of these boards", "boards * power of one",
      [](Ratio n, Watts b) { return b * n.base(); }, c->boards, c->board_power);
  const auto limit = sheet->claimed<Watts>("hall.board_limit", cards.board->field("power"),
                                           field_path(cards.board, "boards", "power"));
  sheet->formula(
      "hall.provisioned_over_limit", "IT power of a board over its own limit",
      "power of one / limit", [](Watts b, Watts l) { return b / l; }, c->board_power, limit);
}

void add_racks(const HallCards& cards, const HallOptions& options, HallCells* c, Sheet* sheet) {
  const Field* in_rack = cards.board->field("rack_boards");
  Cell<Ratio> per_rack;
  if (in_rack != nullptr) {
    per_rack = sheet->claimed<Ratio>("hall.rack_boards", in_rack, in_rack->id);
  } else if (options.rack_power && cards.board->field("server_boards") != nullptr) {
    const Field* field = cards.board->field("server_boards");
    const auto server = sheet->claimed<Ratio>("hall.server_boards", field, field->id);
    const auto rack =
        sheet->given("hall.rack_limit", "power that a rack may draw", *options.rack_power);
    per_rack = sheet->formula(
        "hall.rack_boards", "boards in a rack, whole servers",
        "floor(rack limit / (boards in a server * power of one)) * boards in a server",
        [](Watts r, Ratio n, Watts b) { return std::floor(r / (b * n.base())) * n.base(); }, rack,
        server, c->board_power);
  } else {
    per_rack = sheet->blank<Ratio>("hall.rack_boards", "boards in a rack",
                                   options.rack_power ? "no claim for boards in a server"
                                                      : "no rack limit given (--rack 40kW)");
  }
  const auto racks = sheet->formula(
      "hall.racks", "racks", "ceil(boards / boards in a rack)",
      [](Ratio b, Ratio r) { return std::ceil(b / r); }, c->boards, per_rack);
  sheet->formula(
      "hall.rack_density", "IT power of a full rack", "boards in a rack * power of one",
      [](Ratio n, Watts b) { return b * n.base(); }, per_rack, c->board_power);
  const auto mass = sheet->claimed<Kilograms>("hall.rack_mass", cards.board->field("rack_mass"),
                                              field_path(cards.board, "boards", "rack_mass"));
  if (!options.rack_floor) {
    sheet->blank<FloorLoad>("hall.floor_load", "mass of a rack on its floor",
                            "no footprint given (--rack-floor 0.72m^2)");
    return;
  }
  const auto floor =
      sheet->given("hall.rack_floor", "floor that carries one rack", *options.rack_floor);
  const auto load = sheet->formula(
      "hall.floor_load", "mass of a rack on its floor", "rack mass / its floor",
      [](Kilograms m, SquareMetres a) { return m / a; }, mass, floor);
  sheet->formula(
      "hall.floor_need", "area under the racks, aisles not counted", "racks * floor",
      [](Ratio n, SquareMetres a) { return a * n.base(); }, racks, floor);
  if (cards.site == nullptr || cards.site->field("floor_load") == nullptr) return;
  const auto bears = sheet->claimed<FloorLoad>("hall.floor_bears", cards.site->field("floor_load"),
                                               cards.site->path() + "/floor_load");
  sheet->formula(
      "hall.floor_use", "of what the floor bears", "floor load / what it bears",
      [](FloorLoad a, FloorLoad b) { return a / b; }, load, bears);
}

}  // namespace interposer::planner
