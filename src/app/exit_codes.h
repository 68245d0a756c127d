// What the binary's exit code tells a script (docs/guide/README.md has the same table).
#pragma once

#include "base/result.h"

namespace interposer::app {

inline constexpr int kExitOk = 0;
inline constexpr int kExitFailed = 1;   // a peer, the disk, or a bug
inline constexpr int kExitUsage = 2;    // arguments, configuration, an unknown name, permission
inline constexpr int kExitRefused = 3;  // the base does not answer the question
inline constexpr int kExitPartial = 4;  // finished, but some files failed
inline constexpr int kExitInterrupted = 130;

int exit_code_of(const Error& error);

// Prints "interposer: message" and the remedy on stderr; gives the exit code.
int fail(const Error& error);

}  // namespace interposer::app
