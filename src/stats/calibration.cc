#include "stats/calibration.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <numeric>

#include "stats/moments.h"

namespace interposer::stats {
namespace {

std::vector<std::size_t> ascending(std::span<const double> values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](auto i, auto j) { return values[i] < values[j]; });
  return order;
}

}  // namespace

double brier(std::span<const double> p, std::span<const double> outcome) {
  assert(p.size() == outcome.size());
  Sum total;
  for (std::size_t i = 0; i < p.size(); ++i) total.add((p[i] - outcome[i]) * (p[i] - outcome[i]));
  return total.value() / static_cast<double>(p.size());
}

double log_loss(std::span<const double> p, std::span<const double> outcome) {
  assert(p.size() == outcome.size());
  constexpr double kClip = 1e-15;
  Sum total;
  for (std::size_t i = 0; i < p.size(); ++i) {
    const double q = std::clamp(p[i], kClip, 1 - kClip);
    total.add(-(outcome[i] * std::log(q) + (1 - outcome[i]) * std::log(1 - q)));
  }
  return total.value() / static_cast<double>(p.size());
}

double calibration_error(std::span<const double> p, std::span<const double> outcome,
                         std::size_t bins, Bins kind) {
  assert(p.size() == outcome.size() && bins > 0);
  struct Bin {
    Sum p, outcome;
  };
  std::vector<Bin> table(bins);
  const std::vector<std::size_t> order = ascending(p);
  for (std::size_t rank = 0; rank < order.size(); ++rank) {
    const std::size_t i = order[rank];
    // Equal width: bins are (a, b], 0 belongs to the first.
    const auto by_width =
        static_cast<std::size_t>(std::max(0.0, std::ceil(p[i] * static_cast<double>(bins)) - 1));
    const std::size_t bin =
        kind == Bins::kEqualWidth ? std::min(by_width, bins - 1) : rank * bins / order.size();
    table[bin].p.add(p[i]);
    table[bin].outcome.add(outcome[i]);
  }
  Sum error;
  for (const Bin& bin : table) error.add(std::abs(bin.outcome.value() - bin.p.value()));
  return error.value() / static_cast<double>(p.size());
}

Isotonic isotonic(std::span<const double> score, std::span<const double> outcome,
                  std::span<const double> weight) {
  assert(score.size() == outcome.size() && (weight.empty() || weight.size() == score.size()));
  struct Block {
    double mean;
    double weight;
    std::size_t last;  // index into x
  };
  std::vector<Block> blocks;
  Isotonic fit;
  const std::vector<std::size_t> order = ascending(score);
  for (std::size_t at = 0; at < order.size();) {
    double total = 0;
    double mass = 0;
    const double x = score[order[at]];
    for (; at < order.size() && score[order[at]] == x; ++at) {
      const double w = weight.empty() ? 1 : weight[order[at]];
      total += w * outcome[order[at]];
      mass += w;
    }
    fit.x.push_back(x);
    blocks.push_back({total / mass, mass, fit.x.size() - 1});
    while (blocks.size() > 1 && blocks[blocks.size() - 2].mean >= blocks.back().mean) {
      const Block top = blocks.back();
      blocks.pop_back();
      Block& below = blocks.back();
      const double joint = below.weight + top.weight;
      below = {(below.mean * below.weight + top.mean * top.weight) / joint, joint, top.last};
    }
  }
  for (const Block& block : blocks) fit.y.resize(block.last + 1, block.mean);
  return fit;
}

double Isotonic::operator()(double score) const {
  if (x.empty()) return std::numeric_limits<double>::quiet_NaN();
  const auto above = std::lower_bound(x.begin(), x.end(), score);
  if (above == x.end()) return y.back();
  const auto i = static_cast<std::size_t>(above - x.begin());
  if (i == 0 || x[i] == score) return y[i];
  return y[i - 1] + (y[i] - y[i - 1]) * (score - x[i - 1]) / (x[i] - x[i - 1]);
}

double conformal_quantile(std::span<const double> nonconformity, double alpha) {
  const double n = static_cast<double>(nonconformity.size());
  // A hair below, so that (n + 1)(1 - alpha) that should be whole isn't rounded up by its error.
  const double rank = std::ceil((n + 1) * (1 - alpha) - 1e-9);
  if (rank > n) return std::numeric_limits<double>::infinity();
  std::vector<double> sorted(nonconformity.begin(), nonconformity.end());
  std::sort(sorted.begin(), sorted.end());
  return sorted[static_cast<std::size_t>(std::max(rank, 1.0)) - 1];
}

}  // namespace interposer::stats
