// How many requests are in the air: as many as the target bears. Additive increase, multiplicative
// decrease: a round of answers without a refusal adds one; a 429 or 503 halves, and nobody sends
// before the target's Retry-After is over.
#pragma once

#include <algorithm>
#include <cstdint>

#include "base/time.h"

namespace interposer::evals {

class Throttle {
 public:
  static constexpr std::int64_t kStart = 4;
  static constexpr Duration kPauseMin = std::chrono::milliseconds(500);
  static constexpr Duration kPauseMax = std::chrono::minutes(5);

  explicit Throttle(std::int64_t most) : most_(most), limit_(std::min(most, kStart)) {}

  bool may_send(TimePoint now, std::int64_t in_flight) const {
    return now >= paused_until_ && in_flight < limit_;
  }
  void answered() {
    good_ += 1;
    if (good_ < limit_) return;
    good_ = 0;
    limit_ = std::min(most_, limit_ + 1);
  }
  // `wait`: what the target asked for; zero: nothing. Refusals of one burst count once.
  void refused(TimePoint now, Duration wait) {
    refusals_ += 1;
    const bool same_burst = now < paused_until_;
    if (!same_burst) {
      limit_ = std::max<std::int64_t>(1, limit_ / 2);
      back_off_ = std::min(kPauseMax, back_off_ == Duration{} ? kPauseMin : back_off_ * 2);
    }
    good_ = 0;
    const Duration pause = std::clamp(std::max(wait, back_off_), kPauseMin, kPauseMax);
    paused_until_ = std::max(paused_until_, time_after(now, pause));
  }
  void recovered() { back_off_ = {}; }

  std::int64_t limit() const { return limit_; }
  std::int64_t refusals() const { return refusals_; }
  TimePoint paused_until() const { return paused_until_; }

 private:
  std::int64_t most_, limit_;
  std::int64_t good_ = 0, refusals_ = 0;
  Duration back_off_{};
  TimePoint paused_until_{};
};

}  // namespace interposer::evals
