// How far stated probabilities are from what happens, and how to bring them there.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace interposer::stats {

// `p` in [0, 1] beside outcomes 0 or 1.
double brier(std::span<const double> p, std::span<const double> outcome);
double log_loss(std::span<const double> p, std::span<const double> outcome);  // p clipped at 1e-15

enum class Bins { kEqualWidth, kEqualCount };
// Expected calibration error: mean over bins of |rate - mean p|, weighted by count.
double calibration_error(std::span<const double> p, std::span<const double> outcome,
                         std::size_t bins = 15, Bins kind = Bins::kEqualWidth);

// Least-squares nondecreasing fit by pooling adjacent violators. Fitted at the distinct scores in
// ascending order; between them linear, outside constant.
struct Isotonic {
  std::vector<double> x;
  std::vector<double> y;
  double operator()(double score) const;
};
Isotonic isotonic(std::span<const double> score, std::span<const double> outcome,
                  std::span<const double> weight = {});

// Split conformal prediction: the ceil((n + 1)(1 - alpha))-th smallest nonconformity score, so that
// a new exchangeable one is <= it with chance >= 1 - alpha; infinite where n is too small for that.
double conformal_quantile(std::span<const double> nonconformity, double alpha);

}  // namespace interposer::stats
