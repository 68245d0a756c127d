// Vectors of ordinals, scanned flat: exact up to kFlatVectors; above that by the Hamming distance
// of sign bits, the nearest rescored in half precision (retrieval.md 0.2: recall@10 .995 with
// 2,000). Deletes are exact and at once. Not thread-safe.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "knowledge/index/lexical.h"

namespace interposer::knowledge {

inline constexpr std::size_t kFlatVectors = 20'000;
inline constexpr std::size_t kRescored = 2'000;

class VectorIndex {
 public:
  using Ordinal = LexicalIndex::Ordinal;
  using Scored = LexicalIndex::Scored;

  // All vectors have the size of the first; another size is refused with false.
  bool set(Ordinal ordinal, std::span<const std::uint16_t> half);
  void remove(Ordinal ordinal);
  void clear();
  bool has(Ordinal ordinal) const { return ordinal < has_.size() && has_[ordinal]; }
  std::span<const std::uint16_t> at(Ordinal ordinal) const;
  std::size_t size() const { return live_; }
  std::size_t dimensions() const { return dimensions_; }

  std::vector<Scored> search(std::span<const float> query, std::size_t k,
                             std::size_t flat_up_to = kFlatVectors) const;
  double score(std::span<const float> query, Ordinal ordinal) const;

 private:
  std::vector<Ordinal> by_signs(std::span<const float> query, std::size_t wanted) const;

  std::size_t dimensions_ = 0, words_ = 0;  // 64-bit words of a code
  std::vector<std::uint16_t> halves_;
  std::vector<std::uint64_t> codes_;
  std::vector<bool> has_;
  std::size_t live_ = 0;
};

}  // namespace interposer::knowledge
