#include "sandbox/child.h"

#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>

#include "sandbox/landlock.h"

namespace interposer::sandbox {
namespace {

constexpr const char* kStages[] = {"descriptors",         "limits",   "privileges",
                                   "no new privileges",   "Landlock", "seccomp",
                                   "starting the program"};
enum Stage : std::int32_t {
  kDescriptors,
  kLimits,
  kPrivileges,
  kNoNewPrivs,
  kLandlock,
  kSeccomp,
  kExec
};

constexpr int kStatusFd = 3, kRulesetFd = 4, kExecutableFd = 5, kFirstFree = 6;
constexpr int kHigh = 64;       // above every descriptor that is moved into place
constexpr int kOpenFiles = 64;  // RLIMIT_NOFILE
constexpr ::uid_t kNobody = 65534;

[[noreturn]] void fail(int fd, Stage stage, int error) {
  const ChildFailure failure{stage, error};
  [[maybe_unused]] const auto n = ::write(fd, &failure, sizeof failure);
  ::_exit(126);
}

// All signals as at the start of a program: a server ignores SIGPIPE and blocks others.
void reset_signals() {
  struct sigaction normal{};
  normal.sa_handler = SIG_DFL;
  for (int signal = 1; signal < NSIG; ++signal) ::sigaction(signal, &normal, nullptr);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

void close_from(int first) {
  if (::syscall(SYS_close_range, first, ~0U, 0) == 0) return;
  for (int fd = first; fd < 65536; ++fd) ::close(fd);
}

bool place(int* fd, int at) {
  if (*fd < 0) return true;
  if (::dup2(*fd, at) != at) return false;
  *fd = at;
  return true;
}

void place_descriptors(ChildPlan& plan) {
  for (int* fd : {&plan.status, &plan.input, &plan.out, &plan.err, &plan.ruleset, &plan.executable})
    if (*fd >= 0 && (*fd = ::fcntl(*fd, F_DUPFD, kHigh)) < 0) ::_exit(126);
  if (!place(&plan.status, kStatusFd)) ::_exit(126);
  const bool placed = place(&plan.input, 0) && place(&plan.out, 1) && place(&plan.err, 2) &&
                      place(&plan.ruleset, kRulesetFd) && place(&plan.executable, kExecutableFd);
  if (!placed) fail(plan.status, kDescriptors, errno);
  if (plan.executable < 0) ::close(kExecutableFd);
  close_from(kFirstFree);
  for (int fd = kStatusFd; fd < kFirstFree; ++fd) ::fcntl(fd, F_SETFD, FD_CLOEXEC);
}

int limit(int resource, std::int64_t soft, std::int64_t hard) {
  rlimit value{static_cast<rlim_t>(soft), static_cast<rlim_t>(hard)};
  rlimit now{};
  // A lower limit that is there already stays.
  if (::getrlimit(static_cast<__rlimit_resource>(resource), &now) != 0) return errno;
  if (now.rlim_max < value.rlim_max) value.rlim_max = now.rlim_max;
  if (value.rlim_max < value.rlim_cur) value.rlim_cur = value.rlim_max;
  return ::setrlimit(static_cast<__rlimit_resource>(resource), &value) == 0 ? 0 : errno;
}

int set_limits(const ChildPlan& plan) {
  const Limits& l = plan.limits;
  int error = limit(RLIMIT_CPU, l.cpu_seconds, l.cpu_seconds + 1);
  if (!error && plan.address_space > 0)
    error = limit(RLIMIT_AS, plan.address_space, plan.address_space);
  if (!error) error = limit(RLIMIT_FSIZE, l.file_bytes, l.file_bytes);
  if (!error) error = limit(RLIMIT_CORE, 0, 0);
  if (!error) error = limit(RLIMIT_NOFILE, kOpenFiles, kOpenFiles);
  if (!error) error = limit(RLIMIT_MEMLOCK, 0, 0);
  if (!error) error = limit(RLIMIT_MSGQUEUE, 0, 0);
  if (!error && l.processes > 0) error = limit(RLIMIT_NPROC, l.processes + 1, l.processes + 1);
  return error;
}

// When memory runs out, the child goes first.
void offer_to_oom() {
  const int fd = ::open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
  if (fd < 0) return;
  [[maybe_unused]] const auto n = ::write(fd, "900", 3);
  ::close(fd);
}

// A network of its own (with nothing in it) where that is granted: a second wall behind seccomp.
void leave_network() {
  if (::unshare(CLONE_NEWNET | CLONE_NEWIPC) != 0)
    ::unshare(CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWIPC);
}

int drop_privileges(bool to_nobody) {
  if (to_nobody && (::setgroups(0, nullptr) != 0 || ::setresgid(kNobody, kNobody, kNobody) != 0 ||
                    ::setresuid(kNobody, kNobody, kNobody) != 0))
    return errno;
  ::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  // Not fatal: without the capability to drop them there are none to drop.
  for (int capability = 0; capability <= CAP_LAST_CAP; ++capability)
    ::prctl(PR_CAPBSET_DROP, capability, 0, 0, 0);
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> none{};
  return ::syscall(SYS_capset, &header, none.data()) == 0 ? 0 : errno;
}

}  // namespace

const char* stage_name(std::int32_t stage) {
  const bool known = stage >= 0 && stage < static_cast<std::int32_t>(std::size(kStages));
  return known ? kStages[stage] : "an unknown step";
}

void enter_child(ChildPlan plan) {
  ::setsid();
  ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  reset_signals();
  place_descriptors(plan);
  const int status = plan.status;
  if (::chdir("/") != 0) fail(status, kDescriptors, errno);
  ::umask(077);
  offer_to_oom();
  leave_network();
  if (const int error = set_limits(plan)) fail(status, kLimits, error);
  if (const int error = drop_privileges(plan.drop_to_nobody)) fail(status, kPrivileges, error);
  ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  // Setting the user id clears the death signal.
  ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) fail(status, kNoNewPrivs, errno);
  if (const int error = landlock_enter(plan.ruleset)) fail(status, kLandlock, error);
  ::close(plan.ruleset);
  if (plan.executable < 0) {
    // The filter of a function allows no fcntl; its success is told by closing the descriptor.
    if (const int error = install_filter(*plan.filter)) fail(status, kSeccomp, error);
    ::close(status);
    return;
  }
  if (const int error = install_filter(*plan.filter)) fail(status, kSeccomp, error);
  ::syscall(SYS_execveat, plan.executable, "", plan.argv, plan.environment, AT_EMPTY_PATH);
  fail(status, kExec, errno);
}

}  // namespace interposer::sandbox
