// Which blocks of prompts a replica holds: by hash, with the count of sequences that use each, and
// the unused ones in order of last use. A block is found only when all before it are.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace interposer::planner {

class PrefixCache {
 public:
  // How many of the leading `hashes` are held.
  std::uint32_t match(std::span<const std::uint64_t> hashes) const;
  // Marks the leading `count` (all held) as used by one more sequence.
  void pin(std::span<const std::uint64_t> hashes, std::uint32_t count);
  // Takes in those of `hashes` from `from` on, used by one sequence; held ones are used once more.
  void insert(std::span<const std::uint64_t> hashes, std::uint32_t from);
  void unpin(std::span<const std::uint64_t> hashes, std::uint32_t count);
  // Forgets the unused block that was used longest ago; false when there is none.
  bool evict();

  std::uint64_t held() const { return held_; }      // blocks
  std::uint64_t pinned() const { return pinned_; }  // of them used by running sequences

 private:
  static constexpr std::uint32_t kNone = ~std::uint32_t{0};
  struct Block {
    std::uint64_t hash = 0;
    std::uint32_t users = 0;
    std::uint32_t before = kNone, after = kNone;  // among the unused, oldest first
  };
  std::uint32_t find(std::uint64_t hash) const;
  std::size_t home(std::uint64_t hash) const;
  void use(std::uint32_t block);
  void release(std::uint32_t block);
  void add(std::uint64_t hash);
  void forget(std::uint32_t block);
  void grow();

  std::vector<Block> blocks_;
  std::vector<std::uint32_t> free_;
  std::vector<std::uint32_t> table_;  // open addressing, linear probing; a power of two
  std::uint32_t oldest_ = kNone, newest_ = kNone;
  std::uint64_t held_ = 0, pinned_ = 0;
};

}  // namespace interposer::planner
