// The circumstances of a request: who asks, by when, within which limits, and whose child it is.
#pragma once

#include <atomic>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace interposer::backends {

struct Principal {
  std::string name;                 // of the key; "local" where no key is needed
  std::vector<std::string> models;  // allowed names; empty: all
  bool may_use(std::string_view model) const;
};

struct PhaseDeadlines {  // durations from the start of the phase
  Duration connect = std::chrono::seconds(5);
  Duration first_byte = std::chrono::seconds(120);
  Duration between = std::chrono::seconds(60);
  TimePoint total = kNever;
};

struct Trace {
  std::string trace_id, span_id, parent_id;
};

class Call;
using CallRef = std::shared_ptr<const Call>;

class Call {
 public:
  static constexpr int kDepthMax = 8;  // nested calls; a deeper one is refused

  Principal principal;
  PhaseDeadlines deadlines;
  std::stop_token stop;
  Trace trace;
  int depth = 0;
  CallRef parent;
  std::size_t buffer_bytes = 256 * 1024;  // of an answer that its reader does not take

  // A call made on behalf of this one: same principal, slot, deadline, stop and trace (a new span).
  // kFailedPrecondition beyond kDepthMax.
  static Result<CallRef> child(const CallRef& of, std::string_view target);
};

}  // namespace interposer::backends
