// What one step computes, and what becomes of it.
#include <algorithm>

#include "base/log.h"
#include "engine/config.h"
#include "engine/scheduler.h"
#include "engine/scheduler_meters.h"

namespace interposer::engine {

void Scheduler::add_piece(Generation* generation, std::size_t count) {
  Piece piece{generation, count, -1};
  std::size_t at = generation->slot->tokens.size();
  bool last = count == generation->remaining();
  for (std::size_t i = 0; i < count; ++i) {
    bool output = last && i + 1 == count;
    int row = context_->add(generation->tokens()[at + i], static_cast<std::int64_t>(at + i),
                            generation->slot->sequence, output);
    if (output) piece.output_row = row;
  }
  step_.push_back(piece);
}

// Decoding rows, then prompts: up to a whole quantum in all while somebody is decoding (bounds the
// stall of a running stream), else up to the whole batch.
void Scheduler::plan_step() {
  step_.clear();
  context_->clear();
  std::vector<Generation*> prompts;
  for (auto& g : running_) {
    if (g->blocked()) continue;
    if (g->decoding()) {
      add_piece(g.get(), 1);
    } else {
      prompts.push_back(g.get());
    }
  }
  auto rows = static_cast<std::size_t>(context_->rows());
  auto budget = static_cast<std::size_t>(context_->batch_rows());
  if (rows > 0) {
    std::size_t quanta = rows / kStepQuantum + 1;
    budget = std::min(budget, quanta * kStepQuantum);
  }
  if (!prompts.empty() && budget > rows) plan_prefill(std::move(prompts), budget - rows);
}

// The oldest prompt has at least half of the budget, so that it can't starve; the others share the
// rest, the shortest first, so that a short question does not wait for a long document.
void Scheduler::plan_prefill(std::vector<Generation*> prompts, std::size_t budget) {
  auto oldest = std::min_element(prompts.begin(), prompts.end(),
                                 [](auto* a, auto* b) { return a->arrival < b->arrival; });
  Generation* first = *oldest;
  prompts.erase(oldest);
  std::sort(prompts.begin(), prompts.end(),
            [](auto* a, auto* b) { return a->remaining() < b->remaining(); });
  std::size_t asked = 0;
  for (Generation* g : prompts) asked += g->remaining();
  std::size_t share = budget - std::min(asked, budget / 2);
  std::size_t count = std::min(first->remaining(), share);
  add_piece(first, count);
  budget -= count;
  for (Generation* g : prompts) {
    if (budget == 0) return;
    count = std::min(g->remaining(), budget);
    add_piece(g, count);
    budget -= count;
  }
}

void Scheduler::commit(TimePoint now) {
  for (const Piece& piece : step_) {
    Generation& g = *piece.generation;
    auto begin = g.tokens().begin() + static_cast<long>(g.slot->tokens.size());
    g.slot->tokens.insert(g.slot->tokens.end(), begin, begin + static_cast<long>(piece.count));
  }
  for (const Piece& piece : step_) {
    if (piece.output_row < 0) continue;
    piece.generation->advance(context_->logits(piece.output_row), context_->context_tokens(), now);
  }
}

// No free cells: kept prefixes go first, then the place of the latest arrival, who waits until
// another has ended and is then computed again (its prompt and what it has answered so far).
void Scheduler::make_room(TimePoint now) {
  if (slots_.evict_one()) return;
  auto youngest =
      std::max_element(running_.begin(), running_.end(),
                       [](const auto& a, const auto& b) { return a->arrival < b->arrival; });
  if (running_.size() == 1) {
    (*youngest)->finish(wire::FinishReason::kError, now,
                        make_error(Code::kResourceExhausted, "the model's memory is full",
                                   "shorten the prompt or the answer", "kv_full"));
    return;
  }
  ++preempted_;
  pressed_ = true;
  std::unique_ptr<Generation> g = std::move(*youngest);
  running_.erase(youngest);
  leave(g.get(), false);
  waiting_.push_front(std::move(g));
}

void Scheduler::fail_all(TimePoint now) {
  log::error("the engine's context failed; all its answers end", {{"model", model_->path()}});
  for (auto& g : running_) {
    g->finish(wire::FinishReason::kError, now,
              make_error(Code::kInternal, "computing the answer failed inside of llama.cpp",
                         "try again; the log has the reason", "engine_failed"));
    leave(g.get(), false);
  }
  while (slots_.evict_one()) {
  }
  context_->forget_all();
}

bool Scheduler::all_cancelled() const {
  return !step_.empty() && std::all_of(step_.begin(), step_.end(), [](const Piece& piece) {
    return piece.generation->cancelled();
  });
}

}  // namespace interposer::engine
