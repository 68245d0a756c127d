#include "evals/record/status.h"

#include <array>

namespace interposer::evals {
namespace {

constexpr std::array<std::string_view, kUnitStatuses> kNames = {
    "ok",      "empty",          "truncated",     "refused",          "tool_error",
    "timeout", "provider_error", "harness_error", "judge_parse_error"};

}  // namespace

std::string_view status_name(UnitStatus status) { return kNames[static_cast<std::size_t>(status)]; }

std::optional<UnitStatus> status_by_name(std::string_view name) {
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (kNames[i] == name) return static_cast<UnitStatus>(i);
  }
  return std::nullopt;
}

bool is_received(UnitStatus status) {
  return status <= UnitStatus::kToolError || status == UnitStatus::kJudgeParseError;
}

bool is_scorable(UnitStatus status) {
  return status == UnitStatus::kOk || status == UnitStatus::kRefused ||
         status == UnitStatus::kToolError;
}

}  // namespace interposer::evals
