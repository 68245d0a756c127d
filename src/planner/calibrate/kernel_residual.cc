#include "planner/calibrate/kernel_residual.h"

#include <algorithm>
#include <cmath>

namespace interposer::planner {

double KernelResidual::kernel(const KernelRows& a, std::size_t i, const KernelRows& b,
                              std::size_t j) const {
  const double* x = &a.numbers[i * a.dims];
  const double* y = &b.numbers[j * b.dims];
  double sum = 0;
  for (const KernelPart& part : options_.parts) {
    bool agree = true;
    for (const int f : part.agree) {
      const int level = a.levels[static_cast<std::size_t>(f)][i];
      if (level < 0 || level != b.levels[static_cast<std::size_t>(f)][j]) {
        agree = false;
        break;
      }
    }
    if (!agree) continue;
    double far = 0;
    for (std::size_t d = 0; d < a.dims; ++d) {
      if (part.length[d] <= 0) continue;
      const double apart = (x[d] - y[d]) / part.length[d];
      far += apart * apart;
    }
    sum += part.sd * part.sd * (far > 0 ? std::exp(-0.5 * far) : 1);
  }
  return sum;
}

double KernelResidual::prior_sd() const {
  double sum = 0;
  for (const KernelPart& part : options_.parts) sum += part.sd * part.sd;
  return std::sqrt(sum);
}

void KernelResidual::fit(const KernelRows& rows, std::span<const std::size_t> train,
                         std::span<const double> residual, const KernelOptions& options) {
  options_ = options;
  count_ = train.size();
  train_ = {};
  train_.dims = rows.dims;
  train_.levels.resize(rows.levels.size());
  for (const std::size_t i : train) {
    const auto from = rows.numbers.begin() + static_cast<std::ptrdiff_t>(i * rows.dims);
    train_.numbers.insert(train_.numbers.end(), from,
                          from + static_cast<std::ptrdiff_t>(rows.dims));
    for (std::size_t f = 0; f < rows.levels.size(); ++f) {
      train_.levels[f].push_back(rows.levels[f][i]);
    }
  }
  std::vector<double> gram(count_ * count_, 0.0);
  for (std::size_t i = 0; i < count_; ++i) {
    for (std::size_t j = i; j < count_; ++j) gram[i * count_ + j] = kernel(train_, i, train_, j);
  }
  std::vector<double> noise(count_, options.noise * options.noise);
  for (int pass = 0; pass < options.passes; ++pass) {
    std::vector<double> a(gram);
    for (std::size_t i = 0; i < count_; ++i) a[i * count_ + i] += noise[i];
    if (!solver_.factor(std::move(a), count_)) {
      weight_.assign(count_, 0.0);  // no positive noise: the plain model stands
      return;
    }
    weight_ = solver_.solve(residual);
    for (std::size_t i = 0; i < count_; ++i) {
      // y - f = noise_i weight_i, since (K + N) w = y.
      const double left = std::abs(noise[i] * weight_[i]);
      const double times = std::max(1.0, left / (options.outlier * options.noise));
      noise[i] = options.noise * options.noise * times;
    }
  }
}

KernelResidual::Answer KernelResidual::predict(const KernelRows& rows, std::size_t row,
                                               bool with_sd) const {
  Answer out;
  std::vector<double> k(count_);
  for (std::size_t j = 0; j < count_; ++j) {
    k[j] = kernel(rows, row, train_, j);
    out.mean += k[j] * weight_[j];
  }
  if (!with_sd) return out;
  double explained = 0;
  for (const double z : solver_.half(k)) explained += z * z;
  const double prior = prior_sd();
  out.sd = std::sqrt(std::max(0.0, prior * prior - explained));
  return out;
}

}  // namespace interposer::planner
