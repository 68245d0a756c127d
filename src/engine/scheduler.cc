#include "engine/scheduler.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "engine/config.h"
#include "engine/llama/memory.h"
#include "engine/scheduler_meters.h"

namespace interposer::engine {
namespace {

// How long nothing is asked of the model before its file's pages are given back.
constexpr Duration kRest = std::chrono::milliseconds(250);

}  // namespace

Scheduler::Scheduler(std::unique_ptr<llama::Context> context,
                     std::shared_ptr<const llama::Model> model, const std::string& name)
    : context_(std::move(context)),
      model_(std::move(model)),
      mailbox_(std::make_shared<Mailbox>()),
      meters_(std::make_unique<Meters>(name)),
      slots_(
          context_->sequences(), model_->can_cut(),
          {[this](int s, std::size_t n) { return context_->cut(s, static_cast<std::int64_t>(n)); },
           [this](int a, int b, std::size_t n) {
             context_->share(a, b, static_cast<std::int64_t>(n));
           }}),
      governor_(context_->threads_max(), runnable_tasks) {
  context_->set_abort_check([this] { return mailbox_->stopping() || all_cancelled(); });
  thread_ = std::thread([this] { run(); });
}

Scheduler::~Scheduler() {
  mailbox_->stop();
  thread_.join();
}

Result<Ticket> Scheduler::submit(GenerateTask task, std::shared_ptr<Sink> sink) {
  if (task.prompt.empty()) {
    return make_error(Code::kInvalidArgument, "the prompt is empty", "send at least one token",
                      "empty_prompt");
  }
  std::int64_t most = context_->context_tokens(),
               has = static_cast<std::int64_t>(task.prompt.size());
  if (has >= most) {  // one place must be left for the answer
    return make_error(
        Code::kTooLarge,
        "the prompt has " + std::to_string(has) + " tokens, the model's context holds " +
            std::to_string(most) + " with the answer",
        "shorten the prompt by at least " + std::to_string(has - most + 1) + " tokens",
        "context_length_exceeded");
  }
  Submission submission;
  submission.task = std::move(task);
  submission.sink = std::move(sink);
  submission.cancelled = std::make_shared<std::atomic<bool>>(false);
  submission.at = steady_now();
  Ticket ticket(submission.cancelled, mailbox_);
  IP_OK(mailbox_->put(std::move(submission), kQueueMax));
  return ticket;
}

SchedulerStats Scheduler::stats() const {
  SchedulerStats s;
  s.running = running_count_;
  s.waiting = waiting_count_;
  s.kv_tokens = kv_tokens_;
  s.kv_capacity = context_->context_tokens();
  s.steps = steps_;
  s.preempted = preempted_;
  s.prompt_tokens = prompt_tokens_;
  s.cached_tokens = cached_tokens_;
  s.output_tokens = output_tokens_;
  return s;
}

void Scheduler::run() {
  bool used = false;  // since the pages were given back
  while (!mailbox_->stopping()) {
    if (turn()) {
      used = true;
      continue;
    }
    // At rest the pages of the file that steps read (norms, rows of the embedding table; a kernel
    // with large folios maps most of the file for them) need not stay resident: they come back
    // from the page cache within a millisecond.
    const bool resting = used && running_.empty();
    TimePoint until = next_deadline();
    if (resting) until = std::min(until, steady_now() + kRest);
    if (!mailbox_->wait_until(until) && resting) {
      llama::release_file_pages(model_->path());
      used = false;
    }
  }
  intake();
  Error stopping = make_error(Code::kUnavailable, "the engine is shutting down", "try again later",
                              "shutting_down");
  TimePoint now = steady_now();
  for (auto& g : waiting_) g->finish(wire::FinishReason::kError, now, stopping);
  for (auto& g : running_) g->finish(wire::FinishReason::kError, now, stopping);
  waiting_.clear();
  running_.clear();
}

bool Scheduler::turn() {
  TimePoint now = steady_now();
  intake();
  for (auto& g : running_) g->flush();
  sweep(now);
  admit(now);
  publish();
  plan_step();
  if (step_.empty()) return false;
  TimePoint begin = steady_now();
  context_->set_threads(governor_.threads(begin));
  llama::Context::Outcome outcome = context_->step();
  now = steady_now();
  ++steps_;
  switch (outcome) {
    case llama::Context::Outcome::kDone:
      meters_->step.observe(to_ms(now - begin) / 1000);
      governor_.observe(context_->rows(), now - begin, now);
      commit(now);
      break;
    case llama::Context::Outcome::kNoSpace:
      make_room(now);
      break;
    case llama::Context::Outcome::kAborted:
      break;  // sweep() ends the cancelled
    case llama::Context::Outcome::kFailed:
      fail_all(now);
      break;
  }
  step_.clear();
  retire(now);
  return true;
}

void Scheduler::intake() {
  for (Submission& submission : mailbox_->take(waiting_.size())) {
    TimePoint now = steady_now();
    std::unique_ptr<llama::Grammar> grammar;
    std::optional<Error> error;
    if (!submission.task.grammar.gbnf.empty()) {
      auto made = llama::Grammar::create(model_, submission.task.grammar);
      if (made) {
        grammar = std::move(*made);
      } else {
        error = std::move(made).error();
      }
    }
    auto g = std::make_unique<Generation>(std::move(submission), model_, std::move(grammar));
    g->arrival = ++arrivals_;
    if (error) {
      g->finish(wire::FinishReason::kError, now, std::move(error));
    } else {
      waiting_.push_back(std::move(g));
    }
  }
}

void Scheduler::sweep(TimePoint now) {
  auto check = [now](Generation& g) {
    if (g.cancelled()) {
      g.finish(wire::FinishReason::kError, now,
               make_error(Code::kCancelled, "the answer was cancelled", "", "cancelled"));
    } else if (now >= g.deadline()) {
      g.finish(wire::FinishReason::kError, now,
               make_error(Code::kDeadlineExceeded,
                          g.produced() > 0 ? "the answer ran past its deadline"
                                           : "no token of the answer came before the deadline",
                          "allow more time, or ask for less", "deadline_exceeded"));
    }
  };
  for (auto& g : waiting_) check(*g);
  for (auto& g : running_) check(*g);
  std::erase_if(waiting_, [](const auto& g) { return g->finished(); });
  retire(now);
}

void Scheduler::retire(TimePoint) {
  for (auto& g : running_) {
    if (!g->finished()) continue;
    prompt_tokens_ += static_cast<std::int64_t>(g->tokens().size()) - g->produced();
    cached_tokens_ += g->cached();
    output_tokens_ += g->produced();
    meters_->finished(*g);
    leave(g.get(), true);
    pressed_ = false;
  }
  std::erase_if(running_, [](const auto& g) { return g->finished(); });
}

void Scheduler::leave(Generation* generation, bool keep) {
  if (generation->slot == nullptr) return;
  // An aborted step may have left rows that are not in the slot's list.
  Slot* slot = std::exchange(generation->slot, nullptr);
  if (!context_->cut(slot->sequence, static_cast<std::int64_t>(slot->tokens.size()))) {
    slot->tokens.clear();
  }
  slots_.release(slot, keep);
}

bool Scheduler::place(std::unique_ptr<Generation>& generation, TimePoint now) {
  Slots::Plan plan = slots_.plan(generation->tokens(), generation->tenant());
  if (plan.slot == nullptr || plan.wait) return false;
  std::int64_t taken = 0;
  for (auto& g : running_) taken += static_cast<std::int64_t>(g->tokens().size() - g->shared) + 1;
  std::int64_t need = static_cast<std::int64_t>(generation->tokens().size() - plan.cached) + 1;
  if (!running_.empty() && taken + need > context_->context_tokens()) return false;
  plan = slots_.take(generation->tokens(), generation->tenant());
  generation->slot = plan.slot;
  generation->shared = plan.cached;
  generation->started(plan.cached, now);
  running_.push_back(std::move(generation));
  return true;
}

// In order of arrival; one that waits for another's prefix, or for room, lets the next ones pass.
void Scheduler::admit(TimePoint now) {
  if (pressed_) return;
  for (auto it = waiting_.begin(); it != waiting_.end();) {
    if (running_.size() >= static_cast<std::size_t>(kRunningMax)) return;
    it = place(*it, now) ? waiting_.erase(it) : std::next(it);
  }
}

TimePoint Scheduler::next_deadline() const {
  TimePoint out = kNever;
  for (const auto& g : waiting_) out = std::min(out, g->deadline());
  for (const auto& g : running_) out = std::min(out, g->deadline());
  return out;
}

void Scheduler::publish() {
  std::size_t tokens = slots_.kept_tokens();
  for (const auto& g : running_) tokens += g->slot->tokens.size() - g->shared;
  running_count_ = static_cast<std::int64_t>(running_.size());
  waiting_count_ = static_cast<std::int64_t>(waiting_.size());
  kv_tokens_ = std::min(static_cast<std::int64_t>(tokens), context_->context_tokens());
  meters_->running.set(running_count_);
  meters_->waiting.set(waiting_count_);
  meters_->kv_tokens.set(kv_tokens_);
}

}  // namespace interposer::engine
