// What became of a unit. Every unit of a run has exactly one of these; none is a sentinel score.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace interposer::evals {

enum class UnitStatus : std::uint8_t {
  kOk,
  kEmpty,            // an answer without text and without tool calls
  kTruncated,        // the answer was cut at a cap (finish reason "length", unfinished reasoning)
  kRefused,          // the target declined
  kToolError,        // tool calls that do not parse
  kTimeout,          // no whole answer in time
  kProviderError,    // the target failed, or said no
  kHarnessError,     // this program, or the suite, could not ask
  kJudgeParseError,  // the judge's answer means nothing
};
inline constexpr int kUnitStatuses = 9;

std::string_view status_name(UnitStatus status);  // "ok", "truncated", "tool_error", ...
std::optional<UnitStatus> status_by_name(std::string_view name);

// A response was wholly received: it is kept, and not asked for again. Errors are never cached.
bool is_received(UnitStatus status);

// Scorers look at it. A refusal is an answer (usually a wrong one); an empty or cut answer says
// nothing about what the model knows, so it stays without a score and counts against max_unscored.
bool is_scorable(UnitStatus status);

}  // namespace interposer::evals
