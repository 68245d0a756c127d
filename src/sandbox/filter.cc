#include "sandbox/filter.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace interposer::sandbox {
namespace {

static_assert(sizeof(Instruction) == sizeof(sock_filter));

// Stands for the child's process id until the child is there.
constexpr std::uint32_t kSelf = 0x7A5E1F0D;
// CLONE_NEWTIME is not in glibc 2.36's sched.h.
constexpr std::uint64_t kNewNamespaces[] = {
    CLONE_NEWNS,   CLONE_NEWCGROUP, CLONE_NEWUTS, CLONE_NEWIPC,
    CLONE_NEWUSER, CLONE_NEWPID,    CLONE_NEWNET, 0x80};

constexpr const char* kDenied[] = {"socket",
                                   "bind",
                                   "listen",
                                   "connect",
                                   "accept",
                                   "accept4",
                                   "sendto",
                                   "sendmsg",
                                   "sendmmsg",
                                   "ptrace",
                                   "process_vm_readv",
                                   "process_vm_writev",
                                   "process_madvise",
                                   "process_mrelease",
                                   "pidfd_open",
                                   "pidfd_getfd",
                                   "pidfd_send_signal",
                                   "kill",
                                   "tkill",
                                   "rt_sigqueueinfo",
                                   "rt_tgsigqueueinfo",
                                   "kcmp",
                                   "mount",
                                   "umount",
                                   "umount2",
                                   "pivot_root",
                                   "move_mount",
                                   "open_tree",
                                   "fsopen",
                                   "fsconfig",
                                   "fsmount",
                                   "fspick",
                                   "mount_setattr",
                                   "chroot",
                                   "unshare",
                                   "setns",
                                   "bpf",
                                   "keyctl",
                                   "add_key",
                                   "request_key",
                                   "io_uring_setup",
                                   "io_uring_enter",
                                   "io_uring_register",
                                   "userfaultfd",
                                   "perf_event_open",
                                   "kexec_load",
                                   "kexec_file_load",
                                   "init_module",
                                   "finit_module",
                                   "delete_module",
                                   "reboot",
                                   "swapon",
                                   "swapoff",
                                   "sethostname",
                                   "setdomainname",
                                   "iopl",
                                   "ioperm",
                                   "quotactl",
                                   "quotactl_fd",
                                   "acct",
                                   "settimeofday",
                                   "clock_settime",
                                   "adjtimex",
                                   "clock_adjtime",
                                   "open_by_handle_at",
                                   "name_to_handle_at",
                                   "fanotify_init",
                                   "syslog",
                                   "vhangup",
                                   "nfsservctl",
                                   "lookup_dcookie",
                                   "mbind",
                                   "migrate_pages",
                                   "move_pages",
                                   "setsid",
                                   "setpgid",
                                   "personality",
                                   "modify_ldt"};

constexpr const char* kStrictAllowed[] = {"read",
                                          "write",
                                          "readv",
                                          "writev",
                                          "pread64",
                                          "close",
                                          "fstat",
                                          "lseek",
                                          "munmap",
                                          "mremap",
                                          "brk",
                                          "madvise",
                                          "futex",
                                          "exit",
                                          "exit_group",
                                          "rt_sigaction",
                                          "rt_sigprocmask",
                                          "rt_sigreturn",
                                          "sigaltstack",
                                          "clock_gettime",
                                          "clock_getres",
                                          "clock_nanosleep",
                                          "nanosleep",
                                          "gettimeofday",
                                          "time",
                                          "getrandom",
                                          "getpid",
                                          "gettid",
                                          "sched_yield",
                                          "sched_getaffinity",
                                          "restart_syscall",
                                          "rseq",
                                          "set_robust_list",
                                          "membarrier",
                                          "getrlimit",
                                          "getrusage",
                                          "uname"};

// One context, released at the end of scope; the first failing rule is kept.
struct Builder {
  explicit Builder(std::uint32_t otherwise) : context(seccomp_init(otherwise)) {}
  ~Builder() { seccomp_release(context); }
  Builder(const Builder&) = delete;
  Builder& operator=(const Builder&) = delete;

