#include "planner/place/capacity.h"

#include <algorithm>
#include <cmath>

namespace interposer::planner {
namespace {

constexpr int kHalvings = 30;

}  // namespace

Capacity::Capacity(const StepCurve& curve, const Demand& demand, double kv_tokens, bool prefill,
                   bool decode)
    : demand_(demand) {
  const double in = demand.prompt, out = std::max(demand.answer, 1.0);
  const double whole = curve.prefill_s(in, in * in / 2);
  prefill_s_ = prefill ? whole : 0;
  first_s_ = prefill ? curve.base_s[0] + whole : 0;
  const double context = in + out / 2;
  const int most =
      static_cast<int>(std::min<double>(curve.batch_max(), std::floor(kv_tokens / (in + out))));
  if (!decode) {
    // A prompt server: the batch counts prompts, one after another.
    const double each = curve.base_s[0] + whole;
    points_.push_back({1, 0, 1 / each});
    return;
  }
  for (int b = 1; b <= most; b = b < 8 ? b + 1 : std::max(b + 1, b + b / 6)) {
    const double tpot = curve.decode_s(b, b * context) + b / out * prefill_s_;
    const double rate = b / (out * tpot);
    if (!points_.empty() && rate <= points_.back().rate) break;  // more at once is no longer more
    points_.push_back({static_cast<double>(b), tpot, rate});
  }
}

double Capacity::ttft(const Point& point, double rate, double factor) const {
  // The prompt server is busy for rho of the time; its 99th percentile of waiting.
  const double each = std::max(prefill_s_ * factor, 1e-12);
  const double rho = std::min(rate * each, 0.999);
  const double tail = 100 * rho > 1 ? each / (1 - rho) * std::log(100 * rho) : 0;
  return factor * (first_s_ + point.tpot) + tail;
}

// The state in which a replica at factor 1 takes `rate`; below one running request the batch falls
// in proportion, beyond the last point it stays there.
Capacity::Point Capacity::taking(double rate) const {
  const Point& first = points_.front();
  if (rate <= first.rate) return {first.batch * rate / first.rate, first.tpot, rate};
  const auto next = std::lower_bound(points_.begin(), points_.end(), rate,
                                     [](const Point& p, double r) { return p.rate < r; });
  if (next == points_.end()) return points_.back();
  const Point &a = *(next - 1), &b = *next;
  const double part = (rate - a.rate) / (b.rate - a.rate);
  return {a.batch + part * (b.batch - a.batch), a.tpot + part * (b.tpot - a.tpot), rate};
}

SteadyState Capacity::alone(double factor) const {
  if (points_.empty()) return {};
  const Point& p = points_.front();
  return {p.batch, p.tpot * factor, factor * (first_s_ + p.tpot), 0};
}

SteadyState Capacity::at_rate(double rate, double factor) const {
  if (points_.empty() || rate * factor > points_.back().rate) return {};
  const Point p = taking(rate * factor);
  return {p.batch, p.tpot * factor, ttft(p, rate, factor), rate};
}

double Capacity::rate_within_limits(double factor) const {
  if (points_.empty()) return 0;
  const auto holds = [&](double rate) {
    const Point p = taking(rate * factor);
    return (demand_.tpot_s <= 0 || p.tpot * factor <= demand_.tpot_s) &&
           (demand_.ttft_s <= 0 || ttft(p, rate, factor) <= demand_.ttft_s);
  };
  if (!holds(0)) return 0;
  // Pace and wait grow with the rate, so the limit is found by halving between none and the most.
  double low = 0, high = kUseMax * points_.back().rate / factor;
  if (holds(high)) return high;
  for (int i = 0; i < kHalvings; ++i) {
    const double middle = (low + high) / 2;
    (holds(middle) ? low : high) = middle;
  }
  return low;
}

}  // namespace interposer::planner
