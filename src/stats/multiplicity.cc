#include "stats/multiplicity.h"

#include <algorithm>
#include <numeric>

namespace interposer::stats {
namespace {

std::vector<std::size_t> ascending(std::span<const double> p) {
  std::vector<std::size_t> order(p.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](auto i, auto j) { return p[i] < p[j]; });
  return order;
}

std::vector<double> step_up(std::span<const double> p, double factor) {
  const std::vector<std::size_t> order = ascending(p);
  std::vector<double> out(p.size());
  double least = 1;
  for (std::size_t i = p.size(); i-- > 0;) {
    const double scaled =
        p[order[i]] * factor * static_cast<double>(p.size()) / static_cast<double>(i + 1);
    least = std::min(least, scaled);
    out[order[i]] = least;
  }
  return out;
}

}  // namespace

std::vector<double> bonferroni(std::span<const double> p) {
  std::vector<double> out(p.begin(), p.end());
  for (double& x : out) x = std::min(1.0, x * static_cast<double>(p.size()));
  return out;
}

std::vector<double> holm(std::span<const double> p) {
  const std::vector<std::size_t> order = ascending(p);
  std::vector<double> out(p.size());
  double most = 0;
  for (std::size_t i = 0; i < p.size(); ++i) {
    most = std::max(most, p[order[i]] * static_cast<double>(p.size() - i));
    out[order[i]] = std::min(1.0, most);
  }
  return out;
}

std::vector<double> benjamini_hochberg(std::span<const double> p) { return step_up(p, 1); }

std::vector<double> benjamini_yekutieli(std::span<const double> p) {
  double harmonic = 0;
  for (std::size_t i = 1; i <= p.size(); ++i) harmonic += 1 / static_cast<double>(i);
  return step_up(p, harmonic);
}

}  // namespace interposer::stats
