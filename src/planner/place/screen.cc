#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "planner/place/plan_parts.h"
#include "stats/distributions.h"

namespace interposer::planner {
namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();
constexpr int kBatchMax = 512;          // sequences of one replica
constexpr double kMostReplicas = 2000;  // of one plan entry; beyond it the entry is refused

Demand decode_only(Demand d) {
  d.ttft_s = 0;
  return d;
}

// Replicas that the demand needs when everything takes `factor` times as long.
void fill_screen(const Plan& plan, const Entry& entry, Screen* out) {
  const Demand& demand = plan.demand;
  const Capacity whole(entry.curve, demand, entry.kv_tokens, true, true);
  const Capacity prompts(entry.curve, demand, entry.kv_tokens, true, false);
  const Capacity answers(entry.curve, decode_only(demand), entry.kv_tokens, false, true);
  const double sd = std::max(entry.performance.log_sd, 1e-9);
  const auto needed = [&](double rate) { return rate > 0 ? demand.rate / rate : kInfinite; };
  for (int i = 0; i < kGrid; ++i) {
    const double log_factor = sd * kGridSpan * (2.0 * i / (kGrid - 1) - 1);
    const double f = std::exp(log_factor);
    out->log_factor.push_back(log_factor);
    if (entry.placement.split) {
      out->prefill.push_back(needed(prompts.rate_within_limits(f)));
      out->replicas.push_back(needed(answers.rate_within_limits(f)));
    } else {
      out->prefill.push_back(0);
      out->replicas.push_back(needed(whole.rate_within_limits(f)));
    }
  }
}

double interpolate(const Screen& s, const std::vector<double>& values, double log_factor) {
  const double span = s.log_factor.back() - s.log_factor.front();
  const double at = std::clamp((log_factor - s.log_factor.front()) / span, 0.0, 1.0) * (kGrid - 1);
  const auto i = std::min(static_cast<std::size_t>(at), static_cast<std::size_t>(kGrid - 2));
  const double part = at - static_cast<double>(i);
  if (part == 0) return values[i];
  return values[i] + part * (values[i + 1] - values[i]);
}

// The least replicas that are enough in the confident share of the draws; the draws of all boards.
void size_entry(const Plan& plan, const Screen& screen, const std::vector<double>& z, Entry* entry,
                std::vector<double>* boards_needed) {
  boards_needed->resize(z.size());
  for (std::size_t d = 0; d < z.size(); ++d) {
    const double log_factor = entry->performance.log_sd * z[d];
    const double whole = std::ceil(interpolate(screen, screen.replicas, log_factor));
    const double prefill = std::ceil(interpolate(screen, screen.prefill, log_factor));
    (*boards_needed)[d] = (whole + prefill) * entry->placement.boards();
  }
  const double z_sure = stats::normal_quantile(plan.options.confidence);
  const double log_factor = entry->performance.log_sd * z_sure;
  const double whole = interpolate(screen, screen.replicas, log_factor);
  const double prefill = interpolate(screen, screen.prefill, log_factor);
  if (!(whole <= kMostReplicas) || !(prefill <= kMostReplicas)) {
    entry->feasible = false;
    return;
  }
  entry->feasible = true;
  entry->replicas = std::max(1, static_cast<int>(std::ceil(whole - 1e-9)));
  entry->prefill_replicas =
      entry->placement.split ? std::max(1, static_cast<int>(std::ceil(prefill - 1e-9))) : 0;
  entry->boards = (entry->replicas + entry->prefill_replicas) * entry->placement.boards();
}

// Why no number of replicas does: what one request alone takes at the confident draw.
void tell_why_not(const Plan& plan, Entry* entry) {
  const double f =
      std::exp(entry->performance.log_sd * stats::normal_quantile(plan.options.confidence));
  const Capacity whole(entry->curve, plan.demand, entry->kv_tokens, true, true);
  const SteadyState alone = whole.alone(f);
  if (alone.batch == 0) {
    entry->why_not = "not one request of this length fits";
    return;
  }
  entry->tpot_s = {alone.tpot_s, alone.tpot_s, alone.tpot_s, "", 0};
  entry->ttft_s = {alone.ttft_s, alone.ttft_s, alone.ttft_s, "", 0};
  entry->why_not = fmt::format(
      "a request alone takes {:.0f} ms to its first token and {:.1f} ms a token (in {:.0f} % of "
      "the "
      "draws no more)",
      alone.ttft_s * 1e3, alone.tpot_s * 1e3, plan.options.confidence * 100);
}

// Latencies in closed form at the size chosen; both grow with the factor, so their quantiles are
// those of the factor.
void predict_latency(const Plan& plan, Entry* entry) {
  const bool split = entry->placement.split;
  const Capacity serve(entry->curve, plan.demand, entry->kv_tokens, !split, true);
  const Capacity prompts(entry->curve, plan.demand, entry->kv_tokens, true, false);
  const double z95 = stats::normal_quantile(0.95);
  double ttft[3], tpot[3];
  for (int i = 0; i < 3; ++i) {
    const double f = std::exp(entry->performance.log_sd * z95 * (i - 1));
    const SteadyState s = serve.at_rate(plan.demand.rate / entry->replicas, f);
    ttft[i] = s.batch > 0 ? s.ttft_s : kInfinite;
    tpot[i] = s.batch > 0 ? s.tpot_s : kInfinite;
    if (!split) continue;
    const SteadyState p = prompts.at_rate(plan.demand.rate / entry->prefill_replicas, f);
    ttft[i] = p.batch > 0 ? p.ttft_s : kInfinite;
  }
  const std::string driver = "step time (" + entry->performance.evidence + ")";
  entry->ttft_s = {ttft[0], ttft[1], ttft[2], driver, 1};
  entry->tpot_s = {tpot[0], tpot[1], tpot[2], driver, 1};
  entry->pace_s = tpot[1];
}

void count_pruned(BoardWork* work, Pruned why, const std::string& example) {
  for (PrunedCount& count : work->pruned) {
    if (count.why != why) continue;
    ++count.count;
    return;
  }
  work->pruned.push_back({why, 1, example});
}

int telling(Pruned why) {
  switch (why) {
    case Pruned::kNotForSale:
      return 0;
    case Pruned::kNoFit:
      return 1;
    case Pruned::kNoClaim:
      return 2;
    default:
      return why == Pruned::kShape ? 3 : 4;
  }
}

bool add_machine(const ModelShape& shape, const Plan& plan, const Placement& wanted, double length,
                 BoardWork* work, Entry* entry) {
  auto machine = machine_of(*work->board, shape, wanted.precision, plan.options.model, length);
  if (!machine) {
    const bool claim = machine.error().message.find("nobody states") != std::string::npos;
    count_pruned(work, claim ? Pruned::kNoClaim : Pruned::kNoFit,
                 work->board->id() + ": " + machine.error().message);
    return false;
  }
  entry->placement.tensor = machine->devices;
  entry->performance = machine->performance;
  entry->kv_tokens = machine->kv_tokens;
  const MachineTime time(*machine->machine, {&shape, "", wanted.precision, {}});
  auto curve = compile_curve(time, machine->batch_max, length / 2);
  if (!curve) {
    count_pruned(work, Pruned::kNoFit, work->board->id() + ": " + curve.error().message);
    return false;
  }
  entry->curve = std::move(*curve);
  return true;
}

bool add_roofline(const ModelShape& shape, const Plan& plan, const Verdict& verdict, double length,
                  BoardWork* work, Entry* entry) {
  entry->memory = verdict.memory;
  entry->kv_tokens = verdict.memory.tokens;
  entry->performance = performance_of(*work->board, shape, entry->placement);
  const PlacementTime time(shape, work->board->numbers, entry->placement, entry->performance);
  const double most = std::clamp(entry->kv_tokens / length, 1.0, double{kBatchMax});
  auto curve =
      compile_curve(time, static_cast<int>(most), plan.demand.prompt + plan.demand.answer / 2);
  if (!curve) {
    count_pruned(work, Pruned::kNoFit, entry_name(plan, *entry) + ": " + curve.error().message);
    return false;
  }
  entry->curve = std::move(*curve);
  return true;
}

}  // namespace

