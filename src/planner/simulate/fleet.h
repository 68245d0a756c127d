// Deterministic discrete-event simulation of a serving fleet: replicas in pools, requests from a
// workload, each routed by the gateway's own code (routing/pick.h) on the load of that moment. One
// call is one thread; the same inputs give the same bits, whatever runs beside it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "boards/step_profile.h"
#include "planner/simulate/step_curve.h"
#include "planner/simulate/workload.h"

namespace interposer::planner {

enum class Role : std::uint8_t { kWhole, kPrefill, kDecode };

struct SimPool {
  std::string name;
  int replicas = 1;
  Role role = Role::kWhole;
  StepCurve curve;            // the truth: batch_max() sequences at most
  double step_tokens = 8192;  // prompt tokens and decoded tokens of one step together
  double kv_tokens = 1e18;    // of context that fit
  bool prefix_cache = true;
  // What routing believes of one replica; filled from the truth by make_profile when not set.
  boards::StepProfile profile;
};

// profile from the pool's own curve and limits.
void make_profile(SimPool* pool);

struct SimFleet {
  std::vector<SimPool> pools;  // kWhole ones, or at least one kPrefill and one kDecode
  // From a prefill pool to a decode pool (infrastructure.md 2.2): alpha + bytes / bandwidth. The
  // client sees its first token after it.
  double handover_s = 0;
  double handover_s_per_token = 0;
};

struct SimOptions {
  double ttft_limit_s = 0;  // 0: none; limits are what routing aims at and what `within` counts
  double tpot_limit_s = 0;
  std::size_t warmup = 0;  // leading requests that no statistic counts
  bool learn = false;      // routing corrects its profiles by what it sees
};

struct PoolUse {  // summed over a pool's replicas
  double busy_s = 0;
  double steps = 0;
  double decoded = 0;        // tokens
  double computed = 0;       // prompt tokens
  double cached = 0;         // prompt tokens found in the prefix cache
  double context_steps = 0;  // sum over steps of the context held
  double batch_steps = 0;    // sum over steps of the sequences that decode
  std::uint64_t preemptions = 0;
  void add(const PoolUse& other);
};

struct Quantiles {
  double mean = 0, p50 = 0, p90 = 0, p95 = 0, p99 = 0, max = 0;
  double p99_half_width = 0;  // 95 % by batch means; 0 with too few requests
};

struct SimResult {
  std::size_t counted = 0;  // requests behind the statistics
  std::size_t refused = 0;  // prompt and answer are larger than the KV cache
  Quantiles ttft_s, tpot_s, total_s;
  double within = 0;     // share that met both limits, of all counted and refused ones
  double span_s = 0;     // from the first arrival to the last answer's end
  double in_system = 0;  // integral of the number of requests in the system over time, s
  double sojourns = 0;   // sum of their times in it: equal to it (Little's law)
  std::uint64_t events = 0;
  std::vector<PoolUse> pools;
  std::vector<boards::StepProfile> profiles;  // as routing left them
  std::vector<float> ttft, tpot;  // by request; negative: refused; kept when keep_requests
};

// kInvalidArgument: no pool that can answer, a pool without replicas or with more than
// kReplicasMax together, an empty workload.
inline constexpr int kReplicasMax = 10'000;
Result<SimResult> simulate(const SimFleet& fleet, const Workload& workload,
                           const SimOptions& options, bool keep_requests = false);

}  // namespace interposer::planner
