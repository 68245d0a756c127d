#include "planner/simulate/prefix_cache.h"

#include <cassert>

namespace interposer::planner {

std::size_t PrefixCache::home(std::uint64_t hash) const {
  const std::uint64_t mixed = (hash ^ (hash >> 32)) * 0x9e3779b97f4a7c15ULL;
  return static_cast<std::size_t>(mixed >> 20) & (table_.size() - 1);
}

std::uint32_t PrefixCache::find(std::uint64_t hash) const {
  if (table_.empty()) return kNone;
  for (std::size_t i = home(hash);; i = (i + 1) & (table_.size() - 1)) {
    if (table_[i] == kNone || blocks_[table_[i]].hash == hash) return table_[i];
  }
}

std::uint32_t PrefixCache::match(std::span<const std::uint64_t> hashes) const {
  std::uint32_t count = 0;
  while (count < hashes.size() && find(hashes[count]) != kNone) ++count;
  return count;
}

void PrefixCache::use(std::uint32_t block) {
  Block& b = blocks_[block];
  if (b.users++ > 0) return;
  ++pinned_;
  (b.before == kNone ? oldest_ : blocks_[b.before].after) = b.after;
  (b.after == kNone ? newest_ : blocks_[b.after].before) = b.before;
  b.before = b.after = kNone;
}

void PrefixCache::release(std::uint32_t block) {
  Block& b = blocks_[block];
  assert(b.users > 0);
  if (--b.users > 0) return;
  --pinned_;
  b.before = newest_;
  b.after = kNone;
  (newest_ == kNone ? oldest_ : blocks_[newest_].after) = block;
  newest_ = block;
}

void PrefixCache::pin(std::span<const std::uint64_t> hashes, std::uint32_t count) {
  for (std::uint32_t i = 0; i < count; ++i) use(find(hashes[i]));
}

void PrefixCache::unpin(std::span<const std::uint64_t> hashes, std::uint32_t count) {
  // The last first: a prefix's end is of no use without its beginning, so it is forgotten earlier.
  for (std::uint32_t i = count; i > 0; --i) release(find(hashes[i - 1]));
}

void PrefixCache::insert(std::span<const std::uint64_t> hashes, std::uint32_t from) {
  for (std::size_t i = from; i < hashes.size(); ++i) {
    const std::uint32_t block = find(hashes[i]);
    if (block != kNone) {
      use(block);
    } else {
      add(hashes[i]);
    }
  }
}

void PrefixCache::add(std::uint64_t hash) {
  if (2 * (held_ + 1) > table_.size()) grow();
  std::uint32_t block;
  if (free_.empty()) {
    block = static_cast<std::uint32_t>(blocks_.size());
    blocks_.emplace_back();
  } else {
    block = free_.back();
    free_.pop_back();
  }
  blocks_[block] = {hash, 1, kNone, kNone};
  std::size_t i = home(hash);
  while (table_[i] != kNone) i = (i + 1) & (table_.size() - 1);
  table_[i] = block;
  ++held_;
  ++pinned_;
}

void PrefixCache::forget(std::uint32_t block) {
  std::size_t hole = home(blocks_[block].hash);
  while (table_[hole] != block) hole = (hole + 1) & (table_.size() - 1);
  // Moves later ones of the same run back, so that no search ends too early.
  for (std::size_t i = (hole + 1) & (table_.size() - 1); table_[i] != kNone;
       i = (i + 1) & (table_.size() - 1)) {
    const std::size_t wanted = home(blocks_[table_[i]].hash);
    const std::size_t mask = table_.size() - 1;
    if (((i - wanted) & mask) < ((i - hole) & mask)) continue;
    table_[hole] = table_[i];
    hole = i;
  }
  table_[hole] = kNone;
  free_.push_back(block);
  --held_;
}

bool PrefixCache::evict() {
  if (oldest_ == kNone) return false;
  const std::uint32_t block = oldest_;
  oldest_ = blocks_[block].after;
  (oldest_ == kNone ? newest_ : blocks_[oldest_].before) = kNone;
  forget(block);
  return true;
}

void PrefixCache::grow() {
  table_.assign(table_.empty() ? 64 : table_.size() * 2, kNone);
  std::vector<bool> unused(blocks_.size(), false);
  for (const std::uint32_t f : free_) unused[f] = true;
  for (std::uint32_t b = 0; b < blocks_.size(); ++b) {
    if (unused[b]) continue;
    std::size_t i = home(blocks_[b].hash);
    while (table_[i] != kNone) i = (i + 1) & (table_.size() - 1);
    table_[i] = b;
  }
}

}  // namespace interposer::planner
