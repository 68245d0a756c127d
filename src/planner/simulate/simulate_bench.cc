// How fast the simulation, the whole plan and routing's evaluation of a profile are. One line of
// Markdown a row; bench/planner/run counts the instructions of a row beside it.
//   simulate_bench azure|mooncake|route [TRACE] [REQUESTS]
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "planner/simulate/fleet.h"
#include "planner/simulate/testing.h"
#include "planner/simulate/trace.h"
#include "routing/pick.h"

namespace {

using namespace interposer;           // NOLINT: a program, not a library
using namespace interposer::planner;  // NOLINT

double seconds_of(const auto& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// Eight replicas behind the router; prompts in chunks, prefix caches on, limits that routing aims
// at; or four that prefill and four that decode. A session of a few turns shares its blocks, so
// that the caches have something to find.
SimFleet fleet_of_eight(bool split) {
  SimFleet fleet;
  SimPool pool = typical_pool();
  pool.step_tokens = 2048;
  pool.replicas = split ? 4 : 8;
  pool.profile.ttft_log_sd = 0.2F;
  pool.profile.tpot_log_sd = 0.2F;
  fleet.pools = {pool};
  if (split) {
    fleet.pools[0].role = Role::kPrefill;
    pool.role = Role::kDecode;
    fleet.pools.push_back(pool);
    fleet.handover_s = 1e-4;
    fleet.handover_s_per_token = 1e-7;
  }
  return fleet;
}

void add_sessions(Workload* work) {
  work->block_tokens = 256;
  for (std::size_t i = 0; i < work->requests.size(); ++i) {
    SimRequest& r = work->requests[i];
    const std::uint64_t session = i % 97 + i / 5000 * 97;
    r.first_block = static_cast<std::uint32_t>(work->blocks.size());
    r.blocks = r.prompt / work->block_tokens;
    for (std::uint32_t b = 0; b < r.blocks; ++b) work->blocks.push_back(session * 1000 + b);
  }
}

int trace_row(const std::string& name, const std::string& path, std::size_t count) {
  auto read = load_trace(path);
  if (!read) {
    std::fprintf(stderr, "%s\n", read.error().to_string().c_str());
    return 1;
  }
  Workload work = repeated(at_rate(std::move(*read), name == "azure" ? 60 : 4), count);
  if (name == "azure") add_sessions(&work);
  for (const bool split : {false, true}) {
    SimResult result;
    const double s = seconds_of([&] {
      result = *simulate(fleet_of_eight(split), work, {.ttft_limit_s = 2, .tpot_limit_s = 0.05});
    });
    PoolUse use;
    for (const PoolUse& pool : result.pools) use.add(pool);
    std::printf(
        "| %s%s, 8 replicas | %.2f M requests/s | %.1f M events/s | p99 TTFT %.2f s | %.0f %% of "
        "prompt tokens cached |\n",
        name.c_str(), split ? ", split" : "", static_cast<double>(count) / s / 1e6,
        static_cast<double>(result.events) / s / 1e6, result.ttft_s.p99,
        100 * use.cached / (use.cached + use.computed));
  }
  return 0;
}

int route_row() {
  const SimPool pool = typical_pool();
  boards::StepProfile profile = pool.profile;
  profile.ttft_log_sd = profile.tpot_log_sd = 0.2F;
  constexpr int kRounds = 10'000'000;
  double sum = 0;
  const double s = seconds_of([&] {
    for (int i = 0; i < kRounds; ++i) {
      const routing::Load load{static_cast<float>(i & 127), static_cast<float>(i & 0xffff), 2, 900,
                               1e5F};
      sum += static_cast<double>(routing::estimate(profile, load, 0, {1000, 300, 2, 0.05F}).meets);
    }
  });
  std::printf(
      "| profile evaluation in routing | %.0f ns | target < 300 ns, no allocation | mean chance "
      "%.3f |\n",
      s / kRounds * 1e9, sum / kRounds);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string what = argc > 1 ? argv[1] : "";
  const std::size_t count = argc > 3 ? std::strtoull(argv[3], nullptr, 10) : 1'000'000;
  if (what == "route") return route_row();
  if ((what == "azure" || what == "mooncake") && argc > 2) return trace_row(what, argv[2], count);
  std::fprintf(stderr, "simulate_bench azure|mooncake TRACE [REQUESTS], or simulate_bench route\n");
  return 2;
}
