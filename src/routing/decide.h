// Candidates + observed state -> an ordered choice, with the record of why.
#pragma once

#include <string>
#include <vector>

#include "base/time.h"
#include "boards/profile.h"

namespace interposer::routing {

// What is known of one target at the moment of the decision.
struct Candidate {
  std::string target;
  bool exists = true;      // a backend takes it
  bool can = true;         // the operation is among its capabilities
  TimePoint cool_until{};  // left alone until then (a hint, or after failures)
  int failures = 0;        // consecutive
  boards::BoardProfile profile;
};

struct Loser {
  std::string target;
  std::string reason;  // "cooling for 4.2 s", "cannot embed", "unknown"
};

struct Decision {
  std::vector<std::size_t> order;  // indices into the candidates, to be tried in turn
  std::vector<Loser> losers;       // left out, or moved behind
};

// The route's order stands; what is unknown or unable is left out, what is cooling moves to the end
// (soonest first): a bad target is better than none when all are cooling.
Decision decide(const std::vector<Candidate>& candidates, TimePoint now);

}  // namespace interposer::routing
