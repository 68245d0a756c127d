// Who is in the chain, and who is entering it: companies, boards, contracts and deals as one list.
#pragma once

#include <string>
#include <vector>

#include "planner/catalogue/catalogue.h"

namespace interposer::planner {

struct LandscapeFilter {
  std::string layer, region, status;  // empty: any; upper and lower case are the same
};

struct LandscapeEntry {
  std::string kind;  // company, board, contract, deal, chip design
  std::string id, title, layer, region, status;
  std::string says;  // its numbers and facts, as claimed
  std::string source;
};

// Sorted by layer and title. Errors: a layer, region or status that nobody has (nearest names).
Result<std::vector<LandscapeEntry>> landscape(const Catalogue& catalogue,
                                              const LandscapeFilter& filter);

}  // namespace interposer::planner
