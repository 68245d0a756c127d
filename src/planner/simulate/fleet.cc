#include "planner/simulate/fleet.h"

#include <algorithm>
#include <cmath>
#include <deque>
#include <limits>
#include <queue>

#include "planner/simulate/event_tree.h"
#include "planner/simulate/quantiles.h"
#include "planner/simulate/replica.h"

namespace interposer::planner {
namespace {

constexpr double kNone = -1;

struct Handover {
  double at;
  std::uint32_t request;
  bool operator>(const Handover& other) const {
    return at != other.at ? at > other.at : request > other.request;
  }
};

class Run {
 public:
  Run(const SimFleet& fleet, const Workload& work, const SimOptions& options)
      : fleet_(fleet), work_(work), options_(options) {
    for (const SimPool& pool : fleet.pools) profiles_.push_back(pool.profile);
    for (std::size_t p = 0; p < fleet.pools.size(); ++p) {
      const bool decode = fleet.pools[p].role == Role::kDecode;
      for (int i = 0; i < fleet.pools[p].replicas; ++i) {
        Desk& desk = decode ? decode_ : entry_;
        pool_of_.push_back(p);
        place_of_.push_back(desk.options.size());
        desk.replicas.push_back(replicas_.size());
        replicas_.emplace_back(fleet.pools[p], work);
        desk.options.push_back({&profiles_[p], replicas_.back().load(), 0});
      }
    }
    tree_.resize(replicas_.size());
    first_.assign(work.requests.size(), kNone);
    end_.assign(work.requests.size(), kNone);
    if (options.learn) predicted_.resize(work.requests.size());
  }

  void run();
  SimResult result(bool keep) const;

 private:
  struct Desk {  // where requests are routed: to the pools that prefill, or to those that decode
    std::vector<routing::Option> options;
    std::vector<std::size_t> replicas;
  };
  struct Predicted {
    float ttft = 0, tpot = 0;
    std::uint32_t pool = 0;
  };

  bool refuse(const SimRequest& r) const;
  void count(double now, int change);
  void arrive(std::uint32_t request);
  void hand_over(const Handover& handover);
  void dispatch(Desk* desk, std::uint32_t request, bool computed, double now);
  void step(std::size_t replica);
  void finish(std::uint32_t request, double now);
  void sync(std::size_t replica);
  void learn(std::uint32_t request);

