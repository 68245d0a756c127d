#include "stats/distributions.h"

#include <boost/math/distributions/beta.hpp>
#include <boost/math/distributions/binomial.hpp>
#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/fisher_f.hpp>
#include <boost/math/distributions/non_central_t.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <limits>

namespace interposer::stats {
namespace {

namespace math = boost::math;
using namespace boost::math::policies;  // NOLINT: names of the policy below only
// Errors are NaN or infinity, never an exception; intermediate results in long double.
using Quiet =
    policy<domain_error<ignore_error>, pole_error<ignore_error>, overflow_error<ignore_error>,
           evaluation_error<ignore_error>, rounding_error<ignore_error>>;
using Normal = math::normal_distribution<double, Quiet>;
using StudentsT = math::students_t_distribution<double, Quiet>;
using ChiSquared = math::chi_squared_distribution<double, Quiet>;
using FisherF = math::fisher_f_distribution<double, Quiet>;
using Beta = math::beta_distribution<double, Quiet>;
using Binomial = math::binomial_distribution<double, Quiet>;
using NonCentralT = math::non_central_t_distribution<double, Quiet>;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

}  // namespace

double normal_cdf(double z) { return math::cdf(Normal(), z); }
double normal_sf(double z) { return math::cdf(math::complement(Normal(), z)); }

double normal_quantile(double p) {
  if (p == 0) return -kInfinity;
  if (p == 1) return kInfinity;
  return math::quantile(Normal(), p);
}

double t_cdf(double t, double df) { return df > 0 ? math::cdf(StudentsT(df), t) : kNan; }

double t_two_sided(double t, double df) {
  return df > 0 ? 2 * math::cdf(math::complement(StudentsT(df), std::abs(t))) : kNan;
}

double t_quantile(double p, double df) {
  if (!(df > 0)) return kNan;
  if (p == 0) return -kInfinity;
  if (p == 1) return kInfinity;
  return math::quantile(StudentsT(df), p);
}

double chi2_sf(double x, double df) {
  return df > 0 ? math::cdf(math::complement(ChiSquared(df), x)) : kNan;
}

double f_sf(double x, double df1, double df2) {
  return df1 > 0 && df2 > 0 ? math::cdf(math::complement(FisherF(df1, df2), x)) : kNan;
}

double beta_cdf(double x, double a, double b) {
  return a > 0 && b > 0 ? math::cdf(Beta(a, b), x) : kNan;
}

double beta_quantile(double p, double a, double b) {
  return a > 0 && b > 0 ? math::quantile(Beta(a, b), p) : kNan;
}

double binomial_cdf(std::int64_t k, std::int64_t n, double p) {
  if (k < 0) return 0;
  if (k >= n) return 1;
  return math::cdf(Binomial(static_cast<double>(n), p), static_cast<double>(k));
}

double binomial_sf(std::int64_t k, std::int64_t n, double p) {
  if (k < 0) return 1;
  if (k >= n) return 0;
  return math::cdf(math::complement(Binomial(static_cast<double>(n), p), static_cast<double>(k)));
}

double binomial_pmf(std::int64_t k, std::int64_t n, double p) {
  if (k < 0 || k > n) return 0;
  return math::pdf(Binomial(static_cast<double>(n), p), static_cast<double>(k));
}

double noncentral_t_cdf(double t, double df, double shift) {
  return df > 0 ? math::cdf(NonCentralT(df, shift), t) : kNan;
}

}  // namespace interposer::stats
