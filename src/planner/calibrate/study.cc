#include "planner/calibrate/study.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <numeric>
#include <thread>

namespace interposer::planner {
namespace {

double quantile_of(std::vector<double> values, double q) {
  std::sort(values.begin(), values.end());
  const double at = q * static_cast<double>(values.size() - 1);
  const auto low = static_cast<std::size_t>(at);
  const std::size_t high = std::min(low + 1, values.size() - 1);
  return values[low] + (at - static_cast<double>(low)) * (values[high] - values[low]);
}

// The scale of an error: the neighbourhood's own doubt and the disagreement of repeats.
double scale_of(const StepEstimate& e) {
  constexpr double kRepeats = 0.06;
  return std::sqrt(e.sd * e.sd + kRepeats * kRepeats);
}

// Smallest score with at least `level` of the weight at or under it, one more row of weight `own`
// counted as infinite (the test row itself).
double weighted_quantile(std::vector<std::pair<double, double>>& scores, double own, double level) {
  std::sort(scores.begin(), scores.end());
  double total = own;
  for (const auto& [score, weight] : scores) total += weight;
  double sum = 0;
  for (const auto& [score, weight] : scores) {
    sum += weight;
    if (sum >= level * total) return score;
  }
  return scores.empty() ? 0 : scores.back().first;
}

}  // namespace

Score score(std::span<const double> log_measured, std::span<const double> log_predicted) {
  Score out;
  out.n = log_measured.size();
  if (out.n == 0) return out;
  std::vector<double> error;
  for (std::size_t i = 0; i < out.n; ++i) {
    error.push_back(100 * std::abs(std::expm1(log_predicted[i] - log_measured[i])));
  }
  out.mean = std::accumulate(error.begin(), error.end(), 0.0) / static_cast<double>(out.n);
  out.median = quantile_of(error, 0.5);
  out.p90 = quantile_of(std::move(error), 0.9);
  return out;
}

Score HeldOut::step_score(const Design& design) const {
  std::vector<double> measured;
  std::vector<double> predicted;
  for (std::size_t k = 0; k < row.size(); ++k) {
    measured.push_back(design.rows.log_y[row[k]]);
    predicted.push_back(estimate[k].log_ms);
  }
  return score(measured, predicted);
}

Score HeldOut::plain_score(const Design& design) const {
  std::vector<double> measured;
  for (const std::size_t i : row) measured.push_back(design.rows.log_y[i]);
  return score(measured, plain);
}

HeldOut hold_out(const Design& design, std::vector<std::size_t> row, std::vector<std::size_t> fold,
                 const StudyOptions& options) {
  HeldOut out;
  out.row = std::move(row);
  out.fold = std::move(fold);
  out.estimate.resize(out.row.size());
  out.plain.resize(out.row.size());
  std::size_t folds = 0;
  for (const std::size_t f : out.fold) folds = std::max(folds, f + 1);
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    for (std::size_t f = next++; f < folds; f = next++) {
      std::vector<std::size_t> train;
      for (std::size_t k = 0; k < out.row.size(); ++k) {
        if (out.fold[k] != f) train.push_back(out.row[k]);
      }
      if (train.size() == out.row.size() || train.empty()) continue;
      StepModel model;
      model.fit(design, train);
      for (std::size_t k = 0; k < out.row.size(); ++k) {
        if (out.fold[k] != f) continue;
        out.estimate[k] = model.predict(out.row[k]);
        out.plain[k] = model.plain(out.row[k]);
      }
    }
  };
  {
    std::vector<std::jthread> others;
    for (int t = 1; t < options.threads; ++t) others.emplace_back(work);
    work();
  }
  return out;
}

std::vector<std::size_t> group_folds(const SiliconSample& sample, std::span<const std::size_t> row,
                                     std::uint64_t seed, std::size_t folds) {
  std::vector<std::size_t> out;
  for (const std::size_t i : row) out.push_back(fold_of(seed, sample.rows[i].group(), folds));
  return out;
}

