#include "evals/compare/pairs.h"

#include <algorithm>
#include <numeric>
#include <string_view>
#include <unordered_map>

namespace interposer::evals {
namespace {

struct Grouped {
  std::vector<std::uint32_t> order;
  std::vector<ItemRows> items;
  std::unordered_map<std::string_view, std::uint32_t> index;
};

// Rows by item, in order of first appearance; within an item by epoch.
Grouped group(const ResultSet& set) {
  Grouped out;
  out.index.reserve(set.rows.size());
  std::vector<std::uint32_t> item_of(set.rows.size());
  for (std::size_t i = 0; i < set.rows.size(); ++i) {
    const auto [at, fresh] =
        out.index.try_emplace(set.id(set.rows[i]), static_cast<std::uint32_t>(out.items.size()));
    if (fresh) out.items.emplace_back();
    item_of[i] = at->second;
    out.items[at->second].count += 1;
  }
  std::uint32_t first = 0;
  for (ItemRows& item : out.items) {
    item.first = first;
    first += item.count;
  }
  std::vector<std::uint32_t> next(out.items.size());
  for (std::size_t i = 0; i < out.items.size(); ++i) next[i] = out.items[i].first;
  out.order.resize(set.rows.size());
  for (std::size_t i = 0; i < set.rows.size(); ++i)
    out.order[next[item_of[i]]++] = static_cast<std::uint32_t>(i);
  for (const ItemRows& item : out.items) {
    if (item.count < 2) continue;
    const auto begin = out.order.begin() + item.first;
    std::sort(begin, begin + item.count, [&](std::uint32_t x, std::uint32_t y) {
      return set.rows[x].epoch < set.rows[y].epoch;
    });
  }
  return out;
}

}  // namespace

PairedItems pair_items(const ResultSet& a, const ResultSet& b) {
  Grouped left = group(a), right = group(b);
  PairedItems out;
  out.pairs.reserve(left.items.size());
  std::vector<bool> met(right.items.size(), false);
  for (const ItemRows& item : left.items) {
    const Row& row = a.rows[left.order[item.first]];
    const auto found = right.index.find(a.id(row));
    if (found == right.index.end()) {
      out.only_a.emplace_back(a.id(row));
      continue;
    }
    met[found->second] = true;
    const ItemRows other = right.items[found->second];
    const Row& twin = b.rows[right.order[other.first]];
    if (row.content != 0 && twin.content != 0 && row.content != twin.content) {
      out.changed.emplace_back(a.id(row));
      continue;
    }
    if (row.scoring != twin.scoring) out.scoring_differs = true;
    out.pairs.emplace_back(item, other);
  }
  for (std::size_t i = 0; i < met.size(); ++i) {
    if (!met[i]) out.only_b.emplace_back(b.id(b.rows[right.order[right.items[i].first]]));
  }
  out.order_a = std::move(left.order);
  out.order_b = std::move(right.order);
  return out;
}

ItemScore item_score(const ResultSet& set, const std::vector<std::uint32_t>& order, ItemRows item,
                     std::size_t metric) {
  ItemScore out;
  double sum = 0, first = 0;
  std::uint32_t count = 0;
  for (std::uint32_t i = 0; i < item.count; ++i) {
    const double score = set.score(order[item.first + i], metric);
    if (score != score) continue;
    if (count == 0) first = score;
    if (score != first) out.steady = false;
    sum += score;
    count += 1;
  }
  if (count > 0) out.mean = sum / count;
  out.several = count > 1;
  return out;
}

}  // namespace interposer::evals
