#include "planner/simulate/workload.h"

#include <algorithm>
#include <cmath>

#include "stats/random.h"

namespace interposer::planner {
namespace {

// Marsaglia and Tsang (2000); shapes below 1 by Gamma(k) = Gamma(k + 1) U^(1/k).
double draw_gamma(double shape, stats::Random* random) {
  if (shape < 1) {
    const double u = 1 - random->uniform();
    return draw_gamma(shape + 1, random) * std::pow(u, 1 / shape);
  }
  const double d = shape - 1.0 / 3;
  const double c = 1 / std::sqrt(9 * d);
  for (;;) {
    const double x = random->normal();
    const double v = std::pow(1 + c * x, 3);
    if (v <= 0) continue;
    const double u = 1 - random->uniform();
    if (std::log(u) < 0.5 * x * x + d - d * v + d * std::log(v)) return d * v;
  }
}

double draw_interval(double mean, double cv, stats::Random* random) {
  if (cv == 0) return mean;
  if (cv == 1) return -mean * std::log(1 - random->uniform());
  const double shape = 1 / (cv * cv);
  return draw_gamma(shape, random) * mean / shape;
}

std::uint32_t draw_length(double mean, double cv, stats::Random* random) {
  double tokens = mean;
  if (cv > 0) {
    const double s2 = std::log(1 + cv * cv);
    tokens = mean * std::exp(random->normal() * std::sqrt(s2) - s2 / 2);
  }
  return static_cast<std::uint32_t>(std::clamp(std::round(tokens), 1.0, 1e7));
}

}  // namespace

double Workload::duration_s() const {
  return requests.empty() ? 0 : requests.back().arrival_s - requests.front().arrival_s;
}
double Workload::rate() const {
  const double s = duration_s();
  return s > 0 ? static_cast<double>(requests.size() - 1) / s : 0;
}
double Workload::mean_prompt() const {
  double sum = 0;
  for (const SimRequest& r : requests) sum += r.prompt;
  return requests.empty() ? 0 : sum / static_cast<double>(requests.size());
}
double Workload::mean_answer() const {
  double sum = 0;
  for (const SimRequest& r : requests) sum += r.answer;
  return requests.empty() ? 0 : sum / static_cast<double>(requests.size());
}

Result<Workload> draw_workload(const Arrivals& a) {
  if (!(a.rate > 0) || !std::isfinite(a.rate)) {
    return make_error(Code::kInvalidArgument, "the rate must be above zero", "e.g. --rate 20/s");
  }
  if (!(a.mean_prompt >= 1) || !(a.mean_answer >= 1) || !(a.mean_prompt <= 1e7) ||
      !(a.mean_answer <= 1e7)) {
    return make_error(Code::kInvalidArgument,
                      "prompts and answers have from 1 to 10,000,000 tokens",
                      "e.g. --in 1000 --out 300");
  }
  if (!(a.cv >= 0) || !(a.cv <= 100) || !(a.length_cv >= 0) || !(a.length_cv <= 100)) {
    return make_error(Code::kInvalidArgument, "a coefficient of variation lies between 0 and 100");
  }
  Workload out;
  out.name = "drawn";
  out.requests.resize(a.count);
  // Three streams, so that a change of the rate leaves the lengths as they are.
  stats::Random times(a.seed * 3 + 1);
  stats::Random prompts(a.seed * 3 + 2);
  stats::Random answers(a.seed * 3 + 3);
  double now = 0;
  for (SimRequest& r : out.requests) {
    now += draw_interval(1 / a.rate, a.cv, &times);
    r.arrival_s = now;
    r.prompt = draw_length(a.mean_prompt, a.length_cv, &prompts);
    r.answer = draw_length(a.mean_answer, a.length_cv, &answers);
  }
  return out;
}

Workload at_rate(Workload workload, double rate) {
  const double now = workload.rate();
  if (now <= 0 || rate <= 0) return workload;
  const double start = workload.requests.front().arrival_s;
  for (SimRequest& r : workload.requests) r.arrival_s = (r.arrival_s - start) * now / rate;
  return workload;
}

Workload as_poisson(Workload workload, std::uint64_t seed) {
  const double rate = workload.rate();
  if (rate <= 0) return workload;
  stats::Random random(seed);
  double now = 0;
  for (SimRequest& r : workload.requests) {
    r.arrival_s = now;
    now += draw_interval(1 / rate, 1, &random);
  }
  return at_rate(std::move(workload), rate);  // the same mean to the last bit of rounding
}

Workload repeated(const Workload& workload, std::size_t count) {
  Workload out = workload;
  if (workload.requests.empty()) return out;
  const double start = workload.requests.front().arrival_s;
  const double rate = workload.rate();
  const double period = workload.duration_s() + (rate > 0 ? 1 / rate : 1);
  out.requests.clear();
  out.requests.reserve(count);
  for (std::size_t round = 0; out.requests.size() < count; ++round) {
    for (const SimRequest& r : workload.requests) {
      if (out.requests.size() == count) break;
      SimRequest copy = r;
      copy.arrival_s = r.arrival_s - start + period * static_cast<double>(round);
      out.requests.push_back(copy);
    }
  }
  return out;
}

}  // namespace interposer::planner
