#include "planner/simulate/replica.h"

#include <algorithm>
#include <cmath>
#include <functional>

namespace interposer::planner {
namespace {

constexpr unsigned kSlotBits = 20;
constexpr std::uint64_t kSlotMask = (std::uint64_t{1} << kSlotBits) - 1;
static_assert(kSimBatchMax <= static_cast<int>(kSlotMask));

}  // namespace

Replica::Replica(const SimPool& pool, const Workload& workload)
    : pool_(pool), work_(workload), decodes_(pool.role != Role::kPrefill) {
  refresh_load();
}

std::span<const std::uint64_t> Replica::hashes(std::uint32_t request) const {
  const SimRequest& r = work_.requests[request];
  return {work_.blocks.data() + r.first_block, r.blocks};
}

std::uint32_t Replica::cached_tokens(const SimRequest& request) const {
  if (!pool_.prefix_cache || request.blocks == 0) return 0;
  return work_.block_tokens *
         cache_.match({work_.blocks.data() + request.first_block, request.blocks});
}

std::uint32_t Replica::prompt_of(const Waiting& waiting) const {
  return work_.requests[waiting.request].prompt + waiting.done;
}

double Replica::room() const {
  return pool_.kv_tokens - private_ - static_cast<double>(cache_.pinned()) * work_.block_tokens;
}

std::uint32_t Replica::take_slot() {
  if (free_.empty()) {
    slots_.emplace_back();
    return static_cast<std::uint32_t>(slots_.size() - 1);
  }
  const std::uint32_t slot = free_.back();
  free_.pop_back();
  return slot;
}

void Replica::refresh_load() {
  load_.running = static_cast<float>(running_.size());
  load_.context_tokens = static_cast<float>(context_);
  load_.waiting = static_cast<float>(waiting_.size() + prompts_.size());
  load_.waiting_tokens = static_cast<float>(waiting_tokens_);
  load_.free_tokens = static_cast<float>(room());
}

void Replica::submit(std::uint32_t request, bool computed, double now) {
  const Waiting waiting{request, computed ? 1U : 0U, computed};
  waiting_.push_back(waiting);
  if (!computed) waiting_tokens_ += prompt_of(waiting);
  if (event_ == kNever) {
    now_ = now;
    plan();
  } else if (skip_ > 0 && waiting_.size() == 1 && prompts_.empty() &&
             static_cast<int>(running_.size()) < pool_.curve.batch_max()) {
    cut(now);
  }
  refresh_load();
}

// Ends the skip at the first step boundary that is not before `now`, where the newcomer may enter.
void Replica::cut(double now) {
  const double wanted = now - now_;
  const double half = ds_ / 2;
  const double linear = s0_ - half;
  double k = 1;
  if (wanted > s0_) {
    k = half > 0 ? (std::sqrt(linear * linear + 4 * half * wanted) - linear) / (2 * half)
                 : wanted / s0_;
    k = std::max(std::ceil(k) - 1, 1.0);  // rounding may be off by one either way
    while (k < skip_ && skip_s(k) < wanted) ++k;
  }
  if (k >= skip_) return;
  skip_ = k;
  event_ = now_ + skip_s(k);
}

double Replica::skip_s(double steps) const { return steps * s0_ + ds_ * steps * (steps - 1) / 2; }

void Replica::step(std::vector<Milestone>* milestones) {
  const auto running = static_cast<double>(running_.size());
  const double steps = skip_ > 0 ? skip_ : 1;
  use_.busy_s += event_ - now_;
  use_.steps += steps;
  use_.decoded += running * steps;
  use_.batch_steps += running * steps;
  use_.context_steps += steps * context_ + running * steps * (steps - 1) / 2;
  use_.computed += chunk_;
  now_ = event_;
  steps_ += static_cast<std::uint64_t>(steps);
  context_ += running * steps;
  private_ += running * steps;
  finish_answers(milestones);
  if (skip_ == 0) finish_prompts(milestones);
  plan();
  // Planning may have preempted; those who route see the state after it.
  refresh_load();
}

void Replica::finish_answers(std::vector<Milestone>* milestones) {
  while (!running_.empty() && (running_.front() >> kSlotBits) <= steps_) {
    const auto slot = static_cast<std::uint32_t>(running_.front() & kSlotMask);
    std::pop_heap(running_.begin(), running_.end(), std::greater<>());
    running_.pop_back();
    milestones->push_back({Milestone::What::kFinished, slots_[slot].request});
    const std::uint64_t generated = steps_ - slots_[slot].joined;
    context_ -= static_cast<double>(slots_[slot].context + generated);
    leave(slot, generated);
    held_back_ = false;
  }
}

// Gives back what a sequence holds of the KV cache beside the tokens of context_.
void Replica::leave(std::uint32_t slot, std::uint64_t generated) {
  Sequence& s = slots_[slot];
  private_ -= static_cast<double>(s.context + generated) -
              static_cast<double>(s.pinned) * work_.block_tokens;
  if (s.pinned > 0) cache_.unpin(hashes(s.request), s.pinned);
  free_.push_back(slot);
}

// Prompts that are complete: their first token exists now.
void Replica::finish_prompts(std::vector<Milestone>* milestones) {
  while (!prompts_.empty()) {
    const std::uint32_t slot = prompts_.front();
    Sequence& s = slots_[slot];
    if (s.computed < s.context) break;
    prompts_.pop_front();
    const SimRequest& r = work_.requests[s.request];
    if (pool_.prefix_cache && r.blocks > s.pinned) {
      cache_.insert(hashes(s.request), s.pinned);
      private_ -= static_cast<double>(r.blocks - s.pinned) * work_.block_tokens;
      s.pinned = r.blocks;
    }
    if (!decodes_) {
      milestones->push_back({Milestone::What::kPrefilled, s.request});
      leave(slot, 0);
      continue;
    }
    if (s.done++ == 0) milestones->push_back({Milestone::What::kFirstToken, s.request});
    if (s.done >= r.answer) {
      milestones->push_back({Milestone::What::kFinished, s.request});
      leave(slot, 0);
      held_back_ = false;
    } else {
      join(slot);
    }
  }
}

void Replica::join(std::uint32_t slot) {
  Sequence& s = slots_[slot];
  s.joined = steps_;
  s.finish = steps_ + (work_.requests[s.request].answer - s.done);
  context_ += s.context;
  running_.push_back(s.finish << kSlotBits | slot);
  std::push_heap(running_.begin(), running_.end(), std::greater<>());
}

bool Replica::admit_one(const Waiting& waiting) {
  const std::uint32_t prompt = prompt_of(waiting);
  std::uint32_t match = 0;
  if (pool_.prefix_cache && !waiting.computed && work_.requests[waiting.request].blocks > 0) {
    match = cache_.match(hashes(waiting.request));
    // At least one token is computed, whose output is the first token.
    match = std::min(match, (prompt - 1) / work_.block_tokens);
    cache_.pin(hashes(waiting.request), match);
  }
  const std::uint32_t found = match * work_.block_tokens;
  const double need = prompt - found;
  const bool alone = running_.empty() && prompts_.empty();
  if (!alone && need + static_cast<double>(running_.size()) > room()) {
    cache_.unpin(hashes(waiting.request), match);
    return false;
  }
  private_ += need;
  const std::uint32_t slot = take_slot();
  slots_[slot] = {waiting.request, waiting.done, prompt, found, match, 0, 0, ++orders_};
  if (waiting.computed) {
    join(slot);
    return true;
  }
  waiting_tokens_ -= found;
  use_.cached += found;
  pending_ += need;
  prompts_.push_back(slot);
  return true;
}

void Replica::admit() {
  if (running_.empty() && prompts_.empty()) held_back_ = false;
  if (held_back_) return;
  const double budget = std::max(pool_.step_tokens - static_cast<double>(running_.size()), 1.0);
  while (!waiting_.empty() &&
         static_cast<int>(running_.size() + prompts_.size()) < pool_.curve.batch_max() &&
         (waiting_.front().computed || pending_ < budget)) {
    if (!admit_one(waiting_.front())) break;
    waiting_.pop_front();
  }
}

// When the running ones cannot all grow by a token, the last admitted gives way and is computed
// anew later. True when one did.
bool Replica::preempt_for_room() {
  if (running_.empty() || running_.size() + prompts_.size() < 2 ||
      room() >= static_cast<double>(running_.size())) {
    return false;
  }
  std::size_t last = 0;
  const auto order = [&](std::size_t i) { return slots_[running_[i] & kSlotMask].order; };
  for (std::size_t i = 1; i < running_.size(); ++i) {
    if (order(i) > order(last)) last = i;
  }
  const auto slot = static_cast<std::uint32_t>(running_[last] & kSlotMask);
  running_[last] = running_.back();
  running_.pop_back();
  std::make_heap(running_.begin(), running_.end(), std::greater<>());
  const Sequence& s = slots_[slot];
  const std::uint64_t generated = steps_ - s.joined;
  const Waiting back{s.request, s.done + static_cast<std::uint32_t>(generated), false};
  context_ -= static_cast<double>(s.context + generated);
  leave(slot, generated);
  waiting_.push_front(back);
  waiting_tokens_ += prompt_of(back);
  ++use_.preemptions;
  held_back_ = true;
  return true;
}

void Replica::plan() {
  while (preempt_for_room()) {
  }
  admit();
  while (private_ + static_cast<double>(cache_.held()) * work_.block_tokens > pool_.kv_tokens &&
         cache_.evict()) {
  }
  chunk_ = 0;
  skip_ = 0;
  const int batch = static_cast<int>(running_.size());
  if (prompts_.empty()) {
    if (batch == 0) {
      event_ = kNever;
    } else {
      plan_skip();
    }
    return;
  }
  double budget = std::max(pool_.step_tokens - batch, 1.0);
  double pairs = 0;
  for (std::size_t i = 0; i < prompts_.size() && budget >= 1; ++i) {
    Sequence& s = slots_[prompts_[i]];
    const double take = std::min<double>(s.context - s.computed, std::floor(budget));
    pairs += take * (s.computed + take / 2);
    s.computed += static_cast<std::uint32_t>(take);
    chunk_ += take;
    budget -= take;
  }
  pending_ -= chunk_;
  waiting_tokens_ -= chunk_;
  event_ = now_ + pool_.curve.decode_s(batch, context_) + pool_.curve.prefill_s(chunk_, pairs);
}

void Replica::plan_skip() {
  const int batch = static_cast<int>(running_.size());
  const auto b = static_cast<double>(batch);
  s0_ = pool_.curve.decode_s(batch, context_);
  ds_ = pool_.curve.context_s[static_cast<std::size_t>(batch)] * b;
  skip_ = static_cast<double>((running_.front() >> kSlotBits) - steps_);
  const double fits = std::floor(room() / b);
  if (fits >= 1 && fits < skip_) skip_ = fits;
  event_ = now_ + skip_s(skip_);
}

}  // namespace interposer::planner
