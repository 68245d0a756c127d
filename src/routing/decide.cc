#include "routing/decide.h"

#include <algorithm>
#include <cmath>

namespace interposer::routing {

Decision decide(const std::vector<Candidate>& candidates, TimePoint now) {
  Decision decision;
  std::vector<std::size_t> cooling;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    const Candidate& candidate = candidates[i];
    if (!candidate.exists) {
      decision.losers.push_back({candidate.target, "unknown"});
    } else if (!candidate.can) {
      decision.losers.push_back({candidate.target, "cannot do this operation"});
    } else if (candidate.cool_until > now) {
      cooling.push_back(i);
      const auto ms = static_cast<long long>(std::ceil(to_ms(candidate.cool_until - now)));
      decision.losers.push_back({candidate.target, "cooling for " + std::to_string(ms) + " ms"});
    } else {
      decision.order.push_back(i);
    }
  }
  std::stable_sort(cooling.begin(), cooling.end(), [&](std::size_t a, std::size_t b) {
    return candidates[a].cool_until < candidates[b].cool_until;
  });
  decision.order.insert(decision.order.end(), cooling.begin(), cooling.end());
  return decision;
}

}  // namespace interposer::routing
