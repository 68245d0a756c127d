// Usage: appended to a journal (group commit, <= 10 ms), folded into SQLite behind it: sums by the
// hour, and the records themselves packed into blocks. The fold commits how far into the journal it
// came together with what it folded, so that after kill -9 every record counts once.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace interposer::store {

struct UsageFigures {
  WallMs at = 0;
  std::int64_t input_tokens = 0, cache_read_tokens = 0, cache_write_tokens = 0, output_tokens = 0,
               reasoning_tokens = 0;
  std::optional<double> cost_usd, joules;
  double ttft_ms = 0, total_ms = 0;
};

// What is appended: the texts are the caller's, alive during the call.
struct UsageEntry : UsageFigures {
  std::string_view id;  // of the request's attempt, unique
  std::string_view trace_id, principal, route, target, model, operation;
  std::string_view outcome;  // "ok", "error:<kind>", "cancelled"
};

struct UsageRecord : UsageFigures {
  UsageRecord() = default;
  explicit UsageRecord(const UsageEntry& entry);
  UsageEntry entry() const;  // views of this record

  std::string id, trace_id, principal, route, target, model, operation, outcome;
};

struct UsageTotal {
  std::string model;
  std::int64_t requests = 0, input_tokens = 0, cached_tokens = 0, output_tokens = 0;
  std::optional<double> cost_usd, joules;
};

class Ledger {
 public:
  // Opens (and recovers: folds what a killed process left in the journal).
  static Result<std::unique_ptr<Ledger>> open(const std::string& home);
  virtual ~Ledger() = default;  // flushes
  // From any thread, never waits for the device: one write() into the page cache (a killed process
  // loses nothing that was appended), made durable by the group-commit thread within 10 ms. Each
  // call is a record: whoever appends settles once. False when the bounded queue or the disk is
  // full (counted in a metric; the caller then waits for flush(), whose error names the cause).
  virtual bool append(const UsageEntry& entry) = 0;
  virtual Status flush() = 0;  // blocks until everything appended so far is durable and folded
  virtual Result<std::vector<UsageTotal>> totals() = 0;            // by model; blocks
  virtual Result<std::vector<UsageRecord>> recent(int limit) = 0;  // newest first; blocks
};

}  // namespace interposer::store
