#include "stats/moments.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <vector>

namespace interposer::stats {
namespace {
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
}

void Sum::add(double x) {
  const double next = sum_ + x;
  lost_ += std::abs(sum_) >= std::abs(x) ? (sum_ - next) + x : (x - next) + sum_;
  sum_ = next;
}

double Moments::sd() const { return std::sqrt(variance); }
double Moments::standard_error() const { return std::sqrt(variance / static_cast<double>(n)); }

double sum(std::span<const double> values) {
  Sum total;
  for (double x : values) total.add(x);
  return total.value();
}

double mean(std::span<const double> values) {
  return values.empty() ? kNan : sum(values) / static_cast<double>(values.size());
}

Moments moments(std::span<const double> values) {
  Moments m{values.size(), mean(values), kNan};
  if (values.size() < 2) return m;
  Sum squares;
  for (double x : values) squares.add((x - m.mean) * (x - m.mean));
  m.variance = squares.value() / static_cast<double>(values.size() - 1);
  return m;
}

double median(std::span<const double> values) {
  if (values.empty()) return kNan;
  std::vector<double> sorted(values.begin(), values.end());
  const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2);
  std::nth_element(sorted.begin(), middle, sorted.end());
  if (sorted.size() % 2 == 1) return *middle;
  return (*middle + *std::max_element(sorted.begin(), middle)) / 2;
}

double correlation(std::span<const double> a, std::span<const double> b) {
  assert(a.size() == b.size());
  const double mean_a = mean(a);
  const double mean_b = mean(b);
  Sum ab, aa, bb;
  for (std::size_t i = 0; i < a.size(); ++i) {
    ab.add((a[i] - mean_a) * (b[i] - mean_b));
    aa.add((a[i] - mean_a) * (a[i] - mean_a));
    bb.add((b[i] - mean_b) * (b[i] - mean_b));
  }
  const double scale = std::sqrt(aa.value()) * std::sqrt(bb.value());
  return scale > 0 ? std::clamp(ab.value() / scale, -1.0, 1.0) : kNan;
}

}  // namespace interposer::stats
