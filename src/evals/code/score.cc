#include "evals/code/score.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>

namespace interposer::evals::code {
namespace {

// Calls that reach out of the process, start others, or leave before the tests are done.
constexpr std::array<std::string_view, 28> kForbidden{
    "socket", "connect",     "fork",   "vfork",  "execv",   "execve",        "execl",
    "execlp", "execvp",      "system", "popen",  "exit",    "_exit",         "_Exit",
    "abort",  "quick_exit",  "atexit", "raise",  "kill",    "ptrace",        "syscall",
    "dlopen", "posix_spawn", "unlink", "rename", "longjmp", "gethostbyname", "getaddrinfo"};

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// The source with comments and the insides of texts blanked.
std::string without_texts(std::string_view source) {
  std::string out;
  std::size_t i = 0;
  const auto skip_to = [&](std::string_view end) {
    const std::size_t at = source.find(end, i);
    i = at == source.npos ? source.size() : at + end.size();
    out += ' ';
  };
  while (i < source.size()) {
    const std::string_view rest = source.substr(i);
    if (rest.starts_with("//")) {
      skip_to("\n");
    } else if (rest.starts_with("/*")) {
      i += 2;
      skip_to("*/");
    } else if (rest.starts_with("R\"")) {
      const std::size_t open = rest.find('(');
      const std::string end =
          ")" + std::string(rest.substr(2, open == rest.npos ? 0 : open - 2)) + "\"";
      i += 2;
      skip_to(end);
    } else if (rest[0] == '"' || rest[0] == '\'') {
      const char quote = rest[0];
      const bool digits = quote == '\'' && !out.empty() && is_word(out.back());  // 1'000
      ++i;
      if (digits) continue;
      while (i < source.size() && source[i] != quote && source[i] != '\n') {
        i += source[i] == '\\' ? 2 : 1;
      }
      ++i;
      out += ' ';
    } else {
      out += source[i++];
    }
  }
  return out;
}

}  // namespace

std::string_view ending_name(Ending ending) {
  switch (ending) {
    case Ending::kPassed:
      return "passed";
    case Ending::kCompileFailed:
      return "compile_failed";
    case Ending::kTestsFailed:
      return "tests_failed";
    case Ending::kTestsMissing:
      return "tests_missing";
    case Ending::kTimedOut:
      return "timed_out";
    case Ending::kKilled:
      return "killed";
    case Ending::kForbidden:
      return "forbidden";
  }
  return "";
}

std::optional<std::string> find_program(const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    for (const char* folder : {"/usr/bin/", "/usr/local/bin/", "/bin/"}) {
      if (::access((folder + name).c_str(), X_OK) == 0) return folder + name;
    }
  }
  return std::nullopt;
}

std::optional<CodeScore> abnormal_end(const sandbox::Outcome& outcome) {
  CodeScore score;
  score.cpu_ms = outcome.cpu_ms;
  if (outcome.timed_out || outcome.signal == SIGXCPU) {
    score.ending = Ending::kTimedOut;
    score.reason = outcome.timed_out ? "over the wall clock limit" : "over the CPU limit";
    return score;
  }
  if (outcome.output_cut) {
    score.ending = Ending::kKilled;
    score.reason = "over the output limit";
    return score;
  }
  if (outcome.signal == 0) return std::nullopt;
  score.ending = Ending::kKilled;
  score.reason = outcome.signal == SIGXFSZ ? "over the file size limit"
                                           : "killed by signal " + std::to_string(outcome.signal);
  return score;
}

std::vector<std::string> forbidden_calls(std::string_view cpp_source) {
  const std::string code = without_texts(cpp_source);
  std::vector<std::string> found;
  for (std::string_view name : kForbidden) {
    for (std::size_t at = code.find(name); at != code.npos; at = code.find(name, at + 1)) {
      const std::size_t end = at + name.size();
      if ((at > 0 && is_word(code[at - 1])) || (end < code.size() && is_word(code[end]))) continue;
      const std::size_t next = code.find_first_not_of(" \t\r\n", end);
      if (next == code.npos || code[next] != '(') continue;
      // A member of that name (buffer.connect()) is the solution's own.
      const std::string_view before = std::string_view(code).substr(0, at);
      if (before.ends_with('.') || before.ends_with("->")) continue;
      found.emplace_back(name);
      break;
    }
  }
  return found;
}

bool AttemptsScore::passed_by(int attempt) const {
  const auto end = attempts.begin() + std::min<std::ptrdiff_t>(attempt, std::ssize(attempts));
  return std::any_of(attempts.begin(), end, [](const CodeScore& s) { return s.passed(); });
}

Result<AttemptsScore> run_attempts(
    const std::function<Result<CodeScore>(const std::string& feedback)>& solve, int attempts) {
  AttemptsScore out;
  std::string feedback;
  for (int i = 0; i < attempts && !out.passed_by(attempts); ++i) {
    IP_TRY(CodeScore score, solve(feedback));
    feedback = score.feedback;
    out.attempts.push_back(std::move(score));
  }
  return out;
}

double pass_rate(const std::vector<AttemptsScore>& scored, std::int64_t tasks, int attempt) {
  if (tasks <= 0) return 0;
  const auto passed = std::count_if(scored.begin(), scored.end(),
                                    [&](const AttemptsScore& s) { return s.passed_by(attempt); });
  return static_cast<double>(passed) / static_cast<double>(tasks);
}

}  // namespace interposer::evals::code
