// Sums and moments. Own metrics add with compensation; where a reference's digits must be met, its
// personality adds naively from left to right instead, because the order of additions shows.
#pragma once

#include <cstddef>
#include <span>

namespace interposer::stats {

// Neumaier's compensated sum: the error does not grow with the number of terms.
class Sum {
 public:
  void add(double x);
  double value() const { return sum_ + lost_; }

 private:
  double sum_ = 0;
  double lost_ = 0;
};

struct Moments {
  std::size_t n = 0;
  double mean = 0;      // NaN for n = 0
  double variance = 0;  // with n - 1; NaN for n < 2
  double sd() const;
  double standard_error() const;  // sd / sqrt(n)
};

double sum(std::span<const double> values);
double mean(std::span<const double> values);
Moments moments(std::span<const double> values);
double median(std::span<const double> values);  // mean of the middle two; NaN of nothing
double correlation(std::span<const double> a, std::span<const double> b);  // Pearson's r

}  // namespace interposer::stats
