// The parts of a hall's sheet, in their order; inner to the hall.
#pragma once

#include "planner/hall/hall.h"

namespace interposer::planner {

struct HallCards {
  const Card* board = nullptr;
  const Card* site = nullptr;  // may be null
  const Card* cooling = nullptr;
  const Card* fluid = nullptr;
  const Card* electrical = nullptr;
  const Card* fleet = nullptr;
};

struct HallCells {
  Cell<Watts> usable, it_power, board_power, boards_power;
  Cell<Ratio> pue, pue_fixed, boards;
  Cell<Watts> mean_facility, peak_facility;
  Cell<Dollars> board_capex;
  Cell<Ratio> load;
};

std::string field_path(const Card* card, std::string_view folder, std::string_view name);

void add_feed(const HallCards& cards, const HallOptions& options, HallCells* c, Sheet* sheet);
void add_boards(const Catalogue& catalogue, const HallCards& cards, const HallOptions& options,
                HallCells* c, Sheet* sheet);
void add_racks(const HallCards& cards, const HallOptions& options, HallCells* c, Sheet* sheet);
void add_mean_power(const HallCards& cards, const HallOptions& options, HallCells* c, Sheet* sheet);
void add_liquid(const HallCards& cards, const HallOptions& options, HallCells* c, Sheet* sheet);
void add_fabric(const Catalogue& catalogue, const HallOptions& options, HallCells* c, Sheet* sheet);
void add_failures(const HallCards& cards, const HallOptions& options, HallCells* c, Sheet* sheet);
void add_money(const HallCards& cards, const HallOptions& options, HallCells* c, Sheet* sheet);
// The board's own lead time (a quote), else that of its packaging.
void add_lead(const Catalogue& catalogue, const HallCards& cards, Sheet* sheet);
void add_phases(const HallOptions& options, HallCells* c, Sheet* sheet);
void add_mix(const HallOptions& options, HallCells* c, Sheet* sheet);

}  // namespace interposer::planner
