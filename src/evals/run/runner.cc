#include "evals/run/runner.h"

#include <fmt/format.h>

#include <cmath>
#include <utility>

#include "evals/run/ask.h"
#include "net/loop.h"

namespace interposer::evals {
namespace {

constexpr std::int64_t kDownAfter = 20;  // failures in a row, with no answer between
constexpr Duration kPoll = std::chrono::milliseconds(100);
constexpr Duration kRetryPause = std::chrono::milliseconds(500);
constexpr std::int64_t kPaceMin = 5;  // answers before a time left is told

class Work {
 public:
  Work(RunContext* context, const std::vector<Unit>& units)
      : c_(*context), units_(units), throttle_(context->suite->runner.concurrency) {}

  net::Task<Result<RunSummary>> run() {
    start_ = net::Loop::current()->now();
    last_sync_ = start_;
    take_recovered();
    std::size_t next = 0;
    while (next < todo_.size() && !ending()) {
      if (!throttle_.may_send(net::Loop::current()->now(), in_flight_)) {
        co_await wait_for_change();
        continue;
      }
      if (!reserve(units_[todo_[next]])) {
        if (in_flight_ == 0) break;  // nothing will be settled any more
        co_await wait_for_change();
        budget_hit_ = false;
        continue;
      }
      nursery_.spawn(one(todo_[next]));
      next += 1;
    }
    co_await nursery_.join();
    sync(true);
    if (!log_status_) co_return log_status_.error();
    co_return summary();
  }

 private:
  const Target& target(const Unit& unit) const { return c_.suite->targets[unit.target]; }

  UnitName name(const Unit& unit) const {
    return {(*c_.items)[unit.item].id, unit.epoch, target(unit).name};
  }

  // What stands already. A record answers its unit only while the request is the same one.
  void take_recovered() {
    const Recovered& recovered = c_.log->recovered();
    for (std::size_t i = 0; i < units_.size(); ++i) {
      const auto found = recovered.responses.find(name(units_[i]));
      const bool stands = found != recovered.responses.end() && found->second.key == units_[i].key;
      if (stands && is_received(found->second.status)) {
        out_.cached += 1;
        add_spent(found->second);
        if (c_.decided && c_.decided(found->second)) decided_ = true;
        continue;
      }
      if (stands) rounds_[i] = found->second.round + 1;
      todo_.push_back(i);
    }
    out_.units = static_cast<std::int64_t>(units_.size());
    out_.possibly_paid = static_cast<std::int64_t>(recovered.possibly_paid.size());
  }

  bool ending() const {
    return c_.stop.stop_requested() || down_ || decided_ || budget_hit_ || !log_status_ ||
           out_of_time();
  }
  bool out_of_time() const {
    return c_.suite->budget.wall && net::Loop::current()->now() - start_ > *c_.suite->budget.wall;
  }

  // Until an answer is in, or the target may be asked again; in short pieces, so that a person who
  // stops the run is heard.
  net::Task<void> wait_for_change() {
    const TimePoint now = net::Loop::current()->now();
    const TimePoint pause = throttle_.paused_until();
    if (in_flight_ == 0 || now < pause) {
      co_await net::sleep_until(std::min(std::max(pause, now), time_after(now, kPoll)));
      co_return;
    }
    net::Event event;
    waiter_ = &event;
    co_await event;
  }

  void wake() {
    if (waiter_ != nullptr) std::exchange(waiter_, nullptr)->fire();
  }

  // Reserved and spent together never pass the cap.
  bool reserve(const Unit& unit) {
    const Budget& budget = c_.suite->budget;
    const auto usd = reserve_usd(unit, *c_.suite, c_.endpoints[unit.target]);
    const std::int64_t tokens = reserve_tokens(unit, *c_.suite);
    const bool dear = budget.usd && out_.spent_usd + reserved_usd_ + usd.value_or(0) > *budget.usd;
    const bool many = budget.tokens && out_.tokens + reserved_tokens_ + tokens > *budget.tokens;
    if (dear || many) {
      budget_hit_ = true;
      return false;
    }
    reserved_usd_ += usd.value_or(0);
    reserved_tokens_ += tokens;
    return true;
  }

  void release(const Unit& unit) {
    reserved_usd_ -= reserve_usd(unit, *c_.suite, c_.endpoints[unit.target]).value_or(0);
    reserved_tokens_ -= reserve_tokens(unit, *c_.suite);
  }

  void add_spent(const Response& r) {
    out_.spent_usd += r.cost_usd.value_or(0);
    if (!r.cost_usd && r.output_tokens > 0) out_.spent_known = false;
    out_.tokens += r.input_tokens + r.output_tokens;
  }

  net::Task<void> one(std::size_t index) {
    in_flight_ += 1;
    const Unit& unit = units_[index];
    const int round = rounds_.contains(index) ? rounds_[index] : 0;
    Dispatch dispatch;
    const UnitName named = name(unit);
    const std::string key =
        idempotency_key(c_.run_id, named.unit, named.epoch, named.target, unit.key, round);
    dispatch.unit = named.unit;
    dispatch.epoch = named.epoch;
    dispatch.target = named.target;
    dispatch.key = unit.key;
    dispatch.idempotency_key = key;
    dispatch.reserved_usd = reserve_usd(unit, *c_.suite, c_.endpoints[unit.target]).value_or(0);
    log_status_ = c_.log->dispatch(dispatch);
    if (log_status_) {
      Asked asked = co_await ask_until_answered(&unit, key);
      keep(unit, key, round, std::move(asked));
    }
    release(unit);
    in_flight_ -= 1;
    wake();
  }

