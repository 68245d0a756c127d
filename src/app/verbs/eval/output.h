// What the subcommands of `interposer eval` share: exit codes and reports that go to files.
#pragma once

#include <string>

#include "base/result.h"

namespace interposer::app {

// Of `interposer eval` (docs/guide/eval.md): they differ from the other verbs'.
inline constexpr int kEvalPass = 0;
inline constexpr int kEvalFailed = 1;        // the gate, or a peer or the disk
inline constexpr int kEvalUsage = 2;         // arguments, configuration
inline constexpr int kEvalUnscored = 3;      // too many units without a score
inline constexpr int kEvalBudget = 4;        // stopped by the budget
inline constexpr int kEvalInconclusive = 5;  // only with --require-conclusive

// The exit code of a subcommand: its own, or that of its error, which is told.
int finish(Result<int> done);

// Where a report goes: "-" is standard output.
Status write_report(const std::string& path, const std::string& text);

}  // namespace interposer::app
