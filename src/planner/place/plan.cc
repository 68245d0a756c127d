#include "planner/place/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
#include <thread>

#include "planner/place/plan_parts.h"

namespace interposer::planner {
namespace {

constexpr int kRoundsMax = 16;            // of simulating what has become the best
constexpr std::size_t kWarmupShare = 20;  // one request in so many, of a drawn workload

// Runs task(i) for i below n on some threads; tasks write only what is theirs, so the result does
// not depend on how many there are.
template <class F>
void in_parallel(std::size_t n, int threads, const F& task) {
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    for (std::size_t i = next++; i < n; i = next++) task(i);
  };
  std::vector<std::thread> pool;
  for (int t = 1; t < threads; ++t) pool.emplace_back(work);
  work();
  for (std::thread& thread : pool) thread.join();
}

void merge(BoardWork&& work, Plan* plan) {
  plan->considered += work.considered;
  plan->possible += work.entries.size();
  if (!work.note.empty()) plan->board_notes.push_back(work.board->id() + ": " + work.note);
  for (Entry& entry : work.entries) plan->entries.push_back(std::move(entry));
  for (PrunedCount& count : work.pruned) {
    auto same = std::find_if(plan->pruned.begin(), plan->pruned.end(),
                             [&](const PrunedCount& p) { return p.why == count.why; });
    if (same == plan->pruned.end()) {
      plan->pruned.push_back(std::move(count));
    } else {
      same->count += count.count;
    }
  }
}

// The requests that a simulation takes: all, or the busiest stretch of that many.
Workload busiest(const Workload& workload, std::size_t most, Plan* plan) {
  const std::size_t n = workload.requests.size();
  if (n <= most) return workload;
  std::size_t at = 0;
  double least = std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i + most <= n; ++i) {
    const double span = workload.requests[i + most - 1].arrival_s - workload.requests[i].arrival_s;
    if (span < least) {
      least = span;
      at = i;
    }
  }
  Workload out = workload;
  out.requests.assign(workload.requests.begin() + static_cast<std::ptrdiff_t>(at),
                      workload.requests.begin() + static_cast<std::ptrdiff_t>(at + most));
  const double start = out.requests.front().arrival_s;
  for (SimRequest& r : out.requests) r.arrival_s -= start;
  plan->notes.push_back(fmt::format(
      "simulated: the busiest {} of {} requests in a row ({:.3g}/s against {:.3g}/s in the mean)",
      most, n, out.rate(), workload.rate()));
  return out;
}

double sort_cost(const Entry& e) {
  return e.cost_usd_h ? e.cost_usd_h->p50 : std::numeric_limits<double>::max();
}

bool may_be_best(const Plan& plan, const Entry& e) {
  return e.feasible && e.cost_usd_h && (plan.options.prior_best || !e.performance.prior_only) &&
         (!plan.options.budget_usd_s || e.cost_usd_h->p50 <= *plan.options.budget_usd_s * 3600);
}

void simulate_frontier(const ModelShape& shape, const Workload& sample, std::size_t warmup,
                       const std::vector<BoardDraws>& draws, const SiteDraws& site, Plan* plan) {
  // First the frontier; after that whatever has become the best by others' fall, until the best is
  // one that was simulated.
  for (int round = 0; round < kRoundsMax; ++round) {
    std::vector<std::size_t> wanted;
    for (std::size_t k = 0; round == 0 && k < plan->frontier.size(); ++k) {
      if (wanted.size() < plan->options.simulate_max) wanted.push_back(plan->frontier[k]);
    }
    const bool best_open = plan->best && !plan->entries[*plan->best].simulated;
    if (best_open && std::find(wanted.begin(), wanted.end(), *plan->best) == wanted.end()) {
      wanted.push_back(*plan->best);
    }
    if (wanted.empty()) break;
    in_parallel(wanted.size(), plan->options.threads, [&](std::size_t k) {
      Entry& entry = plan->entries[wanted[k]];
      simulate_entry(sample, *plan, warmup, &entry);
      if (entry.feasible) price_entry(shape, *plan, draws[entry.board], site, true, &entry);
    });
    choose(plan);
  }
}

}  // namespace

std::string entry_name(const Plan& plan, const Entry& entry) {
  return plan.boards[entry.board].id() + " " + placement_text(entry.placement);
}

