// What a child does between fork and its work. Async-signal-safe: the parent has threads, so
// nothing here allocates or takes a lock; all that could be prepared was prepared by the parent.
#pragma once

#include <cstdint>

#include "sandbox/filter.h"
#include "sandbox/sandbox.h"

namespace interposer::sandbox {

struct ChildPlan {
  int input = -1, out = -1, err = -1;  // become 0, 1, 2
  int status = -1;                     // a failure is reported here, as ChildFailure
  int ruleset = -1;                    // Landlock
  int executable = -1;                 // -1: a function follows, no exec
  char* const* argv = nullptr;
  char* const* environment = nullptr;
  const Filter* filter = nullptr;
  Limits limits;
  std::int64_t address_space = 0;  // bytes; 0: not limited (sanitizers)
  bool drop_to_nobody = false;
};

struct ChildFailure {
  std::int32_t stage = 0;
  std::int32_t error = 0;
};
const char* stage_name(std::int32_t stage);

// Confines the calling process. With an executable it does not return; a failure is reported and
// the process ends. Without one it returns, confined, its output descriptor being 1.
void enter_child(ChildPlan plan);

}  // namespace interposer::sandbox
