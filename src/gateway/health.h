// What was observed of targets: pauses after failures and after hints. Read in the picking path, so
// that a pause holds for the very next request. Thread-safe.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "backends/disposition.h"
#include "base/time.h"

namespace interposer::gateway {

class Health {
 public:
  static constexpr Duration kPauseMax = std::chrono::seconds(30);  // of repeated failures

  struct State {
    TimePoint cool_until{};
    int failures = 0;  // consecutive
  };
  State of(std::string_view target) const;
  void success(std::string_view target);
  // The longest of: the disposition's pause (doubled with each further transport failure), the
  // target's own hint.
  void failure(std::string_view target, backends::Disposition disposition, TimePoint now,
               std::optional<TimePoint> hint);

 private:
  mutable std::mutex mutex_;
  std::map<std::string, State, std::less<>> states_;  // only targets that failed; bounded by config
};

}  // namespace interposer::gateway