std::vector<std::size_t> frontier_of(const std::vector<Entry>& entries) {
  std::vector<std::size_t> out;
  const auto energy = [](const Entry& e) {
    return e.joules_per_token ? e.joules_per_token->p50 : std::numeric_limits<double>::max();
  };
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const Entry& e = entries[i];
    if (!e.feasible || !e.cost_usd_h) continue;
    const bool beaten = std::any_of(entries.begin(), entries.end(), [&](const Entry& other) {
      if (&other == &e || !other.feasible || !other.cost_usd_h) return false;
      const bool no_worse = sort_cost(other) <= sort_cost(e) && other.pace_s <= e.pace_s &&
                            energy(other) <= energy(e);
      const bool better = sort_cost(other) < sort_cost(e) || other.pace_s < e.pace_s ||
                          energy(other) < energy(e) || &other < &e;
      return no_worse && better;
    });
    if (!beaten) out.push_back(i);
  }
  return out;
}

void choose(Plan* plan) {
  std::stable_sort(plan->entries.begin(), plan->entries.end(), [](const Entry& a, const Entry& b) {
    if (a.feasible != b.feasible) return a.feasible;
    if (sort_cost(a) != sort_cost(b)) return sort_cost(a) < sort_cost(b);
    return a.pace_s < b.pace_s;
  });
  plan->frontier = frontier_of(plan->entries);
  plan->best.reset();
  for (std::size_t i = 0; i < plan->entries.size() && !plan->best; ++i) {
    if (may_be_best(*plan, plan->entries[i])) plan->best = i;
  }
}

Result<Plan> make_plan(const Catalogue& catalogue, const ModelShape& shape,
                       const Workload& workload, const PlanOptions& options) {
  if (workload.requests.size() < 2 || workload.rate() <= 0) {
    return make_error(Code::kInvalidArgument,
                      "the traffic has fewer than two requests, or all at one moment",
                      "give a longer trace, or --rate with --in and --out");
  }
  Plan plan;
  plan.options = options;
  plan.draws = options.draws;
  plan.demand = {workload.rate(), workload.mean_prompt(), workload.mean_answer(),
                 options.ttft_limit_s, options.tpot_limit_s};
  plan.notes = workload.notes;
  IP_TRY(plan.boards, plan_boards(catalogue, options.boards));
  const SiteDraws site = site_draws(options);
  std::vector<BoardWork> work(plan.boards.size());
  std::vector<BoardDraws> draws(plan.boards.size());
  in_parallel(work.size(), options.threads, [&](std::size_t i) {
    work[i].board = &plan.boards[i];
    work[i].index = i;
    draws[i] = board_draws(*plan.boards[i].card, plan.options);
    screen_board(shape, plan, draws[i], site, &work[i]);
  });
  for (BoardWork& w : work) merge(std::move(w), &plan);
  choose(&plan);
  if (options.simulate_max > 0) {
    const Workload sample = busiest(workload, options.requests_max, &plan);
    const std::size_t warmup = workload.name == "drawn" ? sample.requests.size() / kWarmupShare : 0;
    simulate_frontier(shape, sample, warmup, draws, site, &plan);
  }
  explain_changes(&plan);
  return plan;
}

boards::StepProfile profile_of(const Plan& plan, const Entry& entry) {
  SimPool pool;
  pool.name = entry_name(plan, entry);
  pool.curve = entry.curve;
  pool.kv_tokens = entry.kv_tokens;
  make_profile(&pool);
  boards::StepProfile out = pool.profile;
  out.ttft_log_sd = static_cast<float>(entry.performance.log_sd);
  out.tpot_log_sd = static_cast<float>(entry.performance.log_sd);
  const Demand& d = plan.demand;
  // A replica's time goes to prompts and answers; so do its money and energy.
  const double prompts = d.rate * entry.curve.prefill_s(d.prompt, d.prompt * d.prompt / 2);
  const double share = std::clamp(prompts / (entry.replicas + entry.prefill_replicas), 0.0, 0.9);
  if (entry.cost_usd_h) {
    const double usd_s = entry.cost_usd_h->p50 / 3600;
    out.usd_per_m_input = static_cast<float>(usd_s * share / (d.rate * d.prompt) * 1e6);
    out.usd_per_m_output = static_cast<float>(usd_s * (1 - share) / (d.rate * d.answer) * 1e6);
  }
  if (entry.watts) {
    out.joules_per_input = static_cast<float>(entry.watts->p50 * share / (d.rate * d.prompt));
    out.joules_per_output =
        static_cast<float>(entry.watts->p50 * (1 - share) / (d.rate * d.answer));
  }
  return out;
}

}  // namespace interposer::planner
