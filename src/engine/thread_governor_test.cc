#include "engine/thread_governor.h"

#include <gtest/gtest.h>

#include <functional>
#include <map>

namespace interposer::engine {
namespace {

using std::chrono::microseconds;
using std::chrono::seconds;

// A machine whose step of one row takes `cost(threads)`.
struct Machine {
  ThreadGovernor governor;
  TimePoint now{seconds(1)};
  std::map<int, int> steps;
  double spent_ms = 0;

  void run(int n, const std::function<Duration(int)>& cost) {
    for (int i = 0; i < n; ++i) {
      int threads = governor.threads(now);
      ++steps[threads];
      Duration took = cost(threads);
      spent_ms += to_ms(took);
      now += took;
      governor.observe(1, took, now);
    }
  }
};

Duration quiet(int threads) { return microseconds(8000 / threads); }
// A foreign program has a core: one thread is as quick as ever, all of them collapse.
Duration busy(int threads) { return threads >= 2 ? microseconds(60'000) : microseconds(8000); }

TEST(ThreadGovernor, UsesAllThreadsOfAQuietMachine) {
  Machine m{ThreadGovernor(2, {})};
  m.run(2000, quiet);
  EXPECT_LE(m.steps[1], 4);
  EXPECT_LE(m.spent_ms, 2000 * 4 * 1.01);
}

TEST(ThreadGovernor, LeavesABusyCoreAloneAndComesBack) {
  Machine m{ThreadGovernor(2, {})};
  m.run(100, quiet);
  m.steps.clear();
  m.spent_ms = 0;
  m.run(500, busy);
  EXPECT_GT(m.steps[1], 470);
  EXPECT_LE(m.spent_ms, 500 * 8 * 1.5) << "against " << 500 * 60 << " with two threads throughout";
  m.steps.clear();
  m.run(2500, quiet);
  EXPECT_EQ(m.governor.threads(m.now), 2);
  EXPECT_GT(m.steps[2], 1000);
}

TEST(ThreadGovernor, FindsABusyMachineAtTheStart) {
  Machine m{ThreadGovernor(2, {})};
  m.run(100, busy);
  EXPECT_GT(m.steps[1], 90);
}

TEST(ThreadGovernor, LongerContextsAreNoReasonToChange) {
  Machine m{ThreadGovernor(4, {})};
  double factor = 1;
  m.run(3000, [&](int threads) {
    factor += 0.002;
    return microseconds(static_cast<std::int64_t>(8000 * factor / threads));
  });
  EXPECT_EQ(m.governor.threads(m.now), 4);
  EXPECT_LE(m.steps[2], 30);
}

TEST(ThreadGovernor, DoesNotTryInACrowd) {
  int runnable = 20;
  Machine m{ThreadGovernor(2, [&] { return runnable; })};
  m.run(100, busy);
  EXPECT_EQ(m.steps[1], 100);
  runnable = 2;
  m.run(400, quiet);
  EXPECT_EQ(m.governor.threads(m.now), 2);
  EXPECT_GE(runnable_tasks(), 1);
}

TEST(ThreadGovernor, OneThreadStaysOne) {
  Machine m{ThreadGovernor(1, {})};
  m.run(100, quiet);
  EXPECT_EQ(m.steps[1], 100);
  EXPECT_EQ(m.steps.size(), 1U);
}

}  // namespace
}  // namespace interposer::engine
