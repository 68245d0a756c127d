// The linear algebra and the two fits, against truths that are known.
#include <gtest/gtest.h>

#include <cmath>

#include "planner/calibrate/kernel_residual.h"
#include "planner/calibrate/linear.h"
#include "planner/calibrate/log_additive.h"
#include "stats/random.h"

namespace interposer::planner {
namespace {

std::vector<std::size_t> all(std::size_t n) {
  std::vector<std::size_t> out(n);
  for (std::size_t i = 0; i < n; ++i) out[i] = i;
  return out;
}

TEST(Cholesky, SolvesWhatItIsGiven) {
  stats::Random random(1);
  for (const std::size_t n : {1u, 2u, 7u, 48u, 49u, 131u}) {
    std::vector<double> b(n * n);
    for (double& v : b) v = random.normal();
    std::vector<double> a(n * n, 0.0);
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < n; ++j) {
        for (std::size_t k = 0; k < n; ++k) a[i * n + j] += b[i * n + k] * b[j * n + k];
      }
      a[i * n + i] += 1;
    }
    std::vector<double> x(n);
    for (double& v : x) v = random.normal();
    std::vector<double> y(n, 0.0);
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < n; ++j) y[i] += a[i * n + j] * x[j];
    }
    Cholesky solver;
    ASSERT_TRUE(solver.factor(a, n));
    const std::vector<double> got = solver.solve(y);
    double xax = 0;
    for (std::size_t i = 0; i < n; ++i) {
      EXPECT_NEAR(got[i], x[i], 1e-8) << n;
      xax += x[i] * y[i];
    }
    double norm = 0;
    for (const double z : solver.half(y)) norm += z * z;
    EXPECT_NEAR(norm / xax, 1, 1e-9);
  }
}

TEST(Cholesky, RefusesWhatIsNotPositive) {
  Cholesky solver;
  EXPECT_FALSE(solver.factor({1, 2, 2, 1}, 2));
  EXPECT_FALSE(solver.factor({std::nan("")}, 1));
}

// Two engines, the second 1.5 times slower in the first term, all of it 10 % slower.
LogAdditiveRows two_engines(std::size_t n, double noise, std::uint64_t seed) {
  stats::Random random(seed);
  LogAdditiveRows rows;
  rows.terms = 2;
  rows.levels.resize(1);
  for (std::size_t i = 0; i < n; ++i) {
    const double a = std::exp(3 * random.uniform());
    const double b = std::exp(3 * random.uniform());
    const int engine = static_cast<int>(i % 2);
    rows.x.insert(rows.x.end(), {a, b});
    rows.levels[0].push_back(engine);
    rows.log_y.push_back(std::log(2 * a * (engine == 1 ? 1.5 : 1) + 0.5 * b) +
                         (engine == 1 ? 0.1 : 0) + noise * random.normal());
  }
  return rows;
}

LogAdditiveOptions engine_options() {
  LogAdditiveOptions options;
  options.prior = {1, 1};
  options.factors = {{.name = "engine", .levels = 2, .term_sd = 1, .whole_sd = 0.5}};
  return options;
}

TEST(LogAdditive, FindsTheTimesThatMadeTheRows) {
  const LogAdditiveRows rows = two_engines(400, 0.01, 2);
  LogAdditive model;
  model.fit(rows, all(400), engine_options());
  double worst = 0;
  for (std::size_t i = 0; i < 400; ++i) {
    worst = std::max(worst, std::abs(model.predict(rows, i) - rows.log_y[i]));
  }
  EXPECT_LT(worst, 0.06);
  const int first[] = {0};
  const int second[] = {1};
  EXPECT_NEAR(model.efficiency(0, second) / model.efficiency(1, second) /
                  (model.efficiency(0, first) / model.efficiency(1, first)),
              1.5, 0.1);
  const auto shares = model.shares(rows, 0);
  EXPECT_NEAR(shares[0] + shares[1], 1, 1e-12);
}

TEST(LogAdditive, OneRowInTenThatIsNonsenseDoesNotMoveIt) {
  LogAdditiveRows rows = two_engines(400, 0.01, 3);
  const LogAdditiveRows truth = rows;
  for (std::size_t i = 0; i < 400; i += 10) rows.log_y[i] += 2;
  LogAdditive model;
  model.fit(rows, all(400), engine_options());
  double sum = 0;
  for (std::size_t i = 0; i < 400; ++i) sum += std::abs(model.predict(rows, i) - truth.log_y[i]);
  EXPECT_LT(sum / 400, 0.03);
}

TEST(LogAdditive, AnUnknownLevelHasNoEffect) {
  LogAdditiveRows rows = two_engines(200, 0.01, 4);
  LogAdditive model;
  model.fit(rows, all(200), engine_options());
  const int none[] = {-1};
  const double plain = model.efficiency(0, none);
  rows.levels[0][0] = -1;
  const double expected = std::log(plain * rows.x[0] + model.efficiency(1, none) * rows.x[1]);
  EXPECT_NEAR(model.predict(rows, 0), expected, 1e-12);
}

TEST(KernelResidual, FollowsItsRowsAndForgetsFarFromThem) {
  KernelRows rows;
  rows.dims = 1;
  rows.levels.resize(1);
  std::vector<double> residual;
  for (int i = 0; i < 60; ++i) {
    rows.numbers.push_back(i * 0.1);
    rows.levels[0].push_back(0);
    residual.push_back(0.2 * std::sin(i * 0.1));
  }
  rows.numbers.insert(rows.numbers.end(), {2.05, 100.0, 2.05});
  rows.levels[0].insert(rows.levels[0].end(), {0, 0, -1});
  KernelOptions options;
  options.parts = {{0.3, {0}, {1.0}}};
  options.noise = 0.01;
  KernelResidual model;
  model.fit(rows, all(60), residual, options);
  EXPECT_NEAR(model.predict(rows, 60, true).mean, 0.2 * std::sin(2.05), 0.005);
  EXPECT_LT(model.predict(rows, 60, true).sd, 0.02);
  for (const std::size_t far : {61u, 62u}) {  // far in number; of an unknown level
    EXPECT_NEAR(model.predict(rows, far, true).mean, 0, 1e-9);
    EXPECT_NEAR(model.predict(rows, far, true).sd, 0.3, 1e-9);
  }
}

TEST(KernelResidual, AnOutlierCountsLess) {
  KernelRows rows;
  rows.dims = 1;
  rows.levels.resize(1);
  std::vector<double> residual(40, 0.05);
  for (int i = 0; i < 40; ++i) {
    rows.numbers.push_back(i * 0.05);
    rows.levels[0].push_back(0);
  }
  residual[20] = 2;
  KernelOptions options;
  options.parts = {{0.3, {0}, {1.0}}};
  options.passes = 1;
  KernelResidual once;
  once.fit(rows, all(40), residual, options);
  options.passes = 6;
  KernelResidual robust;
  robust.fit(rows, all(40), residual, options);
  EXPECT_LT(std::abs(robust.predict(rows, 20, false).mean - 0.05),
            0.5 * std::abs(once.predict(rows, 20, false).mean - 0.05));
}

}  // namespace
}  // namespace interposer::planner
