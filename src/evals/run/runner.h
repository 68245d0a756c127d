// Runs a suite's units against their targets and keeps what comes back. On a net::Loop, so that the
// simulated world can throttle it, reset it and kill it.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/secret.h"
#include "evals/record/run_log.h"
#include "evals/run/plan.h"
#include "evals/run/throttle.h"
#include "net/nursery.h"
#include "net/task.h"

namespace interposer::http {
class Client;
}

namespace interposer::evals {

// How often the log is brought to the device: what a power loss may cost.
inline constexpr Duration kSyncEvery = std::chrono::milliseconds(200);

struct Progress {
  std::int64_t done = 0, total = 0;  // units; done counts those of earlier runs
  std::int64_t in_flight = 0, limit = 0, refusals = 0, failed = 0;
  double spent_usd = 0;
  bool spent_known = true;
  std::optional<Duration> left;  // at the pace so far
};

enum class StopReason : std::uint8_t { kFinished, kBudget, kInterrupted, kTargetDown, kDecided };

struct RunSummary {
  StopReason reason = StopReason::kFinished;
  std::string why;  // of a stop
  std::int64_t units = 0, answered = 0, cached = 0, failed = 0, missing = 0;
  std::int64_t possibly_paid = 0;  // in flight when an earlier process died; asked again now
  std::int64_t refusals = 0;
  double spent_usd = 0;
  bool spent_known = true;
  std::int64_t tokens = 0;
};

struct RunContext {
  const Suite* suite = nullptr;
  const std::vector<Item>* items = nullptr;
  std::vector<Endpoint> endpoints;  // one a target
  std::vector<Secret> keys;         // one a target; empty: none
  std::string run_id;               // the same for every process that works on the folder
  http::Client* client = nullptr;
  RunLog* log = nullptr;
  std::function<void(const Progress&)> on_progress;  // on the loop
  // Given every answer that was received, those of earlier processes first; true: enough is known.
  std::function<bool(const Response&)> decided;
  std::stop_token stop;
};

// Asks for every unit whose answer does not stand yet, in plan order. A unit that failed in an
// earlier process is asked again; what was wholly received is not. Errors are those of the log
// (a full disk): what came before is kept.
net::Task<Result<RunSummary>> run_units(RunContext* context, const std::vector<Unit>* units);

}  // namespace interposer::evals