std::vector<std::size_t> level_folds(const Design& design, std::span<const std::size_t> row,
                                     Factor factor) {
  std::vector<std::size_t> out;
  for (const std::size_t i : row) {
    out.push_back(static_cast<std::size_t>(design.rows.levels[factor][i]));
  }
  return out;
}

std::vector<Interval> conformal_intervals(const Design& design, const HeldOut& held,
                                          const HeldOut& calibration) {
  constexpr double kOwnShare = 0.6;  // of the weight, once an architecture has kOwnRows rows
  constexpr double kOwnRows = 60;
  std::vector<double> scores;
  for (std::size_t k = 0; k < calibration.row.size(); ++k) {
    scores.push_back(
        std::abs(calibration.estimate[k].log_ms - design.rows.log_y[calibration.row[k]]) /
        scale_of(calibration.estimate[k]));
  }
  const auto& architecture = design.rows.levels[kArchitecture];
  std::size_t folds = 0;
  std::size_t levels = 0;
  for (const std::size_t f : held.fold) folds = std::max(folds, f + 1);
  for (const std::size_t i : held.row) {
    levels = std::max(levels, static_cast<std::size_t>(architecture[i]) + 1);
  }
  // One quantile for each (fold, architecture).
  std::vector<double> quantile(folds * levels, -1);
  std::vector<Interval> out;
  for (std::size_t k = 0; k < held.row.size(); ++k) {
    const auto own = static_cast<std::size_t>(architecture[held.row[k]]);
    double& q = quantile[held.fold[k] * levels + own];
    if (q < 0) {
      double own_rows = 0;
      double rows = 0;
      for (std::size_t c = 0; c < calibration.row.size(); ++c) {
        if (calibration.fold[c] == held.fold[k]) continue;
        ++rows;
        own_rows += static_cast<std::size_t>(architecture[calibration.row[c]]) == own ? 1 : 0;
      }
      const double share = own_rows > 0 ? kOwnShare * std::min(1.0, own_rows / kOwnRows) : 0;
      std::vector<std::pair<double, double>> weighted;
      for (std::size_t c = 0; c < calibration.row.size(); ++c) {
        if (calibration.fold[c] == held.fold[k]) continue;
        const bool same = static_cast<std::size_t>(architecture[calibration.row[c]]) == own;
        const double weight = (1 - share) / rows + (same ? share / own_rows : 0);
        weighted.emplace_back(scores[c], weight);
      }
      q = weighted_quantile(weighted, 1 / std::max(rows, 1.0), kIntervalLevel);
    }
    const double half = q * scale_of(held.estimate[k]);
    out.push_back({held.estimate[k].log_ms - half, held.estimate[k].log_ms + half});
  }
  return out;
}

Coverage coverage(const Design& design, const HeldOut& held, std::span<const Interval> interval,
                  std::string slice, const std::function<bool(std::size_t row)>& in) {
  Coverage out;
  out.slice = std::move(slice);
  std::vector<double> widths;
  for (std::size_t k = 0; k < held.row.size(); ++k) {
    if (!in(held.row[k])) continue;
    ++out.n;
    const double y = design.rows.log_y[held.row[k]];
    const double low = std::exp(interval[k].low - y);
    const double high = std::exp(interval[k].high - y);
    const double miss = std::max(low - 1, 0.0) + std::max(1 - high, 0.0);
    out.covered += miss > 0 ? 0 : 1;
    out.winkler += 100 * (high - low + 2 / (1 - kIntervalLevel) * miss);
    widths.push_back(high / low);
  }
  if (out.n == 0) return out;
  out.covered /= static_cast<double>(out.n);
  out.winkler /= static_cast<double>(out.n);
  out.width = quantile_of(std::move(widths), 0.5);
  return out;
}

}  // namespace interposer::planner