  net::Task<Asked> ask_until_answered(const Unit* unit, std::string key) {
    AskContext context;
    context.client = c_.client;
    context.endpoint = c_.endpoints[unit->target];
    if (!c_.keys.empty()) context.key = c_.keys[unit->target];
    context.timeout = c_.suite->runner.timeout;
    context.stop = c_.stop;
    std::int64_t attempts = 0;
    for (;;) {
      Asked asked = co_await ask(&context, unit, c_.suite->runner.kind, key);
      attempts += 1;
      asked.response.attempts = static_cast<int>(std::min<std::int64_t>(attempts, 1'000'000));
      const bool throttled = asked.response.http == 429 || asked.response.http == 503;
      if (throttled) throttle_.refused(net::Loop::current()->now(), asked.wait);
      const bool give_up = !asked.retry || c_.stop.stop_requested() || down_ || out_of_time();
      // Being throttled is the target's way to say "later": it costs no attempt until it lasts.
      if (give_up || attempts >= c_.suite->runner.attempts * (throttled ? 10 : 1)) co_return asked;
      const TimePoint now = net::Loop::current()->now();
      const TimePoint again =
          std::max(throttle_.paused_until(), time_after(now, std::max(asked.wait, kRetryPause)));
      while (net::Loop::current()->now() < again && !c_.stop.stop_requested()) {
        co_await net::sleep_until(std::min(again, time_after(net::Loop::current()->now(), kPoll)));
      }
    }
  }

  void keep(const Unit& unit, const std::string& key, int round, Asked asked) {
    const Item& item = (*c_.items)[unit.item];
    Response& r = asked.response;
    r.unit = item.id;
    r.epoch = unit.epoch;
    r.target = target(unit).name;
    r.key = unit.key;
    r.content = item.content;
    r.cluster = item.cluster;
    r.tags = item.tags;
    r.input = item.input;
    r.expected = item.target;
    r.round = round;
    r.idempotency_key = key;
    r.at = rfc3339(wall_now_ms());
    r.cost_usd = settle_usd(r, target(unit), c_.endpoints[unit.target]);
    const bool received = is_received(r.status);
    // What was stopped by the person was not answered: it is left out, and asked for next time.
    if (!received && c_.stop.stop_requested()) return;
    Status kept = c_.log->receive(r);
    if (!kept) log_status_ = std::move(kept);
    add_spent(r);
    if (received) {
      throttle_.answered();
      throttle_.recovered();
      out_.answered += 1;
      failures_in_row_ = 0;
    } else {
      out_.failed += 1;
      failures_in_row_ += 1;
      last_error_ = r.error;
      down_ = down_ || failures_in_row_ >= kDownAfter;
    }
    if (c_.decided && received && c_.decided(r)) decided_ = true;
    sync(false);
    report();
  }

  void sync(bool now) {
    const TimePoint at = net::Loop::current()->now();
    if (!now && at - last_sync_ < kSyncEvery) return;
    last_sync_ = at;
    Status synced = c_.log->sync();
    if (!synced && log_status_) log_status_ = std::move(synced);
  }

  void report() const {
    if (!c_.on_progress) return;
    Progress p;
    p.total = out_.units;
    p.done = out_.cached + out_.answered + out_.failed;
    p.in_flight = in_flight_;
    p.limit = throttle_.limit();
    p.refusals = throttle_.refusals();
    p.failed = out_.failed;
    p.spent_usd = out_.spent_usd;
    p.spent_known = out_.spent_known;
    const std::int64_t here = out_.answered + out_.failed;
    if (here >= kPaceMin) {
      const double each = to_ms(net::Loop::current()->now() - start_) / static_cast<double>(here);
      p.left = std::chrono::duration_cast<Duration>(
          std::chrono::duration<double, std::milli>(each * static_cast<double>(p.total - p.done)));
    }
    c_.on_progress(p);
  }

  RunSummary summary() {
    out_.refusals = throttle_.refusals();
    out_.missing = out_.units - out_.cached - out_.answered - out_.failed;
    if (c_.stop.stop_requested()) {
      out_.reason = StopReason::kInterrupted;
      out_.why = "interrupted; the same command goes on from here";
    } else if (decided_) {
      out_.reason = StopReason::kDecided;
      out_.why = "the comparison is decided";
    } else if (down_) {
      out_.reason = StopReason::kTargetDown;
      out_.why = fmt::format("{} failures in a row, the last: {}", failures_in_row_, last_error_);
    } else if (out_.missing > 0) {
      out_.reason = StopReason::kBudget;
      out_.why = out_of_time() ? "the time of the budget is over"
                               : fmt::format(
                                     "the next request could pass the budget (spent ${:.4f}, "
                                     "{} tokens)",
                                     out_.spent_usd, out_.tokens);
    }
    return out_;
  }

  RunContext& c_;
  const std::vector<Unit>& units_;
  Throttle throttle_;
  net::Nursery nursery_;
  net::Event* waiter_ = nullptr;  // of run()
  std::vector<std::size_t> todo_;
  std::map<std::size_t, int> rounds_;
  RunSummary out_;
  Status log_status_;
  TimePoint start_{}, last_sync_{};
  std::int64_t in_flight_ = 0, failures_in_row_ = 0, reserved_tokens_ = 0;
  double reserved_usd_ = 0;
  bool down_ = false, decided_ = false, budget_hit_ = false;
  std::string last_error_;
};

}  // namespace

net::Task<Result<RunSummary>> run_units(RunContext* context, const std::vector<Unit>* units) {
  Work work(context, *units);
  co_return co_await work.run();
}

}  // namespace interposer::evals
