// A hall: from the utility feed to boards that can be placed, cooled, cabled, paid for and
// repaired. One sheet; every number has its interval, its formula and its claims
// (docs/guide/plan.md has the arithmetic of one example).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "planner/grid/profile.h"
#include "planner/power/chain.h"
#include "planner/sheet/sheet.h"

namespace interposer::planner {

struct Phase {
  double share = 1;  // of the boards, from this date on; later phases count from the whole
  Seconds after{0};  // from the start of the plan
};

struct MixModel {  // one model of several in a hall
  std::string name;
  TokensPerSecond peak, mean;    // what the hall must deliver, and delivers on average
  TokensPerSecond per_board;     // what one board delivers (plan --model says)
  std::optional<Bytes> weights;  // per board, for the cold start
  std::optional<BytesPerSecond> load_rate;
};

struct HallOptions {
  Watts feed{0};
  bool continuous = false;  // the feed's rating is already for continuous load
  std::string board;
  std::string site;                      // a card of sites; empty: none
  std::optional<double> pue, pue_fixed;  // in place of the site's or the cooling method's
  std::string cooling = "direct_to_chip";
  std::string fluid = "pg25";
  Kelvins rise{10};
  Redundancy redundancy = Redundancy::kNPlus1;
  std::optional<Watts> ups_module;  // rating of one
  double ups_count = 0;             // installed; 0: as many as the feed needs
  std::optional<Watts> rack_power;  // that one rack may draw
  std::optional<SquareMetres> rack_floor;
  std::optional<double> load;  // mean power of the boards over what is provisioned
  double cap = 1;              // power limit of a board over its TDP
  double radix = 64;           // ports of a scale-out switch
  Seconds repair{14 * 86400.0};
  double stock_out = 0.05;  // chance that a failed board finds no spare
  std::optional<DollarsPerJoule> tariff, demand_charge;
  std::optional<HourProfile> hours;
  std::vector<Phase> phases;
  std::vector<MixModel> mix;
};

// Fills numbers "hall.*". Errors: unknown board, site, cooling or fluid (nearest names), a cap or a
// PUE that cannot be.
Status add_hall(const Catalogue& catalogue, const HallOptions& options, Sheet* sheet);

// "50%@0month,100%@6month": shares rise, dates rise, the last is 100 %.
Result<std::vector<Phase>> parse_phases(std::string_view text);
// models: [{name, peak: 40000 token/s, mean: .., per_board: .., weights: 70 GB, load_rate: 5 GB/s}]
Result<std::vector<MixModel>> parse_mix(std::string_view text, const std::string& file);

}  // namespace interposer::planner
