#include "planner/calibrate/linear.h"

#include <algorithm>
#include <cmath>

namespace interposer::planner {
namespace {

constexpr std::size_t kBlock = 48;  // rows that stay in the first cache while others are updated

// row -= f0 r0 + f1 r1 + f2 r2 + f3 r3: four at once, so that `row` is loaded a quarter as often.
// Element by element without fused multiply-adds: the same bits at every vector width.
#define INTERPOSER_SUBTRACT4(name)                                                               \
  void name(double* row, const double* r0, const double* r1, const double* r2, const double* r3, \
            double f0, double f1, double f2, double f3, std::size_t count) {                     \
    for (std::size_t k = 0; k < count; ++k) {                                                    \
      row[k] -= f0 * r0[k] + f1 * r1[k] + f2 * r2[k] + f3 * r3[k];                               \
    }                                                                                            \
  }
INTERPOSER_SUBTRACT4(subtract4_plain)
__attribute__((target("avx2"))) INTERPOSER_SUBTRACT4(subtract4_avx2)
#undef INTERPOSER_SUBTRACT4

    using Subtract4 = void(*)(double*, const double*, const double*, const double*, const double*,
                              double, double, double, double, std::size_t);
Subtract4 subtract4_for_this_cpu() {
  return __builtin_cpu_supports("avx2") ? subtract4_avx2 : subtract4_plain;
}

}  // namespace

bool Cholesky::factor(std::vector<double> a, std::size_t n) {
  const Subtract4 subtract4 = subtract4_for_this_cpu();
  n_ = n;
  u_ = std::move(a);
  for (std::size_t from = 0; from < n; from += kBlock) {
    const std::size_t to = std::min(n, from + kBlock);
    for (std::size_t i = from; i < to; ++i) {  // the block's own rows, over all their columns
      double* row = &u_[i * n];
      for (std::size_t k = from; k < i; ++k) {
        const double* above = &u_[k * n];
        const double f = above[i];
        for (std::size_t j = i; j < n; ++j) row[j] -= f * above[j];
      }
      if (!(row[i] > 0) || !std::isfinite(row[i])) return false;
      const double scale = 1 / std::sqrt(row[i]);
      for (std::size_t j = i; j < n; ++j) row[j] *= scale;
    }
    for (std::size_t i = to; i < n; ++i) {  // what is below
      double* row = &u_[i * n] + i;
      std::size_t k = from;
      for (; k + 4 <= to; k += 4) {
        const double* r = &u_[k * n + i];
        subtract4(row, r, r + n, r + 2 * n, r + 3 * n, r[0], r[n], r[2 * n], r[3 * n], n - i);
      }
      for (; k < to; ++k) {
        const double* r = &u_[k * n + i];
        for (std::size_t j = 0; j < n - i; ++j) row[j] -= r[0] * r[j];
      }
    }
  }
  return true;
}

std::vector<double> Cholesky::half(std::span<const double> b) const {
  std::vector<double> z(b.begin(), b.end());
  for (std::size_t i = 0; i < n_; ++i) {
    const double* row = &u_[i * n_];
    z[i] /= row[i];
    for (std::size_t j = i + 1; j < n_; ++j) z[j] -= row[j] * z[i];
  }
  return z;
}

std::vector<double> Cholesky::solve(std::span<const double> b) const {
  std::vector<double> x = half(b);
  for (std::size_t i = n_; i-- > 0;) {
    const double* row = &u_[i * n_];
    double sum = x[i];
    for (std::size_t j = i + 1; j < n_; ++j) sum -= row[j] * x[j];
    x[i] = sum / row[i];
  }
  return x;
}

double Cholesky::log_determinant() const {
  double sum = 0;
  for (std::size_t i = 0; i < n_; ++i) sum += 2 * std::log(u_[i * n_ + i]);
  return sum;
}

}  // namespace interposer::planner
