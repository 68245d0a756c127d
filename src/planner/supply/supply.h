// Who depends on whom: the directed graph of suppliers behind a board. A company works while every
// product it needs has at least one working supplier; a product without any stops it, one with
// fewer shrinks it by the share that is lost.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "planner/catalogue/catalogue.h"

namespace interposer::planner {

enum class Effect : std::uint8_t { kNone, kShrinks, kStops };
std::string_view effect_name(Effect effect);

struct Supplier {
  std::string company;              // id
  std::optional<double> low, high;  // share of what the customer takes, 0 to 1
  bool works = true;
  bool reported = false;
  const Link* link = nullptr;
};

struct Need {  // a product that a company behind the board cannot do without
  std::string customer, product, layer;
  bool only = false;  // one supplier is known for it
  std::vector<Supplier> suppliers;
  // Sum of squared shares, 0 to 1: shares brought to a sum of one, from the middle of each claim.
  // One for a single supplier; blank where shares are unknown.
  std::optional<double> concentration;
};

struct BoardExposure {
  const Card* board = nullptr;
  Effect effect = Effect::kNone;
  // Share of its supply that is lost, lowest and highest; blank: unknown (or nothing is lost).
  std::optional<double> lost_low, lost_high;
  std::vector<std::string> chain;  // "ASML -> EUV machines -> TSMC": why it stops or shrinks
  std::vector<Need> needs;         // of all companies behind it
};

// Companies that a name means: an id, a title, an alias; kNotFound with the nearest names.
Result<std::vector<std::string>> companies_named(const Catalogue& catalogue,
                                                 const std::vector<std::string>& names);

// The company whose board it is (tag "maker"); nullptr when the catalogue has no such company.
const Card* maker_of(const Catalogue& catalogue, const Card& board);

BoardExposure exposure_of(const Catalogue& catalogue, const Card& board,
                          const std::set<std::string>& without);

// Other companies that make one of the products that `without` supplied (to anybody).
struct Alternative {
  std::string product, company;
  bool reported = false;
};
std::vector<Alternative> alternatives_to(const Catalogue& catalogue,
                                         const std::set<std::string>& without);

}  // namespace interposer::planner
