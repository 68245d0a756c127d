#include "evals/import/builder.h"

#include "evals/record/response.h"

namespace interposer::evals {
namespace {

// 64 bits over a few million items: a collision is less likely than a flipped bit of memory.
std::uint64_t key_of(std::string_view id, std::uint32_t epoch) {
  return hash_text(id) ^ (epoch * 0x9e3779b97f4a7c15ULL);
}

}  // namespace

std::uint32_t SetBuilder::row(std::string_view id, std::uint32_t epoch, bool* fresh) {
  const auto [found, made] =
      rows_.try_emplace(key_of(id, epoch), static_cast<std::uint32_t>(set.rows.size()));
  if (fresh != nullptr) *fresh = made;
  if (made) {
    Row row;
    row.epoch = epoch;
    set.set_id(row, id);
    set.rows.push_back(row);
  }
  return found->second;
}

std::uint32_t SetBuilder::find(std::string_view id, std::uint32_t epoch) const {
  const auto found = rows_.find(key_of(id, epoch));
  return found == rows_.end() ? UINT32_MAX : found->second;
}

Result<std::size_t> SetBuilder::metric(std::string_view name, std::string_view scorer) {
  if (const auto found = set.find_metric(name)) return *found;
  if (set.metrics.size() == kMetricsMax)
    return make_error(Code::kTooLarge,
                      "more than " + std::to_string(kMetricsMax) + " metrics in " + set.source,
                      "compare one task at a time");
  set.metrics.push_back({std::string(name), !lower_is_better(name), std::string(scorer)});
  return set.metrics.size() - 1;
}

ResultSet SetBuilder::finish() {
  set.scores.assign(set.rows.size() * set.metrics.size(), kUnscored);
  for (const Cell& cell : cells_)
    set.scores[cell.row * set.metrics.size() + cell.metric] = cell.value;
  return std::move(set);
}

}  // namespace interposer::evals
