// How many threads a step should use. ggml's threads meet at spinning barriers: where another
// program takes a core for a moment, all of them wait, and two threads fall far below one
// (inference.md D11). So the steps' own times decide: when they get worse, another number is tried
// for one step. Pure.
#pragma once

#include <array>
#include <cstddef>
#include <functional>

#include "base/time.h"

namespace interposer::engine {

class ThreadGovernor {
 public:
  // `most`: threads when nothing else runs. `runnable`: tasks of the machine that want to run now,
  // this program's among them; empty: not known.
  ThreadGovernor(int most, std::function<int()> runnable);

  // For the step that begins now.
  int threads(TimePoint now);
  // What the step took. Steps of all sizes are compared by time per row, a row more or less being
  // what a step costs at least (measured: one row of a step costs what six of 512 do).
  void observe(int rows, Duration took, TimePoint now);

 private:
  static constexpr std::size_t kRecent = 3;
  static constexpr double kWorse = 1.4;    // than the reference: look around
  static constexpr double kBetter = 0.85;  // of the current: change
  static constexpr Duration kPauseMin = std::chrono::milliseconds(250);
  static constexpr Duration kPauseMax = std::chrono::seconds(8);
  static constexpr double kFixedRows = 5;
  static constexpr Duration kLookEvery = std::chrono::milliseconds(50);

  int other() const;
  double median() const;
  void judge(double cost, TimePoint now);

  int most_, current_;
  std::function<int()> runnable_;
  double crowd_ = 0;  // runnable tasks, smoothed
  TimePoint look_after_{};
  bool crowded_ = false, trying_ = false, settled_ = false;
  std::array<double, kRecent> recent_{};
  std::size_t seen_ = 0;    // since the last change
  double reference_ = 0;    // the median when the current number was last found good
  TimePoint not_before_{};  // of the next trial
  Duration pause_ = kPauseMin;
};

// From /proc/loadavg; 0 where it can't be read.
int runnable_tasks();

}  // namespace interposer::engine
