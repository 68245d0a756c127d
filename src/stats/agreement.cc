#include "stats/agreement.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <map>

#include "stats/distributions.h"

namespace interposer::stats {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

std::size_t categories(std::span<const int> a, std::span<const int> b) {
  int most = 0;
  for (int x : a) most = std::max(most, x);
  for (int x : b) most = std::max(most, x);
  return static_cast<std::size_t>(most) + 1;
}

std::vector<double> shares(std::span<const int> ratings, std::size_t k) {
  std::vector<double> out(k, 0.0);
  for (int x : ratings) out[static_cast<std::size_t>(x)] += 1 / static_cast<double>(ratings.size());
  return out;
}

double disagreement(std::size_t i, std::size_t j, Weights weights) {
  const double d = std::abs(static_cast<double>(i) - static_cast<double>(j));
  switch (weights) {
    case Weights::kNone:
      return d == 0 ? 0 : 1;
    case Weights::kLinear:
      return d;
    case Weights::kQuadratic:
      return d * d;
  }
  return 0;
}

using ValueCounts = std::map<double, double>;

// Squared distance of two values; ordinal counts the values between them (Krippendorff 2011).
double distance(double a, double b, Level level, const ValueCounts& counts) {
  if (a == b) return 0;
  if (level == Level::kNominal) return 1;
  if (level == Level::kInterval) return (a - b) * (a - b);
  const auto low = counts.find(std::min(a, b));
  const auto high = counts.find(std::max(a, b));
  double between = -(low->second + high->second) / 2;
  for (auto it = low;; ++it) {
    between += it->second;
    if (it == high) break;
  }
  return between * between;
}

double clamp_rate(double x) { return std::clamp(x, 0.0, 1.0); }

}  // namespace

double cohen_kappa(std::span<const int> a, std::span<const int> b, Weights weights) {
  assert(a.size() == b.size() && !a.empty());
  const std::size_t k = categories(a, b);
  const std::vector<double> pa = shares(a, k);
  const std::vector<double> pb = shares(b, k);
  double observed = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    observed +=
        disagreement(static_cast<std::size_t>(a[i]), static_cast<std::size_t>(b[i]), weights);
  }
  observed /= static_cast<double>(a.size());
  double expected = 0;
  for (std::size_t i = 0; i < k; ++i) {
    for (std::size_t j = 0; j < k; ++j) expected += pa[i] * pb[j] * disagreement(i, j, weights);
  }
  return expected > 0 ? 1 - observed / expected : kNan;
}

double gwet_ac1(std::span<const int> a, std::span<const int> b) {
  assert(a.size() == b.size() && !a.empty());
  const std::size_t k = categories(a, b);
  const std::vector<double> pa = shares(a, k);
  const std::vector<double> pb = shares(b, k);
  double agreed = 0;
  for (std::size_t i = 0; i < a.size(); ++i) agreed += a[i] == b[i] ? 1 : 0;
  agreed /= static_cast<double>(a.size());
  if (k < 2) return kNan;
  double chance = 0;
  for (std::size_t i = 0; i < k; ++i) {
    const double share = (pa[i] + pb[i]) / 2;
    chance += share * (1 - share) / static_cast<double>(k - 1);
  }
  return (agreed - chance) / (1 - chance);
}

double fleiss_kappa(const std::vector<std::vector<int>>& counts) {
  assert(!counts.empty());
  double raters = 0;
  for (int c : counts[0]) raters += c;
  const double items = static_cast<double>(counts.size());
  std::vector<double> share(counts[0].size(), 0.0);
  double agreed = 0;
  for (const std::vector<int>& item : counts) {
    double squares = 0;
    for (std::size_t j = 0; j < item.size(); ++j) {
      squares += static_cast<double>(item[j]) * item[j];
      share[j] += item[j] / (items * raters);
    }
    agreed += (squares - raters) / (raters * (raters - 1)) / items;
  }
  double chance = 0;
  for (double p : share) chance += p * p;
  return chance < 1 ? (agreed - chance) / (1 - chance) : kNan;
}

