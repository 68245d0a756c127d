#include "planner/simulate/trace_lines.h"

#include <algorithm>
#include <cmath>

#include "base/strings.h"
#include "planner/simulate/trace.h"

namespace interposer::planner {

Error TracePlace::error(std::string message, std::string remedy) const {
  return make_error(Code::kInvalidArgument,
                    *file + ":" + std::to_string(line) + ": " + std::move(message),
                    std::move(remedy), "bad_trace");
}

std::optional<std::string_view> TraceLines::next() {
  while (!rest_.empty()) {
    const std::size_t end = rest_.find('\n');
    std::string_view line = rest_.substr(0, end);
    rest_ = end == std::string_view::npos ? std::string_view() : rest_.substr(end + 1);
    ++place_.line;
    line = trim(line);
    if (!line.empty()) return line;
  }
  return std::nullopt;
}

Result<std::uint32_t> checked_tokens(double value, const char* what, const TracePlace& place) {
  if (value < 0) {
    return place.error(std::string("the ") + what + " is negative", "remove or correct the row");
  }
  if (value > kTraceTokensMax || value != std::floor(value)) {
    return place.error(
        std::string("the ") + what + " is no whole number up to " + std::to_string(kTraceTokensMax),
        "remove or correct the row");
  }
  return static_cast<std::uint32_t>(value);
}

Status append_request(SimRequest request, const TracePlace& place, Workload* out) {
  if (!std::isfinite(request.arrival_s) || std::abs(request.arrival_s) > 1e12) {
    return place.error("the time is no time", "write seconds since the trace began, or a date");
  }
  if (!out->requests.empty() && request.arrival_s < out->requests.back().arrival_s) {
    return place.error("the time runs backwards", "sort the rows by time");
  }
  if (out->requests.size() >= kTraceRequestsMax) {
    return place.error("the trace has more than " + std::to_string(kTraceRequestsMax) + " requests",
                       "cut it, or take a sample");
  }
  if (request.prompt == 0) {
    return place.error("the prompt has no token", "remove the row");
  }
  out->requests.push_back(request);
  return {};
}

Result<Workload> finish_trace(Workload out, const TracePlace& place) {
  if (out.requests.empty()) return place.error("the trace holds no request", "add rows");
  const std::size_t slash = place.file->find_last_of('/');
  out.name = slash == std::string::npos ? *place.file : place.file->substr(slash + 1);
  const double start = out.requests.front().arrival_s;
  const double rate = out.rate();
  std::size_t without = 0;
  double before = start;
  for (std::size_t i = 0; i < out.requests.size(); ++i) {
    SimRequest& r = out.requests[i];
    const double pause = r.arrival_s - before;
    before = r.arrival_s;
    if (pause > kSilenceS && pause * rate > 100) {
      out.notes.push_back("no request for " + std::to_string(std::lround(pause / 60)) +
                          " minutes before request " + std::to_string(i + 1) +
                          ": a gap of the trace, or a quiet time; rates are means over it");
    }
    r.arrival_s -= start;
    if (r.answer == 0) {
      r.answer = 1;
      ++without;
    }
  }
  if (without > 0) {
    out.notes.push_back(std::to_string(without) +
                        " requests with no answer token count as one token each");
  }
  return out;
}

}  // namespace interposer::planner
