// What a replica can take, in closed form: the screen before the simulation. A steady state at b
// running requests has (infrastructure.md 2.2)
//   TPOT(b) = decode(b, b c) + (b / out) prefill(in),   rate(b) = b / (out TPOT(b)),
// and the time to the first token follows the queue of an M/M/1 server of prompts.
#pragma once

#include <vector>

#include "planner/simulate/step_curve.h"

namespace interposer::planner {

struct Demand {
  double rate = 0;    // requests a second, all replicas together
  double prompt = 0;  // mean tokens
  double answer = 0;
  double ttft_s = 0;  // limits on the 99th percentiles; 0: none
  double tpot_s = 0;
};

struct SteadyState {
  double batch = 0;
  double tpot_s = 0;
  double ttft_s = 0;  // 99th percentile
  double rate = 0;    // of this replica
};

// At the given factor on all times, below batch_max and with `kv_tokens` of context at most.
class Capacity {
 public:
  Capacity(const StepCurve& curve, const Demand& demand, double kv_tokens, bool prefill,
           bool decode);

  // The most that one replica takes while both limits hold; 0: not even one request alone.
  double rate_within_limits(double factor) const;
  // The state when it takes `rate`; batch 0 when it cannot.
  SteadyState at_rate(double rate, double factor) const;
  // Time to the first token and pace of a request alone: no number of replicas does better.
  SteadyState alone(double factor) const;

 private:
  struct Point {
    double batch, tpot, rate;  // at factor 1
  };
  double ttft(const Point& point, double rate, double factor) const;
  Point taking(double rate) const;

  Demand demand_;
  double prefill_s_ = 0;  // of one mean prompt
  double first_s_ = 0;    // the step that ends it, alone
  std::vector<Point> points_;
};

// Share of the saturating rate that a plan uses at most: above it queues depend on everything.
inline constexpr double kUseMax = 0.92;

}  // namespace interposer::planner
