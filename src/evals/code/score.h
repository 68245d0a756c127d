// What a run of somebody's code is worth, and why. Code runs only as a confined child (sandbox/).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "sandbox/sandbox.h"

namespace interposer::evals::code {

enum class Ending : std::uint8_t {
  kPassed,
  kCompileFailed,
  kTestsFailed,
  kTestsMissing,  // fewer tests ran than there are: it ended early, or forged its end
  kTimedOut,      // wall or CPU limit
  kKilled,        // a signal: memory, file size, a crash
  kForbidden,     // it calls what no solution needs: network, processes, leaving early
};
std::string_view ending_name(Ending ending);  // "passed", "compile_failed", ...

struct CodeScore {
  Ending ending = Ending::kTestsMissing;
  std::string reason;         // for people; empty when passed
  std::int64_t executed = 0;  // tests
  std::int64_t expected = 0;
  std::int64_t failed = 0;
  double cpu_ms = 0;
  std::string feedback;  // what a second attempt may see: the compiler's or the tests' words
  bool passed() const { return ending == Ending::kPassed; }
};

inline constexpr std::size_t kFeedbackBytesMax = 4096;

// The first that exists of /usr/bin, /usr/local/bin, /bin (what the confinement can execute).
std::optional<std::string> find_program(const std::vector<std::string>& names);

// Why an outcome is no clean end: a limit or a signal; empty when the child ended by itself.
std::optional<CodeScore> abnormal_end(const sandbox::Outcome& outcome);

// Names of calls in C++ sources, outside comments and texts, that no solution of an exercise needs:
// "socket", "fork", "exit", ... Empty when there are none.
std::vector<std::string> forbidden_calls(std::string_view cpp_source);

// Two attempts, as aider's benchmark has them: the second sees the first one's feedback.
inline constexpr int kAttempts = 2;
struct AttemptsScore {
  std::vector<CodeScore> attempts;
  bool passed_by(int attempt) const;  // 1-based: passed at that attempt or before
};
// `solve` gets the last score's feedback (empty at first) and gives a score; an error ends it.
Result<AttemptsScore> run_attempts(
    const std::function<Result<CodeScore>(const std::string& feedback)>& solve,
    int attempts = kAttempts);

// The share of `tasks` that passed by `attempt`. A task without a score (its run was lost) counts
// as not passed: the denominator is the suite, not what happened to finish.
double pass_rate(const std::vector<AttemptsScore>& scored, std::int64_t tasks, int attempt);

}  // namespace interposer::evals::code
