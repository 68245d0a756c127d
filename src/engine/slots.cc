#include "engine/slots.h"

#include <algorithm>

namespace interposer::engine {

std::size_t common_prefix(std::span<const Token> a, std::span<const Token> b) {
  std::size_t n = std::min(a.size(), b.size());
  return static_cast<std::size_t>(
      std::mismatch(a.begin(), a.begin() + static_cast<long>(n), b.begin()).first - a.begin());
}

Slots::Slots(int sequences, bool can_cut, KvOperations kv) : can_cut_(can_cut), kv_(std::move(kv)) {
  slots_.resize(static_cast<std::size_t>(sequences));
  for (int i = 0; i < sequences; ++i) slots_[static_cast<std::size_t>(i)].sequence = i;
}

Slots::Best Slots::best_source(const std::vector<Token>& prompt, const std::string& tenant) {
  Best best;
  // The last token of a prompt is always computed anew: its logits choose the first answer token.
  std::span<const Token> reusable(prompt.data(), prompt.empty() ? 0 : prompt.size() - 1);
  for (Slot& slot : slots_) {
    if (slot.tokens.empty() || slot.tenant != tenant) continue;
    std::size_t length = common_prefix(reusable, slot.tokens);
    if (!can_cut_ && (length != slot.tokens.size() || slot.running)) continue;
    bool idle_tie =
        best.slot != nullptr && length == best.length && best.slot->running && !slot.running;
    if (length > best.length || idle_tie) best = {&slot, length};
  }
  if (best.length < kShareMin) return {};
  return best;
}

// An empty slot, else the least recently used idle one.
Slot* Slots::free_slot(const Slot* except) {
  Slot* out = nullptr;
  for (Slot& slot : slots_) {
    if (slot.running || &slot == except) continue;
    if (slot.tokens.empty()) return &slot;
    if (out == nullptr || slot.used < out->used) out = &slot;
  }
  return out;
}

Slots::Plan Slots::plan(const std::vector<Token>& prompt, const std::string& tenant) {
  Best best = best_source(prompt, tenant);
  std::size_t coming = 0;
  if (can_cut_) {
    for (const Slot& slot : slots_) {
      if (!slot.running || slot.tenant != tenant || slot.tokens.size() >= slot.planned.size()) {
        continue;
      }
      coming = std::max(coming, common_prefix(prompt, slot.planned));
    }
  }
  Plan out;
  out.cached = best.length;
  out.wait = coming >= best.length + kWaitMin;
  // A kept sequence that is wholly a prefix of the prompt goes on as it is; any other stays as it
  // is, for whoever may come back to it, and lends its cells.
  bool extend =
      best.slot != nullptr && !best.slot->running && best.length == best.slot->tokens.size();
  out.slot = extend ? best.slot : free_slot(best.slot);
  if (out.slot == nullptr && best.slot != nullptr && !best.slot->running) out.slot = best.slot;
  return out;
}

Slots::Plan Slots::take(const std::vector<Token>& prompt, const std::string& tenant) {
  Best best = best_source(prompt, tenant);
  Plan out = plan(prompt, tenant);
  Slot* slot = out.slot;
  if (slot == nullptr) return out;
  if (slot == best.slot) {
    if (slot->tokens.size() > out.cached && !kv_.cut(slot->sequence, out.cached)) out.cached = 0;
  } else {
    if (!slot->tokens.empty()) kv_.cut(slot->sequence, 0);
    if (out.cached > 0) kv_.share(best.slot->sequence, slot->sequence, out.cached);
    if (best.slot != nullptr) best.slot->used = ++clock_;
  }
  slot->tokens.assign(prompt.begin(), prompt.begin() + static_cast<long>(out.cached));
  slot->planned = prompt;
  slot->tenant = tenant;
  slot->running = true;
  slot->used = ++clock_;
  return out;
}

void Slots::release(Slot* slot, bool keep) {
  slot->running = false;
  slot->planned.clear();
  slot->used = ++clock_;
  if (keep || slot->tokens.empty()) return;
  kv_.cut(slot->sequence, 0);
  slot->tokens.clear();
}

bool Slots::evict_one() {
  Slot* victim = nullptr;
  for (Slot& slot : slots_) {
    if (slot.running || slot.tokens.empty()) continue;
    if (victim == nullptr || slot.used < victim->used) victim = &slot;
  }
  if (victim == nullptr) return false;
  kv_.cut(victim->sequence, 0);
  victim->tokens.clear();
  return true;
}

std::size_t Slots::running() const {
  return static_cast<std::size_t>(
      std::count_if(slots_.begin(), slots_.end(), [](const Slot& s) { return s.running; }));
}

std::size_t Slots::kept_tokens() const {
  std::size_t n = 0;
  for (const Slot& slot : slots_) n += slot.running ? 0 : slot.tokens.size();
  return n;
}

}  // namespace interposer::engine
