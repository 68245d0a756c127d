// System call filters, compiled by libseccomp in the parent and installed by the child without
// allocating.
#pragma once

#include <cstdint>
#include <vector>

#include "base/result.h"

namespace interposer::sandbox {

struct Instruction {  // struct sock_filter of the kernel
  std::uint16_t code;
  std::uint8_t jump_true, jump_false;
  std::uint32_t k;
};
using Filter = std::vector<Instruction>;

enum class FilterKind {
  kProgram,         // may start nothing, reach no network, change no system
  kProgramForking,  // the same, and may start processes
  kStrict,          // computes and uses open descriptors, nothing else
};

// Compiled once per kind. kFailedPrecondition where libseccomp fails.
Result<const Filter*> filter(FilterKind kind);

// Async-signal-safe (the copy in a forked child is patched in place: a filter knows its process, so
// that it can signal itself and nobody else). no_new_privs must be set. 0 or an errno.
int install_filter(const Filter& filter);

}  // namespace interposer::sandbox
