// The parent's side: reads what the child says, holds it to its limits, takes its end.
#pragma once

#include <sys/types.h>

#include "sandbox/sandbox.h"

namespace interposer::sandbox {

// Owns the descriptors; the child leads its own session and process group, which is killed as a
// whole.
Result<Outcome> supervise(::pid_t child, int out, int err, int status, const Limits& limits);

}  // namespace interposer::sandbox
