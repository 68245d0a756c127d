// The physical step-time model: log y = log sum_k exp(mu_k + sum_l u_{l,k}) x_k + sum_g v_g.
// x_k are times a datasheet and a shape give (bytes over bandwidth, FLOPs over peak, layers, ...);
// mu_k is how far a machine stays from that in general, u how a level (this engine, this precision)
// differs in one term, v how a level differs as a whole. All effects shrink to 0 (Gaussian), so a
// level without rows has none. Source of the form: BLIS' additive betas; see docs/calibration.md.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace interposer::planner {

// Rows with positive targets. A level below 0 is one not seen in training: no effect.
struct LogAdditiveRows {
  std::size_t terms = 0;
  std::vector<double> x;                 // rows x terms, >= 0, at least one > 0 in a row
  std::vector<double> log_y;             // rows
  std::vector<std::vector<int>> levels;  // a vector for each factor of the options, rows long

  std::size_t size() const { return log_y.size(); }
};

struct LogAdditiveOptions {
  struct Factor {
    std::string name;
    int levels = 0;
    double term_sd = 0;   // of u; 0: none
    double whole_sd = 0;  // of v; 0: none
  };
  std::vector<double> prior;  // of exp(mu), one a term
  double prior_sd = 1.5;      // of mu around log(prior)
  double noise = 0.12;        // Laplace scale of log y
  int steps = 14;
  std::vector<Factor> factors;  // in the order of LogAdditiveRows::levels
};

class LogAdditive {
 public:
  // Least absolute deviation with Gaussian shrinkage, by reweighted Gauss-Newton steps; about
  // 0.1-0.5 s for 2,500 rows. `train`: indices of rows. Deterministic.
  void fit(const LogAdditiveRows& rows, std::span<const std::size_t> train,
           const LogAdditiveOptions& options);
  // log y of row `i`.
  double predict(const LogAdditiveRows& rows, std::size_t i) const;
  // The share of each term in the sum, for explanations.
  std::vector<double> shares(const LogAdditiveRows& rows, std::size_t i) const;
  // exp(mu + u) of a term for given levels (one a factor, -1: none).
  double efficiency(std::size_t term, std::span<const int> levels) const;
  // mu of a term; u of a level in it; v of a level. 0 where a factor has no such effect.
  double general(std::size_t term) const { return theta_[term]; }
  double term_effect(std::size_t factor, int level, std::size_t term) const;
  double whole_effect(std::size_t factor, int level) const;

 private:
  double evaluate(std::span<const double> theta, const LogAdditiveRows& rows, std::size_t i,
                  double* share) const;
  double objective(std::span<const double> theta, const LogAdditiveRows& rows,
                   std::span<const std::size_t> train) const;
  std::vector<double> step(const LogAdditiveRows& rows, std::span<const std::size_t> train) const;

  LogAdditiveOptions options_;
  std::size_t terms_ = 0;
  std::vector<std::size_t> term_at_;   // offset of u of a factor, kNone
  std::vector<std::size_t> whole_at_;  // offset of v of a factor, kNone
  std::vector<double> start_;
  std::vector<double> precision_;  // 1 / sd^2 of each parameter
  std::vector<double> theta_;
};

}  // namespace interposer::planner
