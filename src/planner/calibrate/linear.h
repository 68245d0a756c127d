// The little linear algebra that the fits need: dense, double, one thread, the same bits each time.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace interposer::planner {

// A symmetric positive definite matrix, n x n, row-major; only j >= i is read.
class Cholesky {
 public:
  // A = U^T U. False when A is not positive definite (to rounding): then do not solve.
  bool factor(std::vector<double> a, std::size_t n);
  std::vector<double> solve(std::span<const double> b) const;  // A x = b
  std::vector<double> half(std::span<const double> b) const;   // U^T z = b; |z|^2 = b' A^-1 b
  double log_determinant() const;
  std::size_t size() const { return n_; }

 private:
  std::size_t n_ = 0;
  std::vector<double> u_;
};

}  // namespace interposer::planner