void screen_board(const ModelShape& shape, const Plan& plan, const BoardDraws& draws,
                  const SiteDraws& site, BoardWork* work) {
  const PlanBoard& board = *work->board;
  const double length = plan.demand.prompt + plan.demand.answer;
  const bool special =
      board.machine == MachineClass::kSram || board.machine == MachineClass::kHardwired;
  std::vector<Placement> wanted = layouts(plan.options.search);
  if (special) {
    // One layout for each precision: as many chips as hold the model.
    std::erase_if(
        wanted, [](const Placement& p) { return p.boards() > 1 || p.split || p.engine != "own"; });
  }
  std::vector<double> z;
  std::string stream;
  for (const Placement& placement : wanted) {
    ++work->considered;
    Entry entry;
    entry.board = work->index;
    entry.placement = placement;
    bool can = false;
    if (special && (board.buyable || board.rentable || !plan.options.search.for_sale_only)) {
      can = add_machine(shape, plan, placement, length, work, &entry);
    } else {
      const Verdict v = judge(board, shape, placement, length, plan.options.search.for_sale_only);
      if (v.why == Pruned::kFits) {
        can = add_roofline(shape, plan, v, length, work, &entry);
      } else {
        count_pruned(work, v.why, entry_name(plan, entry) + ": " + v.reason);
      }
    }
    if (!can) continue;
    const std::string wants = "speed/" + board.id() + "/" + placement.engine;
    if (wants != stream) z = normal_draws(stream = wants, plan.options);
    Screen screen;
    std::vector<double> boards_needed;
    fill_screen(plan, entry, &screen);
    size_entry(plan, screen, z, &entry, &boards_needed);
    if (entry.feasible) {
      predict_latency(plan, &entry);
      entry.boards_needed = interval_of(boards_needed, {});
      entry.boards_needed.driver = "step time";
      entry.boards_needed.driver_share = 1;
      price_entry(shape, plan, draws, site, false, &entry);
    } else {
      tell_why_not(plan, &entry);
    }
    work->entries.push_back(std::move(entry));
  }
  if (wanted.empty())
    work->note = "it has an engine of its own, which is not among those asked for";
  if (work->entries.empty() && !work->pruned.empty()) {
    // The reason that says most about the board: who can have it, what fits, what is claimed.
    const auto most = std::min_element(
        work->pruned.begin(), work->pruned.end(),
        [](const PrunedCount& a, const PrunedCount& b) { return telling(a.why) < telling(b.why); });
    work->note = std::string(pruned_name(most->why)) + ": " + most->example;
  }
}

}  // namespace interposer::planner
