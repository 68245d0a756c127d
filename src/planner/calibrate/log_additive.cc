#include "planner/calibrate/log_additive.h"

#include <algorithm>
#include <cmath>

#include "planner/calibrate/linear.h"

namespace interposer::planner {
namespace {

constexpr std::size_t kNone = static_cast<std::size_t>(-1);
constexpr double kSmallestResidual = 0.03;  // below it a residual weighs no more
constexpr double kLongestStep = 1.0;
constexpr double kEnough = 1e-3;  // relative improvement under which the fit ends

}  // namespace

double LogAdditive::evaluate(std::span<const double> theta, const LogAdditiveRows& rows,
                             std::size_t i, double* share) const {
  const double* x = &rows.x[i * terms_];
  double sum = 0;
  for (std::size_t k = 0; k < terms_; ++k) {
    double log_beta = theta[k];
    for (std::size_t f = 0; f < term_at_.size(); ++f) {
      const int level = rows.levels[f][i];
      if (term_at_[f] == kNone || level < 0) continue;
      log_beta += theta[term_at_[f] + static_cast<std::size_t>(level) * terms_ + k];
    }
    const double part = x[k] > 0 ? std::exp(log_beta) * x[k] : 0;
    sum += part;
    if (share != nullptr) share[k] = part;
  }
  if (share != nullptr) {
    for (std::size_t k = 0; k < terms_; ++k) share[k] /= sum;
  }
  double out = std::log(sum);
  for (std::size_t f = 0; f < whole_at_.size(); ++f) {
    const int level = rows.levels[f][i];
    if (whole_at_[f] != kNone && level >= 0) {
      out += theta[whole_at_[f] + static_cast<std::size_t>(level)];
    }
  }
  return out;
}

double LogAdditive::objective(std::span<const double> theta, const LogAdditiveRows& rows,
                              std::span<const std::size_t> train) const {
  double sum = 0;
  for (const std::size_t i : train) {
    sum += std::abs(rows.log_y[i] - evaluate(theta, rows, i, nullptr)) / options_.noise;
  }
  for (std::size_t p = 0; p < theta.size(); ++p) {
    const double d = theta[p] - start_[p];
    sum += 0.5 * precision_[p] * d * d;
  }
  return sum;
}

std::vector<double> LogAdditive::step(const LogAdditiveRows& rows,
                                      std::span<const std::size_t> train) const {
  const std::size_t n = theta_.size();
  std::vector<double> h(n * n, 0.0);
  std::vector<double> g(n, 0.0);
  std::vector<double> share(terms_);
  std::vector<std::size_t> blocks;  // where this row's term effects are, ascending
  std::vector<std::size_t> wholes;
  for (const std::size_t i : train) {
    const double residual = rows.log_y[i] - evaluate(theta_, rows, i, share.data());
    const double weight = 1 / (options_.noise * std::max(std::abs(residual), kSmallestResidual));
    blocks.assign(1, 0);
    wholes.clear();
    for (std::size_t f = 0; f < term_at_.size(); ++f) {
      const int level = rows.levels[f][i];
      if (level < 0) continue;
      const auto at = static_cast<std::size_t>(level);
      if (term_at_[f] != kNone) blocks.push_back(term_at_[f] + at * terms_);
      if (whole_at_[f] != kNone) wholes.push_back(whole_at_[f] + at);
    }
    for (const std::size_t a : blocks) {
      for (std::size_t k = 0; k < terms_; ++k) {
        if (share[k] == 0) continue;
        const double wk = weight * share[k];
        g[a + k] += wk * residual;
        for (const std::size_t b : blocks) {
          if (b < a) continue;
          double* row = &h[(a + k) * n + b];
          for (std::size_t l = 0; l < terms_; ++l) row[l] += wk * share[l];
        }
        for (const std::size_t b : wholes) h[(a + k) * n + b] += wk;
      }
    }
    for (const std::size_t a : wholes) {
      g[a] += weight * residual;
      for (const std::size_t b : wholes) {
        if (b >= a) h[a * n + b] += weight;
      }
    }
  }
  for (std::size_t p = 0; p < n; ++p) {
    h[p * n + p] += precision_[p];
    g[p] -= precision_[p] * (theta_[p] - start_[p]);
  }
  Cholesky solver;
  if (!solver.factor(std::move(h), n)) return std::vector<double>(n, 0.0);
  std::vector<double> out = solver.solve(g);
  for (double& d : out) d = std::clamp(d, -kLongestStep, kLongestStep);
  return out;
}

void LogAdditive::fit(const LogAdditiveRows& rows, std::span<const std::size_t> train,
                      const LogAdditiveOptions& options) {
  options_ = options;
  terms_ = rows.terms;
  std::size_t next = terms_;
  start_.assign(terms_, 0);
  for (std::size_t k = 0; k < terms_; ++k) start_[k] = std::log(options.prior[k]);
  precision_.assign(terms_, 1 / (options.prior_sd * options.prior_sd));
  term_at_.clear();
  whole_at_.assign(options.factors.size(), kNone);
  for (const auto& factor : options.factors) {  // all u before all v: step() relies on it
    term_at_.push_back(factor.term_sd > 0 ? next : kNone);
    if (factor.term_sd <= 0) continue;
    const std::size_t count = static_cast<std::size_t>(factor.levels) * terms_;
    precision_.insert(precision_.end(), count, 1 / (factor.term_sd * factor.term_sd));
    next += count;
  }
  for (std::size_t f = 0; f < options.factors.size(); ++f) {
    const auto& factor = options.factors[f];
    if (factor.whole_sd <= 0) continue;
    whole_at_[f] = next;
    const auto count = static_cast<std::size_t>(factor.levels);
    precision_.insert(precision_.end(), count, 1 / (factor.whole_sd * factor.whole_sd));
    next += count;
  }
  start_.resize(next, 0.0);
  theta_ = start_;
  double before = objective(theta_, rows, train);
  for (int s = 0; s < options_.steps; ++s) {
    const std::vector<double> direction = step(rows, train);
    std::vector<double> tried(theta_);
    double after = before;
    for (double length = 1; length > 0.02; length /= 2) {
      for (std::size_t p = 0; p < tried.size(); ++p) tried[p] = theta_[p] + length * direction[p];
      after = objective(tried, rows, train);
      if (after < before) break;
    }
    if (!(after < before)) break;
    theta_ = tried;
    const bool enough = before - after < kEnough * before && s > 3;
    before = after;
    if (enough) break;
  }
}

double LogAdditive::predict(const LogAdditiveRows& rows, std::size_t i) const {
  return evaluate(theta_, rows, i, nullptr);
}

std::vector<double> LogAdditive::shares(const LogAdditiveRows& rows, std::size_t i) const {
  std::vector<double> out(terms_);
  evaluate(theta_, rows, i, out.data());
  return out;
}

double LogAdditive::term_effect(std::size_t factor, int level, std::size_t term) const {
  if (term_at_[factor] == kNone || level < 0) return 0;
  return theta_[term_at_[factor] + static_cast<std::size_t>(level) * terms_ + term];
}

double LogAdditive::whole_effect(std::size_t factor, int level) const {
  if (whole_at_[factor] == kNone || level < 0) return 0;
  return theta_[whole_at_[factor] + static_cast<std::size_t>(level)];
}

double LogAdditive::efficiency(std::size_t term, std::span<const int> levels) const {
  double log_beta = theta_[term];
  for (std::size_t f = 0; f < term_at_.size(); ++f) {
    if (term_at_[f] == kNone || levels[f] < 0) continue;
    log_beta += theta_[term_at_[f] + static_cast<std::size_t>(levels[f]) * terms_ + term];
  }
  return std::exp(log_beta);
}

}  // namespace interposer::planner
