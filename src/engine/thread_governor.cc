#include "engine/thread_governor.h"

#include <algorithm>

namespace interposer::engine {

ThreadGovernor::ThreadGovernor(int most) : most_(std::max(most, 1)), current_(most_) {}

// From the top half as many; from anywhere below twice as many.
int ThreadGovernor::other() const {
  return current_ == most_ ? std::max(most_ / 2, 1) : std::min(current_ * 2, most_);
}

double ThreadGovernor::median() const {
  std::array<double, kRecent> sorted = recent_;
  std::sort(sorted.begin(), sorted.end());
  return sorted[kRecent / 2];
}

void ThreadGovernor::judge(double cost, TimePoint now) {
  trying_ = false;
  if (cost < kBetter * median()) {
    current_ = other();
    seen_ = 0;
    settled_ = false;
    pause_ = kPauseMin;
  } else {
    reference_ = median();
    settled_ = true;
    pause_ = std::min(pause_ * 2, kPauseMax);
  }
  not_before_ = now + pause_;
}

void ThreadGovernor::observe(int rows, Duration took, TimePoint now) {
  if (most_ == 1) return;
  double cost = to_ms(took) / (rows + kFixedRows);
  if (trying_) {
    judge(cost, now);
    return;
  }
  recent_[seen_++ % kRecent] = cost;
  if (seen_ < kRecent || now < not_before_) return;
  // Below the top: is the top good again? At the top: has it become worse than it was?
  trying_ = current_ < most_ || !settled_ || median() > kWorse * reference_;
  if (!trying_) pause_ = kPauseMin;
}

}  // namespace interposer::engine
