// Distribution functions and quantiles. Outside a distribution's domain (p outside [0, 1],
// df <= 0) they give NaN: a caller that can be handed such numbers checks first.
#pragma once

#include <cstdint>

namespace interposer::stats {

double normal_cdf(double z);
double normal_sf(double z);        // 1 - cdf, accurate in the far tail
double normal_quantile(double p);  // infinite at 0 and 1
double t_cdf(double t, double df);
double t_two_sided(double t, double df);  // P(|T| >= |t|)
double t_quantile(double p, double df);
double chi2_sf(double x, double df);
double f_sf(double x, double df1, double df2);
double beta_cdf(double x, double a, double b);  // regularised incomplete beta
double beta_quantile(double p, double a, double b);

// Binomial tails by the incomplete beta function, so that they hold for any n.
double binomial_cdf(std::int64_t k, std::int64_t n, double p);  // P(X <= k)
double binomial_sf(std::int64_t k, std::int64_t n, double p);   // P(X > k)
double binomial_pmf(std::int64_t k, std::int64_t n, double p);

// P(T' <= t) of the noncentral t distribution: power of t tests.
double noncentral_t_cdf(double t, double df, double shift);

}  // namespace interposer::stats
