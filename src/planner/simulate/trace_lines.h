// What the trace readers share: lines with their numbers, checks of a request. Inner to simulate.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "planner/simulate/workload.h"

namespace interposer::planner {

struct TracePlace {
  const std::string* file = nullptr;
  int line = 0;
  Error error(std::string message, std::string remedy) const;
};

// Lines that hold something; "\r\n" counts as one end.
class TraceLines {
 public:
  TraceLines(std::string_view text, const std::string& file) : rest_(text), place_{&file, 0} {}
  std::optional<std::string_view> next();
  const TracePlace& place() const { return place_; }

 private:
  std::string_view rest_;
  TracePlace place_;
};

Result<std::uint32_t> checked_tokens(double value, const char* what, const TracePlace& place);
// kInvalidArgument when it arrives before the one before it. An answer of no token is counted as
// one (the first is always produced), and noted by finish_trace.
Status append_request(SimRequest request, const TracePlace& place, Workload* out);
// Times from zero, notes on silences; an error without any request.
Result<Workload> finish_trace(Workload out, const TracePlace& place);

}  // namespace interposer::planner
