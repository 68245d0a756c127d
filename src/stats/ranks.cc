#include "stats/ranks.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <numeric>

#include "stats/distributions.h"
#include "stats/moments.h"

namespace interposer::stats {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

std::vector<std::size_t> order_of(std::span<const double> values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t i, std::size_t j) { return values[i] < values[j]; });
  return order;
}

// Sums over groups of ties that the variance of tau needs.
struct Ties {
  double pairs = 0;     // t (t - 1) / 2
  double triples = 0;   // t (t - 1) (t - 2)
  double variance = 0;  // t (t - 1) (2 t + 5)
  void add(double t) {
    pairs += t * (t - 1) / 2;
    triples += t * (t - 1) * (t - 2);
    variance += t * (t - 1) * (2 * t + 5);
  }
};

Ties ties_of(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  Ties ties;
  for (std::size_t i = 0; i < values.size();) {
    std::size_t j = i;
    while (j < values.size() && values[j] == values[i]) ++j;
    ties.add(static_cast<double>(j - i));
    i = j;
  }
  return ties;
}

// Sorts and counts the pairs out of order.
double inversions(std::vector<double>& values, std::vector<double>& spare, std::size_t from,
                  std::size_t to) {
  if (to - from < 2) return 0;
  const std::size_t middle = from + (to - from) / 2;
  double count = inversions(values, spare, from, middle) + inversions(values, spare, middle, to);
  std::size_t left = from;
  std::size_t right = middle;
  for (std::size_t at = from; at < to; ++at) {
    if (right == to || (left < middle && values[left] <= values[right])) {
      spare[at] = values[left++];
    } else {
      count += static_cast<double>(middle - left);
      spare[at] = values[right++];
    }
  }
  std::copy(spare.begin() + static_cast<std::ptrdiff_t>(from),
            spare.begin() + static_cast<std::ptrdiff_t>(to),
            values.begin() + static_cast<std::ptrdiff_t>(from));
  return count;
}

}  // namespace

Ranks average_ranks(std::span<const double> values) {
  const std::vector<std::size_t> order = order_of(values);
  Ranks out{std::vector<double>(values.size()), 0};
  for (std::size_t i = 0; i < order.size();) {
    std::size_t j = i;
    while (j < order.size() && values[order[j]] == values[order[i]]) ++j;
    const double shared = (static_cast<double>(i + 1) + static_cast<double>(j)) / 2;
    for (std::size_t k = i; k < j; ++k) out.rank[order[k]] = shared;
    const double t = static_cast<double>(j - i);
    out.tie_term += t * t * t - t;
    i = j;
  }
  return out;
}

Correlation spearman(std::span<const double> a, std::span<const double> b) {
  const double r = correlation(average_ranks(a).rank, average_ranks(b).rank);
  const double df = static_cast<double>(a.size()) - 2;
  if (std::isnan(r) || df <= 0) return {r, 1};
  if (std::abs(r) == 1) return {r, 0};
  return {r, t_two_sided(r * std::sqrt(df / (1 - r * r)), df)};
}

Correlation kendall_tau_b(std::span<const double> a, std::span<const double> b) {
  assert(a.size() == b.size());
  const std::size_t size = a.size();
  std::vector<std::size_t> order(size);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&](std::size_t i, std::size_t j) { return a[i] != a[j] ? a[i] < a[j] : b[i] < b[j]; });
  double joint = 0;  // pairs tied on both sides
  for (std::size_t i = 0; i < size;) {
    std::size_t j = i;
    while (j < size && a[order[j]] == a[order[i]] && b[order[j]] == b[order[i]]) ++j;
    joint += static_cast<double>(j - i) * static_cast<double>(j - i - 1) / 2;
    i = j;
  }
  std::vector<double> sequence(size);
  std::transform(order.begin(), order.end(), sequence.begin(), [&](std::size_t i) { return b[i]; });
  std::vector<double> spare(size);
  const double discordant = inversions(sequence, spare, 0, size);
  const Ties ta = ties_of({a.begin(), a.end()});
  const Ties tb = ties_of({b.begin(), b.end()});
  const double n = static_cast<double>(size);
  const double pairs = n * (n - 1) / 2;
  const double difference = pairs - ta.pairs - tb.pairs + joint - 2 * discordant;
  if (ta.pairs == pairs || tb.pairs == pairs) return {kNan, 1};
  const double tau = difference / std::sqrt(pairs - ta.pairs) / std::sqrt(pairs - tb.pairs);
  double variance = (n * (n - 1) * (2 * n + 5) - ta.variance - tb.variance) / 18 +
                    2 * ta.pairs * tb.pairs / (n * (n - 1));
  if (n > 2) variance += ta.triples * tb.triples / (9 * n * (n - 1) * (n - 2));
  return {std::clamp(tau, -1.0, 1.0), 2 * normal_sf(std::abs(difference) / std::sqrt(variance))};
}

}  // namespace interposer::stats
