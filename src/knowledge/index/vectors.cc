#include "knowledge/index/vectors.h"

#include <algorithm>
#include <bit>

#include "knowledge/index/half.h"

namespace interposer::knowledge {

bool VectorIndex::set(Ordinal ordinal, std::span<const std::uint16_t> half) {
  if (half.empty() || (dimensions_ != 0 && half.size() != dimensions_)) return false;
  dimensions_ = half.size();
  words_ = (dimensions_ + 63) / 64;
  if (ordinal >= has_.size()) {
    has_.resize(ordinal + 1, false);
    halves_.resize(has_.size() * dimensions_);
    codes_.resize(has_.size() * words_);
  }
  std::copy(half.begin(), half.end(),
            halves_.begin() + static_cast<std::ptrdiff_t>(ordinal * dimensions_));
  std::uint64_t* code = codes_.data() + ordinal * words_;
  std::fill(code, code + words_, 0);
  for (std::size_t i = 0; i < dimensions_; ++i)
    if ((half[i] & 0x8000U) == 0) code[i / 64] |= std::uint64_t{1} << (i % 64);
  if (!has_[ordinal]) ++live_;
  has_[ordinal] = true;
  return true;
}

void VectorIndex::remove(Ordinal ordinal) {
  if (!has(ordinal)) return;
  has_[ordinal] = false;
  --live_;
}

void VectorIndex::clear() { *this = VectorIndex(); }

std::span<const std::uint16_t> VectorIndex::at(Ordinal ordinal) const {
  return {halves_.data() + ordinal * dimensions_, dimensions_};
}

double VectorIndex::score(std::span<const float> query, Ordinal ordinal) const {
  return dot(at(ordinal), query);
}

// The ordinals of the smallest Hamming distances, in ascending order.
std::vector<VectorIndex::Ordinal> VectorIndex::by_signs(std::span<const float> query,
                                                        std::size_t wanted) const {
  std::vector<std::uint64_t> code(words_, 0);
  for (std::size_t i = 0; i < dimensions_; ++i)
    if (query[i] >= 0) code[i / 64] |= std::uint64_t{1} << (i % 64);
  std::vector<std::uint16_t> distances(has_.size(), UINT16_MAX);
  std::vector<std::size_t> histogram(words_ * 64 + 1, 0);
  for (std::size_t i = 0; i < has_.size(); ++i) {
    if (!has_[i]) continue;
    int distance = 0;
    for (std::size_t w = 0; w < words_; ++w)
      distance += std::popcount(codes_[i * words_ + w] ^ code[w]);
    distances[i] = static_cast<std::uint16_t>(distance);
    ++histogram[static_cast<std::size_t>(distance)];
  }
  // All of the distance at which `wanted` is reached are taken: equal ones are not told apart.
  std::size_t limit = 0, seen = 0;
  while (limit < histogram.size() && (seen += histogram[limit]) < wanted) ++limit;
  std::vector<Ordinal> nearest;
  for (std::size_t i = 0; i < distances.size(); ++i)
    if (distances[i] <= limit && has_[i]) nearest.push_back(static_cast<Ordinal>(i));
  return nearest;
}

std::vector<VectorIndex::Scored> VectorIndex::search(std::span<const float> query, std::size_t k,
                                                     std::size_t flat_up_to) const {
  if (k == 0 || live_ == 0 || query.size() != dimensions_) return {};
  std::vector<Scored> scored;
  if (live_ <= flat_up_to) {
    for (std::size_t i = 0; i < has_.size(); ++i)
      if (has_[i])
        scored.push_back({static_cast<Ordinal>(i), score(query, static_cast<Ordinal>(i))});
  } else {
    for (const Ordinal ordinal : by_signs(query, std::max(kRescored, 10 * k)))
      scored.push_back({ordinal, score(query, ordinal)});
  }
  const auto better = [](const Scored& a, const Scored& b) {
    return a.score != b.score ? a.score > b.score : a.ordinal < b.ordinal;
  };
  const std::size_t n = std::min(k, scored.size());
  std::partial_sort(scored.begin(), scored.begin() + static_cast<std::ptrdiff_t>(n), scored.end(),
                    better);
  scored.resize(n);
  return scored;
}

}  // namespace interposer::knowledge
