#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "planner/place/plan_parts.h"
#include "stats/distributions.h"

namespace interposer::planner {
namespace {

// Chance that `other` is the cheaper of two: their prices as log-normals through p5 and p95, from
// different boards independent.
double cheaper_chance(const Interval3& best, const Interval3& other) {
  const double a = log_sd_of(best.p5, best.p95), b = log_sd_of(other.p5, other.p95);
  const double sd = std::sqrt(a * a + b * b);
  const double gap = std::log(other.p50 / best.p50);
  if (sd <= 0) return gap < 0 ? 1 : 0;
  return stats::normal_cdf(-gap / sd);
}

const Entry* next_best(const Plan& plan, bool other_board) {
  const Entry& best = plan.entries[*plan.best];
  for (std::size_t i = 0; i < plan.entries.size(); ++i) {
    const Entry& e = plan.entries[i];
    if (i == *plan.best || !e.feasible || !e.cost_usd_h) continue;
    if (!plan.options.prior_best && e.performance.prior_only) continue;
    if (other_board && e.board == best.board) continue;
    return &e;
  }
  return nullptr;
}

void price_changes(Plan* plan) {
  const Entry& best = plan->entries[*plan->best];
  const Entry* next = next_best(*plan, true);
  if (next == nullptr) {
    plan->changes.push_back("no other measured board meets the limits at a stated price");
    return;
  }
  const double ratio = next->cost_usd_h->p50 / best.cost_usd_h->p50;
  const std::string board = plan->boards[best.board].id();
  const std::string other = entry_name(*plan, *next);
  if (next->cost_usd_h->p50 < best.cost_usd_h->p50) return;
  plan->changes.push_back(
      fmt::format("a price of {} above x{:.2f}, or of {} below x{:.2f}: then {} is the cheapest",
                  board, ratio, plan->boards[next->board].id(), 1 / ratio, other));
  if (best.price_basis == next->price_basis) {
    plan->changes.push_back(
        fmt::format("within the prices' intervals {} is the cheaper one with a chance of {:.0f} %",
                    other, 100 * cheaper_chance(*best.cost_usd_h, *next->cost_usd_h)));
  }
}

void limit_changes(Plan* plan) {
  const Entry& best = plan->entries[*plan->best];
  const double f =
      std::exp(best.performance.log_sd * stats::normal_quantile(plan->options.confidence));
  const Capacity alone(best.curve, plan->demand, best.kv_tokens, !best.placement.split, true);
  const SteadyState s = alone.alone(f);
  plan->changes.push_back(
      fmt::format("a limit on the pace under {:.1f} ms a token: this placement cannot meet it with "
                  "any number of boards",
                  s.tpot_s * 1e3));
  if (best.performance.log_sd > 0) {
    const int fewer = static_cast<int>(best.boards_needed.p50);
    if (fewer < best.boards) {
      plan->changes.push_back(
          fmt::format("a measurement of the step time (`plan measure`): at its middle {} boards do "
                      "in place of {}",
                      fewer, best.boards));
    }
  }
}

void prior_changes(Plan* plan) {
  const Entry& best = plan->entries[*plan->best];
  for (const Entry& e : plan->entries) {
    if (!e.feasible || !e.cost_usd_h || !e.performance.prior_only) continue;
    if (plan->options.prior_best || e.cost_usd_h->p50 >= best.cost_usd_h->p50) continue;
    plan->changes.push_back(fmt::format(
        "a measurement of {}: prior only, it would cost {:.0f} % less (--prior lets it win)",
        entry_name(*plan, e), 100 * (1 - e.cost_usd_h->p50 / best.cost_usd_h->p50)));
    return;
  }
}

// Nothing meets the limits: what comes nearest, by the larger of the two ratios.
void nearest_miss(Plan* plan) {
  const Entry* nearest = nullptr;
  double least = 0;
  const PlanOptions& o = plan->options;
  for (const Entry& e : plan->entries) {
    if (e.feasible || e.tpot_s.p50 <= 0) continue;
    const double miss = std::max(o.tpot_limit_s > 0 ? e.tpot_s.p50 / o.tpot_limit_s : 0,
                                 o.ttft_limit_s > 0 ? e.ttft_s.p50 / o.ttft_limit_s : 0);
    if (nearest != nullptr && miss >= least) continue;
    nearest = &e;
    least = miss;
  }
  if (nearest == nullptr) return;
  plan->notes.push_back(fmt::format("nothing meets the limits; nearest is {}: {}",
                                    entry_name(*plan, *nearest), nearest->why_not));
}

}  // namespace

void explain_changes(Plan* plan) {
  const bool any = std::any_of(plan->entries.begin(), plan->entries.end(),
                               [](const Entry& e) { return e.feasible; });
  if (!any) {
    nearest_miss(plan);
    return;
  }
  if (!plan->best) {
    plan->notes.push_back(
        plan->options.budget_usd_s
            ? "limits can be met, but not within the budget, or only without a stated price"
            : "only boards without measurements or without a stated price meet the limits; --prior "
              "lets those without measurements win");
    return;
  }
  const Placement& placement = plan->entries[*plan->best].placement;
  if (placement.precision != Precision::kBf16) {
    plan->notes.push_back(fmt::format(
        "weights in {}: what that does to the answers is no part of a plan (--precision bf16 plans "
        "without; `interposer eval` measures it)",
        precision_name(placement.precision)));
  }
  price_changes(plan);
  limit_changes(plan);
  prior_changes(plan);
}

}  // namespace interposer::planner
