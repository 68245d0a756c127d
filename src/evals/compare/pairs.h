// Items of two runs side by side (internal to compare).
#pragma once

#include <cstdint>
#include <vector>

#include "evals/compare/compare.h"

namespace interposer::evals {

// One item of a run: its rows (epochs) are order[first .. first + count).
struct ItemRows {
  std::uint32_t first = 0, count = 0;
};

struct PairedItems {
  std::vector<std::uint32_t> order_a, order_b;       // rows grouped by item
  std::vector<std::pair<ItemRows, ItemRows>> pairs;  // in the order of run A
  std::vector<std::string> changed, only_a, only_b;
  bool scoring_differs = false;  // an item's own checks differ
};
PairedItems pair_items(const ResultSet& a, const ResultSet& b);

// Mean, and whether epochs disagree, of one item's scores that are there.
struct ItemScore {
  double mean = kUnscored;
  bool steady = true;
  bool several = false;  // more than one epoch
};
ItemScore item_score(const ResultSet& set, const std::vector<std::uint32_t>& order, ItemRows item,
                     std::size_t metric);

}  // namespace interposer::evals
