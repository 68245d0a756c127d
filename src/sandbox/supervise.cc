#include "sandbox/supervise.h"

#include <poll.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>

#include "sandbox/child.h"

namespace interposer::sandbox {
namespace {

constexpr std::size_t kErrBytes = 16 * 1024;
constexpr std::size_t kReadBytes = 64 * 1024;

struct Reader {
  int fd;
  std::string* into;
  std::size_t keep;  // bytes; the rest is read and dropped, or ends the child (cut)
  bool* cut;
};

// One read. False when the stream has ended.
bool read_some(Reader& reader) {
  char buffer[kReadBytes];
  const ::ssize_t n = ::read(reader.fd, buffer, sizeof buffer);
  if (n < 0) return errno == EINTR || errno == EAGAIN;
  if (n == 0) return false;
  const std::size_t room = reader.keep - reader.into->size();
  const auto got = static_cast<std::size_t>(n);
  reader.into->append(buffer, std::min(room, got));
  if (got > room && reader.cut) *reader.cut = true;
  return true;
}

int remaining_ms(TimePoint until) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - steady_now()).count();
  return static_cast<int>(std::clamp<std::int64_t>(left, 0, 60'000));
}

// Reads both streams and waits for the end, until a limit is passed.
void pump(int process, int out, int err, TimePoint until, Outcome& outcome, std::size_t out_bytes) {
  Reader readers[2] = {{out, &outcome.out, out_bytes, &outcome.output_cut},
                       {err, &outcome.err, kErrBytes, nullptr}};
  bool open[2] = {true, true};
  for (bool running = true; running || open[0] || open[1];) {
    pollfd waits[3] = {{open[0] ? out : -1, POLLIN, 0},
                       {open[1] ? err : -1, POLLIN, 0},
                       {running ? process : -1, POLLIN, 0}};
    const int ready = ::poll(waits, 3, remaining_ms(until));
    if (ready < 0 && errno != EINTR) return;
    if (steady_now() >= until && ready <= 0) {
      outcome.timed_out = true;
      return;
    }
    for (std::size_t i = 0; i < 2; ++i)
      if (waits[i].revents != 0 && !read_some(readers[i])) open[i] = false;
    if (outcome.output_cut) return;
    // After the end only what is in the pipes is taken: a grandchild may hold them open.
    if (waits[2].revents != 0) running = false;
    if (!running && ready == (waits[2].revents != 0 ? 1 : 0)) return;
    if (!running) until = std::min(until, steady_now());
  }
}

}  // namespace

Result<Outcome> supervise(::pid_t child, int out, int err, int status, const Limits& limits) {
  const TimePoint until = steady_now() + limits.wall;
  Outcome outcome;
  ChildFailure failure;
  const bool failed = ::read(status, &failure, sizeof failure) == sizeof failure;
  ::close(status);
  const int process = static_cast<int>(::syscall(SYS_pidfd_open, child, 0));
  const int no_process_error = process < 0 ? errno : 0;
  if (!failed && process >= 0)
    pump(process, out, err, until, outcome, static_cast<std::size_t>(limits.output_bytes));
  ::kill(-child, SIGKILL);  // its group; nothing it started stays
  ::kill(child, SIGKILL);
  int ended = 0;
  rusage used{};
  while (::wait4(child, &ended, 0, &used) < 0 && errno == EINTR) {
  }
  for (const int fd : {process, out, err})
    if (fd >= 0) ::close(fd);
  if (failed)
    return make_error(Code::kFailedPrecondition,
                      std::string("the confined child failed at ") + stage_name(failure.stage) +
                          ": " + std::strerror(failure.error),
                      "see: interposer doctor");
  if (no_process_error != 0)
    return make_error(Code::kFailedPrecondition,
                      std::string("cannot watch the child: ") + std::strerror(no_process_error));
  if (WIFEXITED(ended)) outcome.exit_code = WEXITSTATUS(ended);
  if (WIFSIGNALED(ended)) outcome.signal = WTERMSIG(ended);
  const auto ms = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) * 1e3 + static_cast<double>(t.tv_usec) * 1e-3;
  };
  outcome.cpu_ms = ms(used.ru_utime) + ms(used.ru_stime);
  outcome.peak_rss_bytes = static_cast<std::int64_t>(used.ru_maxrss) * 1024;
  return outcome;
}

}  // namespace interposer::sandbox