double krippendorff_alpha(const std::vector<std::vector<std::optional<double>>>& ratings,
                          Level level) {
  ValueCounts counts;
  std::vector<std::vector<double>> items;
  for (const auto& item : ratings) {
    std::vector<double> given;
    for (const auto& rating : item) {
      if (rating) given.push_back(*rating);
    }
    if (given.size() < 2) continue;
    for (double x : given) ++counts[x];
    items.push_back(std::move(given));
  }
  double total = 0;
  for (const auto& [value, count] : counts) total += count;
  double observed = 0;
  for (const auto& given : items) {
    double pairs = 0;
    for (double a : given) {
      for (double b : given) pairs += distance(a, b, level, counts);
    }
    observed += pairs / static_cast<double>(given.size() - 1);
  }
  double expected = 0;
  for (const auto& [a, count_a] : counts) {
    for (const auto& [b, count_b] : counts) {
      expected += count_a * count_b * distance(a, b, level, counts);
    }
  }
  return expected > 0 ? 1 - observed * (total - 1) / expected : kNan;
}

CorrectedRate judge_corrected(std::int64_t passed, std::int64_t n, const JudgeCalibration& judge,
                              double level) {
  const auto rate = [](std::int64_t k, std::int64_t of) {
    return static_cast<double>(k) / static_cast<double>(of);
  };
  CorrectedRate out;
  if (n <= 0 || judge.truly_right <= 0 || judge.truly_wrong <= 0) return out;
  const double q1 = rate(judge.passed_right, judge.truly_right);
  const double q0 = rate(judge.failed_wrong, judge.truly_wrong);
  out.usable = q0 + q1 > 1;
  if (!out.usable) return out;
  out.value = clamp_rate((rate(passed, n) + q0 - 1) / (q0 + q1 - 1));

  const double z = normal_quantile(0.5 + level / 2);
  const double n_s = static_cast<double>(n) + z * z;
  const double p_s = (static_cast<double>(passed) + z * z / 2) / n_s;
  const double m1 = static_cast<double>(judge.truly_right) + 2;
  const double m0 = static_cast<double>(judge.truly_wrong) + 2;
  const double q1_s = static_cast<double>(judge.passed_right + 1) / m1;
  const double q0_s = static_cast<double>(judge.failed_wrong + 1) / m0;
  const double gain = q0_s + q1_s - 1;
  const double theta = (p_s + q0_s - 1) / gain;
  const double shift =
      2 * z * z * (-(1 - theta) * q0_s * (1 - q0_s) / m0 + theta * q1_s * (1 - q1_s) / m1);
  const double variance = p_s * (1 - p_s) / n_s +
                          (1 - theta) * (1 - theta) * q0_s * (1 - q0_s) / m0 +
                          theta * theta * q1_s * (1 - q1_s) / m1;
  const double half = z * std::sqrt(variance) / gain;
  out.interval = {clamp_rate(theta + shift - half), clamp_rate(theta + shift + half)};
  return out;
}

std::optional<double> pass_at_k(std::int64_t n, std::int64_t c, std::int64_t k) {
  if (n < k || c < 0 || c > n || k < 1) return std::nullopt;
  if (n - c < k) return 1.0;
  double none = 1;
  for (std::int64_t i = n - c + 1; i <= n; ++i) {
    none *= 1 - static_cast<double>(k) / static_cast<double>(i);
  }
  return 1 - none;
}

std::optional<double> pass_hat_k(std::int64_t n, std::int64_t c, std::int64_t k) {
  if (n < k || c < 0 || c > n || k < 1) return std::nullopt;
  double all = 1;
  for (std::int64_t i = 0; i < k; ++i) {
    all *= static_cast<double>(c - i) / static_cast<double>(n - i);
    if (c - i <= 0) return 0.0;
  }
  return all;
}

}  // namespace interposer::stats
