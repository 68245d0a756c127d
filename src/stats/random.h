// Generators with a stated sequence, so that a seed in a report reproduces its numbers anywhere.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace interposer::stats {

// xoshiro256++ 1.0 (Blackman, Vigna), seeded by SplitMix64: for own use. Not for secrets.
class Random {
 public:
  using result_type = std::uint64_t;
  explicit Random(std::uint64_t seed);

  std::uint64_t operator()();
  double uniform();                          // [0, 1), 53 bits
  std::uint64_t below(std::uint64_t bound);  // [0, bound), unbiased (Lemire); bound > 0
  double normal();                           // standard normal, by the inverse distribution
  static constexpr std::uint64_t min() { return 0; }
  static constexpr std::uint64_t max() { return ~std::uint64_t{0}; }

 private:
  std::array<std::uint64_t, 4> state_;
};

// CPython's random.Random(seed) for a non-negative integer seed: MT19937 seeded by init_by_array.
class PythonRandom {
 public:
  explicit PythonRandom(std::uint64_t seed);

  double random();                          // [0, 1), 53 bits
  std::size_t choice_index(std::size_t n);  // what choices(population of n) draws: floor(u * n)

 private:
  std::uint32_t next();
  void init(std::uint32_t seed);
  void refill();

  std::array<std::uint32_t, 624> state_{};
  std::size_t at_ = 624;
};

}  // namespace interposer::stats
