#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "planner/place/plan_parts.h"
#include "stats/distributions.h"

namespace interposer::planner {
namespace {

constexpr int kGrowthsMax = 8;                // steps of a fleet that is too small
constexpr double kGrowth = 1.15;              // each, at least one replica
constexpr int kShrinksMax = 4;                // halvings towards a smaller fleet that still does
constexpr double kHandoverLatency_s = 10e-6;  // aiconfigurator's p2p_latency
constexpr double kHandoverShare = 0.8;        // of a board's link that a transfer reaches

struct Verdict3 {
  bool ttft = true, tpot = true;
  bool both() const { return ttft && tpot; }
};

class Sizer {
 public:
  Sizer(const Workload& workload, const Plan& plan, std::size_t warmup, Entry* entry)
      : work_(workload), plan_(plan), warmup_(warmup), entry_(*entry) {}

  std::optional<SimResult> run(double factor) const {
    const SimOptions options{plan_.options.ttft_limit_s, plan_.options.tpot_limit_s, warmup_,
                             false};
    auto result = simulate(fleet_of(plan_, entry_, factor), work_, options);
    if (!result) return std::nullopt;
    return std::move(*result);
  }
  Verdict3 verdict(const SimResult& r) const {
    const PlanOptions& o = plan_.options;
    return {o.ttft_limit_s <= 0 || (r.ttft_s.p99 <= o.ttft_limit_s && r.refused == 0),
            o.tpot_limit_s <= 0 || r.tpot_s.p99 <= o.tpot_limit_s};
  }
  void set(int replicas, int prefill) {
    entry_.replicas = replicas;
    entry_.prefill_replicas = prefill;
    entry_.boards = (replicas + prefill) * entry_.placement.boards();
  }

  // True when a size was found at which both limits hold.
  bool size(double factor) {
    for (int i = 0; i <= kGrowthsMax; ++i) {
      const auto result = run(factor);
      if (!result) return false;
      const Verdict3 v = verdict(*result);
      if (v.both()) {
        if (i == 0) shrink(factor);
        return true;
      }
      const auto grown = [](int n) { return std::max(n + 1, static_cast<int>(n * kGrowth)); };
      const bool split = entry_.placement.split;
      set(split && v.tpot ? entry_.replicas : grown(entry_.replicas),
          split && !v.ttft ? grown(entry_.prefill_replicas) : entry_.prefill_replicas);
    }
    return false;
  }

 private:
  // The closed form asks for too many where bursts average out: halves the way down to half of it.
  void shrink(double factor) {
    int good = entry_.replicas, bad = good / 2;
    const int prefill = entry_.prefill_replicas;
    for (int i = 0; i < kShrinksMax && good - bad > 1; ++i) {
      const int middle = (good + bad) / 2;
      set(middle, prefill);
      const auto result = run(factor);
      (result && verdict(*result).both() ? good : bad) = middle;
    }
    set(good, prefill);
  }

  const Workload& work_;
  const Plan& plan_;
  std::size_t warmup_;
  Entry& entry_;
};

}  // namespace

SimFleet fleet_of(const Plan& plan, const Entry& entry, double factor) {
  SimPool pool;
  pool.name = entry_name(plan, entry);
  pool.replicas = entry.replicas;
  pool.curve = entry.curve.scaled(factor, factor);
  pool.kv_tokens = entry.kv_tokens;
  make_profile(&pool);
  SimFleet fleet;
  if (!entry.placement.split) {
    fleet.pools = {pool};
    return fleet;
  }
  pool.role = Role::kDecode;
  SimPool prompts = pool;
  prompts.role = Role::kPrefill;
  prompts.replicas = entry.prefill_replicas;
  fleet.pools = {prompts, pool};
  const double link = plan.boards[entry.board].numbers.link_bytes_per_s * kHandoverShare;
  fleet.handover_s = kHandoverLatency_s;
  // Boards of one replica send their shares of the cache side by side.
  fleet.handover_s_per_token = link > 0 ? entry.memory.cache_per_token / link : 0;
  return fleet;
}

void simulate_entry(const Workload& workload, const Plan& plan, std::size_t warmup, Entry* entry) {
  Sizer sizer(workload, plan, warmup, entry);
  const double sd = entry->performance.log_sd;
  const double sure = std::exp(sd * stats::normal_quantile(plan.options.confidence));
  if (!sizer.size(sure)) {
    entry->feasible = false;
    entry->simulated = true;
    entry->why_not = fmt::format("simulated, the limits do not hold with {} boards either: bursts",
                                 entry->boards);
    return;
  }
  const double z95 = stats::normal_quantile(0.95);
  double ttft[3] = {}, tpot[3] = {};
  for (int i = 0; i < 3; ++i) {
    const auto result = sizer.run(std::exp(sd * z95 * (i - 1)));
    if (!result) return;
    ttft[i] = result->ttft_s.p99;
    tpot[i] = result->tpot_s.p99;
    if (i == 1) entry->within = result->within;
  }
  entry->simulated = true;
  const std::string driver = "step time (" + entry->performance.evidence + ")";
  entry->ttft_s = {ttft[0], ttft[1], ttft[2], driver, 1};
  entry->tpot_s = {tpot[0], tpot[1], tpot[2], driver, 1};
}

}  // namespace interposer::planner
