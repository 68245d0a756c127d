// The end of a call: usage into the ledger, once; metrics; one log line without bodies or keys.
#pragma once

#include <memory>
#include <string>

#include "backends/backend.h"
#include "base/metrics.h"
#include "base/result.h"
#include "base/time.h"
#include "store/ledger.h"

namespace interposer::gateway {

// One set for each named backend and each provider, so that the number of series is bounded.
struct TargetMetrics {
  explicit TargetMetrics(const std::string& target);
  metrics::Counter &ok, &failed, &cancelled;
  metrics::Counter &input_tokens, &cached_tokens, &output_tokens;
  metrics::Histogram &first_s, &total_s;
};

// What is known at the start of an attempt; finish() settles it. Only the first finish() counts.
class Settlement {
 public:
  Settlement() = default;
  Settlement(store::Ledger* ledger, std::shared_ptr<const TargetMetrics> metrics,
             backends::RequestRef request, backends::CallRef call, const std::string& target,
             bool composite, TimePoint started);
  void delivered(TimePoint now);  // the first frames came
  // `error` null: a good end.
  void finish(const wire::Usage& usage, const Error* error, TimePoint now);
  bool finished() const { return !open_; }

 private:
  struct Open {
    store::Ledger* ledger;
    std::shared_ptr<const TargetMetrics> metrics;
    backends::RequestRef request;
    backends::CallRef call;
    std::string target, id;
    WallMs at;
    TimePoint started, first;
    bool composite;
  };
  static void log(const store::UsageEntry& entry, const Error* error);

  std::unique_ptr<Open> open_;  // null: finished
};

}  // namespace interposer::gateway
