// A confined child process: Landlock + seccomp + rlimits always, namespaces where the kernel grants
// them. For parsers of hostile files and for tools. Blocking: run it on the pool (net::offload).
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace interposer::sandbox {

struct Limits {
  std::int64_t cpu_seconds = 30;
  std::int64_t memory_bytes = 512LL * 1024 * 1024;  // address space
  std::int64_t file_bytes = 64LL * 1024 * 1024;     // of any file it writes
  std::int64_t output_bytes = 64LL * 1024 * 1024;   // of stdout
  std::int64_t processes = 0;  // children it may start; not 0 as root: runs as nobody (uid 65534)
  Duration wall = std::chrono::seconds(60);
};

struct Outcome {
  int exit_code = 0;
  int signal = 0;          // that killed it
  bool timed_out = false;  // wall limit
  bool output_cut = false;
  std::string out, err;  // err: its first 16 KiB
  double cpu_ms = 0;
  std::int64_t peak_rss_bytes = 0;
};

// What confinement this machine gives: probed once, shown by `interposer doctor`.
struct Level {
  bool landlock = false;
  int landlock_abi = 0;
  bool seccomp = false;
  bool user_namespaces = false;
  std::string describe() const;
  bool enough() const { return seccomp && landlock; }
};
const Level& level();

struct Command {
  std::vector<std::string> argv;        // argv[0]: absolute path
  std::vector<std::string> read_paths;  // beside the system's libraries
  std::vector<std::string> write_paths;
  std::string input;  // its stdin (a file in memory: it can seek)
  Limits limits;
};

// Runs a program confined (no network, no new privileges, reads only what is named). A machine that
// cannot confine refuses with kFailedPrecondition; it never runs unconfined.
Result<Outcome> run(const Command& command);

// This program again (its own executable file, whatever became of its path), confined: the clean
// way to parse hostile bytes, since nothing of this process's memory is in the child.
Result<Outcome> run_self(const std::vector<std::string>& args, std::string_view input,
                         const Limits& limits);

// For a child that run_self started, once it has what it needs: from here on it can compute, read
// and write open descriptors, and nothing else (no open, no exec, no executable memory).
Status enter_strict();

// Confinement for a function of this program in a forked child, as strict as enter_strict(): it
// reads `input`, and what it returns is the outcome's `out`. The child holds a copy of this
// process's memory, so this is for what has no secrets (tests, tools); servers use run_self. The
// function must not touch threads, locks or descriptors of the parent.
Result<Outcome> run_function(const std::function<std::string(std::string_view)>& f,
                             std::string_view input, const Limits& limits);

}  // namespace interposer::sandbox