  void rule(std::uint32_t action, const char* name) {
    const int number = seccomp_syscall_resolve_name(name);
    if (number == __NR_SCMP_ERROR) return;  // not on this architecture, or newer than libseccomp
    note(seccomp_rule_add_array(context, action, number, 0, nullptr));
  }
  void rule_if(std::uint32_t action, const char* name, scmp_arg_cmp condition) {
    const int number = seccomp_syscall_resolve_name(name);
    if (number != __NR_SCMP_ERROR)
      note(seccomp_rule_add_array(context, action, number, 1, &condition));
  }
  void note(int code) {
    if (code < 0 && failed == 0) failed = -code;
  }

  scmp_filter_ctx context;
  int failed = 0;
};

scmp_arg_cmp masked(unsigned argument, std::uint64_t mask, std::uint64_t value) {
  return {argument, SCMP_CMP_MASKED_EQ, mask, value};
}

void add_program_rules(Builder& b, bool forking) {
  const std::uint32_t deny = SCMP_ACT_ERRNO(EPERM);
  for (const char* name : kDenied) b.rule(deny, name);
  // The C library falls back to clone, whose flags a filter can see.
  b.rule(SCMP_ACT_ERRNO(ENOSYS), "clone3");
  if (!forking) {
    b.rule(deny, "fork");
    b.rule(deny, "vfork");
    b.rule_if(deny, "clone", masked(0, CLONE_THREAD, 0));
  }
  for (const std::uint64_t flag : kNewNamespaces) b.rule_if(deny, "clone", masked(0, flag, flag));
  b.rule_if(deny, "tgkill", {0, SCMP_CMP_NE, kSelf, 0});
}

void add_strict_rules(Builder& b) {
  for (const char* name : kStrictAllowed) b.rule(SCMP_ACT_ALLOW, name);
  b.rule_if(SCMP_ACT_ALLOW, "mmap", masked(2, PROT_EXEC, 0));
  b.rule_if(SCMP_ACT_ALLOW, "mprotect", masked(2, PROT_EXEC, 0));
  b.rule_if(SCMP_ACT_ALLOW, "prlimit64", {2, SCMP_CMP_EQ, 0, 0});  // asking, not setting
  b.rule_if(SCMP_ACT_ALLOW, "tgkill", {0, SCMP_CMP_EQ, kSelf, 0});
}

Result<Filter> compile(FilterKind kind) {
  const bool strict = kind == FilterKind::kStrict;
  Builder b(strict ? SCMP_ACT_ERRNO(EPERM) : SCMP_ACT_ALLOW);
  if (b.context == nullptr)
    return make_error(Code::kFailedPrecondition, "libseccomp cannot make a filter");
  if (strict)
    add_strict_rules(b);
  else
    add_program_rules(b, kind == FilterKind::kProgramForking);
  const int file = ::memfd_create("filter", MFD_CLOEXEC);
  if (b.failed == 0 && file >= 0) b.note(seccomp_export_bpf(b.context, file));
  Filter filter;
  if (b.failed == 0 && file >= 0) {
    const auto bytes = ::lseek(file, 0, SEEK_END);
    filter.resize(static_cast<std::size_t>(bytes) / sizeof(Instruction));
    if (::pread(file, filter.data(), filter.size() * sizeof(Instruction), 0) != bytes)
      filter.clear();
  }
  if (file >= 0) ::close(file);
  if (filter.empty())
    return make_error(Code::kFailedPrecondition,
                      std::string("libseccomp cannot compile the filter: ") +
                          std::strerror(b.failed ? b.failed : EIO));
  return filter;
}

}  // namespace

Result<const Filter*> filter(FilterKind kind) {
  static const std::array<Result<Filter>, 3> compiled = {compile(FilterKind::kProgram),
                                                         compile(FilterKind::kProgramForking),
                                                         compile(FilterKind::kStrict)};
  const auto& wanted = compiled[static_cast<std::size_t>(kind)];
  if (!wanted) return Error(wanted.error());
  return &*wanted;
}

int install_filter(const Filter& filter) {
  constexpr std::size_t kMaxInstructions = BPF_MAXINSNS;
  static Instruction copy[kMaxInstructions];  // of this process: a child's own after fork
  if (filter.size() > kMaxInstructions) return E2BIG;
  const auto self = static_cast<std::uint32_t>(::getpid());
  for (std::size_t i = 0; i < filter.size(); ++i) {
    copy[i] = filter[i];
    if (copy[i].k == kSelf) copy[i].k = self;
  }
  const sock_fprog program{static_cast<unsigned short>(filter.size()),
                           reinterpret_cast<sock_filter*>(copy)};
  return ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0 ? 0 : errno;
}

}  // namespace interposer::sandbox