  const SimFleet& fleet_;
  const Workload& work_;
  const SimOptions& options_;
  std::vector<boards::StepProfile> profiles_;  // by pool; not resized after the constructor
  std::deque<Replica> replicas_;
  std::vector<std::size_t> pool_of_, place_of_;  // by replica
  Desk entry_, decode_;
  EventTree tree_;
  std::priority_queue<Handover, std::vector<Handover>, std::greater<>> handovers_;
  std::vector<double> first_, end_;  // times, by request
  std::vector<Predicted> predicted_;
  std::vector<Milestone> milestones_;
  double in_system_ = 0, counted_at_ = 0, last_end_ = 0;
  double present_ = 0;
  std::uint64_t events_ = 0;
};

void Run::count(double now, int change) {
  in_system_ += present_ * (now - counted_at_);
  counted_at_ = now;
  present_ += change;
}

bool Run::refuse(const SimRequest& r) const {
  // It must fit wherever it may be sent.
  const double tokens = static_cast<double>(r.prompt) + r.answer;
  return std::any_of(fleet_.pools.begin(), fleet_.pools.end(),
                     [&](const SimPool& p) { return tokens > p.kv_tokens; });
}

void Run::sync(std::size_t replica) {
  tree_.set(replica, replicas_[replica].next_event());
  Desk& desk = fleet_.pools[pool_of_[replica]].role == Role::kDecode ? decode_ : entry_;
  desk.options[place_of_[replica]].load = replicas_[replica].load();
}

void Run::dispatch(Desk* desk, std::uint32_t request, bool computed, double now) {
  const SimRequest& r = work_.requests[request];
  int chosen = 0;
  if (desk->options.size() > 1 || options_.learn) {
    if (r.blocks > 0 && !computed) {
      for (std::size_t i = 0; i < desk->options.size(); ++i) {
        desk->options[i].cached_tokens =
            static_cast<float>(replicas_[desk->replicas[i]].cached_tokens(r));
      }
    } else {
      for (routing::Option& option : desk->options) {
        option.cached_tokens = computed ? static_cast<float>(r.prompt) : 0.F;
      }
    }
    const routing::Ask ask{static_cast<float>(r.prompt), static_cast<float>(r.answer),
                           static_cast<float>(options_.ttft_limit_s),
                           static_cast<float>(options_.tpot_limit_s)};
    chosen = routing::pick(desk->options, ask);
    if (options_.learn) {
      const routing::Option& option = desk->options[static_cast<std::size_t>(chosen)];
      const routing::Estimate e =
          routing::estimate(*option.profile, option.load, option.cached_tokens, ask);
      Predicted& p = predicted_[request];
      if (!computed) p.ttft = e.ttft_s;
      p.tpot = e.tpot_s;
      p.pool =
          static_cast<std::uint32_t>(pool_of_[desk->replicas[static_cast<std::size_t>(chosen)]]);
    }
  }
  const std::size_t replica = desk->replicas[static_cast<std::size_t>(chosen)];
  replicas_[replica].submit(request, computed, now);
  sync(replica);
}

void Run::arrive(std::uint32_t request) {
  const SimRequest& r = work_.requests[request];
  if (refuse(r)) return;
  count(r.arrival_s, 1);
  dispatch(&entry_, request, false, r.arrival_s);
}

void Run::hand_over(const Handover& handover) {
  first_[handover.request] = handover.at;
  dispatch(&decode_, handover.request, true, handover.at);
}

void Run::learn(std::uint32_t request) {
  const Predicted& p = predicted_[request];
  const SimRequest& r = work_.requests[request];
  const double tpot = r.answer > 1 ? (end_[request] - first_[request]) / (r.answer - 1.0) : 0;
  routing::learn(&profiles_[p.pool], p.ttft, static_cast<float>(first_[request] - r.arrival_s),
                 p.tpot, static_cast<float>(tpot));
}

void Run::finish(std::uint32_t request, double now) {
  end_[request] = now;
  last_end_ = std::max(last_end_, now);
  count(now, -1);
  if (options_.learn) learn(request);
}

void Run::step(std::size_t replica) {
  ++events_;
  const double now = replicas_[replica].next_event();
  milestones_.clear();
  replicas_[replica].step(&milestones_);
  for (const Milestone& m : milestones_) {
    const SimRequest& r = work_.requests[m.request];
    switch (m.what) {
      case Milestone::What::kFirstToken:
        first_[m.request] = now;
        break;
      case Milestone::What::kFinished:
        finish(m.request, now);
        break;
      case Milestone::What::kPrefilled:
        if (r.answer == 1) {
          first_[m.request] = now;
          finish(m.request, now);
        } else {
          handovers_.push(
              {now + fleet_.handover_s + fleet_.handover_s_per_token * r.prompt, m.request});
        }
        break;
    }
  }
  sync(replica);
}

// In order of time; of what happens at the same moment replicas go first, then handovers, then
// arrivals, so that routing sees what has ended.
void Run::run() {
  const std::size_t n = work_.requests.size();
  std::size_t next = 0;
  counted_at_ = n > 0 ? work_.requests[0].arrival_s : 0;
  for (;;) {
    const double replica_at = tree_.earliest();
    const double handover_at =
        handovers_.empty() ? std::numeric_limits<double>::infinity() : handovers_.top().at;
    const double arrival_at =
        next < n ? work_.requests[next].arrival_s : std::numeric_limits<double>::infinity();
    if (replica_at <= handover_at && replica_at <= arrival_at) {
      if (replica_at == std::numeric_limits<double>::infinity()) break;
      step(tree_.first());
    } else if (handover_at <= arrival_at) {
      const Handover handover = handovers_.top();
      handovers_.pop();
      hand_over(handover);
    } else {
      arrive(static_cast<std::uint32_t>(next++));
    }
  }
}

SimResult Run::result(bool keep) const {
  SimResult out;
  const std::size_t n = work_.requests.size();
  std::vector<double> ttft, tpot, total;
  ttft.reserve(n);
  tpot.reserve(n);
  total.reserve(n);
  std::size_t good = 0;
  if (keep) {
    out.ttft.assign(n, static_cast<float>(kNone));
    out.tpot.assign(n, static_cast<float>(kNone));
  }
  for (std::size_t i = 0; i < n; ++i) {
    const SimRequest& r = work_.requests[i];
    if (end_[i] == kNone) {
      if (i >= options_.warmup) ++out.refused;
      continue;
    }
    const double wait = first_[i] - r.arrival_s;
    const double pace = r.answer > 1 ? (end_[i] - first_[i]) / (r.answer - 1.0) : 0;
    out.sojourns += end_[i] - r.arrival_s;
    if (keep) {
      out.ttft[i] = static_cast<float>(wait);
      out.tpot[i] = static_cast<float>(pace);
    }
    if (i < options_.warmup) continue;
    ttft.push_back(wait);
    if (r.answer > 1) tpot.push_back(pace);  // an answer of one token has no pace
    total.push_back(end_[i] - r.arrival_s);
    good += (options_.ttft_limit_s <= 0 || wait <= options_.ttft_limit_s) &&
                    (options_.tpot_limit_s <= 0 || pace <= options_.tpot_limit_s)
                ? 1
                : 0;
  }
  out.counted = total.size();
  out.within = out.counted + out.refused == 0
                   ? 0
                   : static_cast<double>(good) / static_cast<double>(out.counted + out.refused);
  out.ttft_s = quantiles_of(std::move(ttft));
  out.tpot_s = quantiles_of(std::move(tpot));
  out.total_s = quantiles_of(std::move(total));
  out.span_s = n == 0 ? 0 : std::max(last_end_ - work_.requests[0].arrival_s, 0.0);
  out.in_system = in_system_;
  out.events = events_;
  out.pools.resize(fleet_.pools.size());
  for (std::size_t i = 0; i < replicas_.size(); ++i) {
    out.pools[pool_of_[i]].add(replicas_[i].use());
  }
  out.profiles = profiles_;
  return out;
}

Status check(const SimFleet& fleet, const Workload& work) {
  if (work.requests.empty()) {
    return make_error(Code::kInvalidArgument, "there is no request to simulate");
  }
  int replicas = 0;
  int whole = 0, prefill = 0, decode = 0;
  for (const SimPool& pool : fleet.pools) {
    if (pool.replicas < 1 || pool.curve.batch_max() < 1 || !(pool.step_tokens >= 1) ||
        !(pool.kv_tokens > 0)) {
      return make_error(Code::kInvalidArgument,
                        "the pool '" + pool.name + "' has no replica, batch or room");
    }
    replicas += pool.replicas;
    (pool.role == Role::kWhole ? whole : pool.role == Role::kPrefill ? prefill : decode) += 1;
  }
  if (whole + prefill == 0 || (prefill > 0) != (decode > 0)) {
    return make_error(Code::kInvalidArgument, "no pool can answer a whole request",
                      "give whole pools, or both prefill and decode pools");
  }
  if (replicas > kReplicasMax) {
    return make_error(Code::kInvalidArgument, std::to_string(replicas) +
                                                  " replicas are more than can be simulated (" +
                                                  std::to_string(kReplicasMax) + ")");
  }
  return {};
}

}  // namespace

void PoolUse::add(const PoolUse& other) {
  busy_s += other.busy_s;
  steps += other.steps;
  decoded += other.decoded;
  computed += other.computed;
  cached += other.cached;
  context_steps += other.context_steps;
  batch_steps += other.batch_steps;
  preemptions += other.preemptions;
}

void make_profile(SimPool* pool) {
  fill_profile(pool->curve, &pool->profile);
  pool->profile.step_tokens = static_cast<float>(pool->step_tokens);
  pool->profile.kv_tokens = static_cast<float>(pool->kv_tokens);
  if (pool->profile.label().empty()) pool->profile.set_label(pool->name);
}

Result<SimResult> simulate(const SimFleet& fleet, const Workload& workload,
                           const SimOptions& options, bool keep_requests) {
  IP_OK(check(fleet, workload));
  Run run(fleet, workload, options);
  run.run();
  return run.result(keep_requests);
}

}  // namespace interposer::planner
