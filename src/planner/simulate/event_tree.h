// The earliest of many times, each of which changes often: a tournament tree. Equal times go to the
// lower index. Inner to simulate.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace interposer::planner {

class EventTree {
 public:
  void resize(std::size_t count) {
    leaves_ = std::bit_ceil(count < 1 ? std::size_t{1} : count);
    times_.assign(leaves_, std::numeric_limits<double>::infinity());
    winner_.assign(2 * leaves_, 0);
    for (std::size_t i = 0; i < leaves_; ++i) winner_[leaves_ + i] = static_cast<std::uint32_t>(i);
    for (std::size_t i = leaves_ - 1; i > 0; --i) winner_[i] = winner_[2 * i];
  }
  void set(std::size_t index, double time) {
    times_[index] = time;
    for (std::size_t i = (leaves_ + index) / 2; i > 0; i /= 2) {
      const std::uint32_t a = winner_[2 * i], b = winner_[2 * i + 1];
      winner_[i] = times_[b] < times_[a] ? b : a;
    }
  }
  std::size_t first() const { return winner_[1]; }
  double earliest() const { return times_[winner_[1]]; }

 private:
  std::size_t leaves_ = 1;
  std::vector<double> times_;
  std::vector<std::uint32_t> winner_;  // [1] the root; the leaves from leaves_ on
};

}  // namespace interposer::planner
