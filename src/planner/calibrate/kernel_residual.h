// What is left of log y after the physical model, from rows nearby: a Gaussian process whose kernel
// is a sum of parts, each over rows that agree in some levels (same architecture and engine, ...)
// and fall off with distance in some numbers (log batch, log tokens). Far from every row it says 0
// with a large variance: the plain model, with a wide interval.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "planner/calibrate/linear.h"

namespace interposer::planner {

struct KernelRows {
  std::size_t dims = 0;
  std::vector<double> numbers;           // rows x dims
  std::vector<std::vector<int>> levels;  // a vector for each factor; negative: agrees with nothing
};

struct KernelPart {
  double sd = 0.1;             // of log y
  std::vector<int> agree;      // factors that must be equal
  std::vector<double> length;  // one a dimension; 0: distance in it does not matter
};

struct KernelOptions {
  std::vector<KernelPart> parts;
  double noise = 0.04;   // sd of a row
  double outlier = 2.5;  // residuals over this many sd count less (Huber)
  int passes = 3;        // of reweighting
};

class KernelResidual {
 public:
  // `residual`: one for each of `train`. n^2 memory, n^3 / 3 work: 2,500 rows take about 2 s and
  // 50 MB. Deterministic.
  void fit(const KernelRows& rows, std::span<const std::size_t> train,
           std::span<const double> residual, const KernelOptions& options);

  struct Answer {
    double mean = 0;
    double sd = 0;  // of the function, without the noise of a row
  };
  // `with_sd` costs n^2 / 2.
  Answer predict(const KernelRows& rows, std::size_t row, bool with_sd) const;
  double prior_sd() const;

 private:
  double kernel(const KernelRows& a, std::size_t i, const KernelRows& b, std::size_t j) const;

  KernelOptions options_;
  KernelRows train_;  // the rows fitted on
  std::size_t count_ = 0;
  std::vector<double> weight_;
  Cholesky solver_;
};

}  // namespace interposer::planner
