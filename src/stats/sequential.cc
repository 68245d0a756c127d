#include "stats/sequential.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <numbers>

#include "stats/distributions.h"

namespace interposer::stats {
namespace {

constexpr std::size_t kCells = 400;  // of Simpson's rule over the region that goes on
constexpr double kWidest = 9;        // |z| beyond which no mass is left
constexpr int kBisections = 60;

double normal_pdf(double z) { return std::exp(-z * z / 2) / std::sqrt(2 * std::numbers::pi); }

// The density of the score B(t) = z sqrt(t) on those paths that no bound has stopped.
class ScoreProcess {
 public:
  explicit ScoreProcess(double drift) : drift_(drift) {}

  // P(crosses |B| >= bound at `fraction`) without having stopped before.
  double crossing(double fraction, double bound) const {
    const double step = std::sqrt(fraction - at_);
    const double shift = drift_ * (fraction - at_);
    if (weight_.empty()) {
      return normal_sf((bound - shift) / step) + normal_cdf((-bound - shift) / step);
    }
    double total = 0;
    for (std::size_t i = 0; i < weight_.size(); ++i) {
      const double centre = place_[i] + shift;
      total +=
          weight_[i] * (normal_sf((bound - centre) / step) + normal_cdf((-bound - centre) / step));
    }
    return total;
  }

  void go_on(double fraction, double bound) {
    const double edge =
        std::min(bound, kWidest * std::sqrt(fraction) + std::abs(drift_) * fraction);
    const double cell = 2 * edge / kCells;
    std::vector<double> place(kCells + 1);
    std::vector<double> weight(kCells + 1);
    const double step = std::sqrt(fraction - at_);
    const double shift = drift_ * (fraction - at_);
    for (std::size_t i = 0; i <= kCells; ++i) {
      place[i] = -edge + cell * static_cast<double>(i);
      const double simpson = i == 0 || i == kCells ? 1 : (i % 2 == 1 ? 4 : 2);
      weight[i] = density(place[i], step, shift) * simpson * cell / 3;
    }
    place_ = std::move(place);
    weight_ = std::move(weight);
    at_ = fraction;
  }

 private:
  double density(double x, double step, double shift) const {
    if (weight_.empty()) return normal_pdf((x - shift) / step) / step;
    double total = 0;
    for (std::size_t i = 0; i < weight_.size(); ++i) {
      total += weight_[i] * normal_pdf((x - place_[i] - shift) / step);
    }
    return total / step;
  }

  double drift_;
  double at_ = 0;
  std::vector<double> place_;
  std::vector<double> weight_;
};

}  // namespace

double spent_alpha(Spending spending, double fraction, double alpha) {
  if (fraction <= 0) return 0;
  if (fraction >= 1) return alpha;
  if (spending == Spending::kPocock) return alpha * std::log(1 + (std::numbers::e - 1) * fraction);
  return 4 * normal_sf(normal_quantile(1 - alpha / 4) / std::sqrt(fraction));
}

std::vector<double> group_sequential_bounds(std::span<const double> fractions, double alpha,
                                            Spending spending) {
  assert(!fractions.empty() && fractions.size() <= kLooksMax && fractions.back() == 1);
  ScoreProcess process(0);
  std::vector<double> bounds;
  double spent = 0;
  for (double fraction : fractions) {
    const double root = std::sqrt(fraction);
    const double share = spent_alpha(spending, fraction, alpha) - spent;
    double low = 0;
    double high = kWidest;
    for (int i = 0; i < kBisections; ++i) {
      const double middle = (low + high) / 2;
      (process.crossing(fraction, middle * root) > share ? low : high) = middle;
    }
    bounds.push_back(high);
    spent += process.crossing(fraction, high * root);
    process.go_on(fraction, high * root);
  }
  return bounds;
}

std::vector<double> crossing_probabilities(std::span<const double> fractions,
                                           std::span<const double> bounds, double drift) {
  assert(fractions.size() == bounds.size());
  ScoreProcess process(drift);
  std::vector<double> out;
  double total = 0;
  for (std::size_t i = 0; i < fractions.size(); ++i) {
    const double bound = bounds[i] * std::sqrt(fractions[i]);
    total += process.crossing(fractions[i], bound);
    out.push_back(total);
    process.go_on(fractions[i], bound);
  }
  return out;
}

Interval confidence_sequence(double mean, double sd, std::int64_t count, std::int64_t tuned_for,
                             double alpha) {
  if (count < 2) {
    return {-std::numeric_limits<double>::infinity(), std::numeric_limits<double>::infinity()};
  }
  const double n = static_cast<double>(count);
  const double log_term = -2 * std::log(alpha);
  const double rho_squared = (log_term + std::log(log_term + 1)) / static_cast<double>(tuned_for);
  const double grown = n * rho_squared + 1;
  const double half =
      sd * std::sqrt(2 * grown / (n * n * rho_squared) * std::log(std::sqrt(grown) / alpha));
  return {mean - half, mean + half};
}

}  // namespace interposer::stats
