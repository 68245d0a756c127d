#include "gateway/health.h"

#include <algorithm>

namespace interposer::gateway {

namespace {
constexpr std::size_t kStatesMax = 4096;  // targets; callers may name any model of a provider
}

Health::State Health::of(std::string_view target) const {
  std::lock_guard lock(mutex_);
  const auto found = states_.find(target);
  return found == states_.end() ? State{} : found->second;
}

void Health::success(std::string_view target) {
  std::lock_guard lock(mutex_);
  if (states_.empty()) return;
  const auto found = states_.find(target);
  if (found != states_.end()) states_.erase(found);
}

void Health::failure(std::string_view target, backends::Disposition disposition, TimePoint now,
                     std::optional<TimePoint> hint) {
  const backends::Consequence consequence = backends::consequence(disposition);
  if (!consequence.penalty) return;
  std::lock_guard lock(mutex_);
  if (states_.size() >= kStatesMax && states_.find(target) == states_.end()) states_.clear();
  State& state = states_[std::string(target)];
  ++state.failures;
  if (consequence.pause) {
    Duration pause = *consequence.pause;
    if (disposition == backends::Disposition::kTransport) {
      pause = std::min(kPauseMax, pause * (std::int64_t{1} << std::min(state.failures - 1, 10)));
    }
    // A hint replaces the default pause of a throttle; it is a minimum, never cut short.
    if (hint && disposition != backends::Disposition::kTransport) pause = *hint - now;
    state.cool_until = std::max(state.cool_until, now + pause);
  }
  if (hint) state.cool_until = std::max(state.cool_until, *hint);
}

}  // namespace interposer::gateway
