#include "engine/thread_governor.h"

#include <algorithm>
#include <cstdio>
#include <memory>
#include <utility>

namespace interposer::engine {

ThreadGovernor::ThreadGovernor(int most, std::function<int()> runnable)
    : most_(std::max(most, 1)), current_(most_), runnable_(std::move(runnable)) {}

int ThreadGovernor::threads(TimePoint now) {
  if (most_ > 1 && runnable_ && now >= look_after_) {
    double seen = runnable_();
    crowd_ = look_after_ == TimePoint{} ? seen : (crowd_ + seen) / 2;
    look_after_ = now + kLookEvery;
    // Its own threads and a few others are no crowd; twice the processors are.
    crowded_ = crowd_ > 2 * most_ + 1;
  }
  if (crowded_) return 1;
  return trying_ ? other() : current_;
}

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
  if (most_ == 1 || crowded_) return;
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

int runnable_tasks() {
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> f(std::fopen("/proc/loadavg", "re"), std::fclose);
  int running = 0;
  if (!f || std::fscanf(f.get(), "%*f %*f %*f %d/", &running) != 1) return 0;
  return running;
}

}  // namespace interposer::engine
