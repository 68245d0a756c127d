// Offers that a person holds, laid over the catalogue: what is quoted takes the place of what
// others claim about that board's price, rent, lead time or power.
#pragma once

#include <string>
#include <string_view>

#include "planner/catalogue/catalogue.h"

namespace interposer::planner {

inline constexpr std::size_t kQuotesMax = 10'000;

// quotes:
//   - {board: b200_sxm, from: "Dealer", date: 2026-11-01, price: "36000 $", lead_time: 16 week}
// Several quotes of one board stand side by side, each equally likely. Errors name file and line.
Status apply_quotes(std::string_view text, const std::string& file, Catalogue* catalogue);

}  // namespace interposer::planner
