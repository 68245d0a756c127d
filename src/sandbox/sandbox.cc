#include "sandbox/sandbox.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <exception>

#include "sandbox/child.h"
#include "sandbox/landlock.h"
#include "sandbox/supervise.h"

namespace interposer::sandbox {
namespace {

// What programs need to start at all; nothing of a user is there.
constexpr const char* kSystemExecutable[] = {"/usr", "/lib", "/lib64", "/bin", "/opt"};
constexpr const char* kSystemRead[] = {"/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d",
                                       "/etc/fonts",       "/dev/null",       "/dev/zero",
                                       "/dev/urandom"};

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr bool kSanitized = true;  // shadow memory: an address space limit cannot hold
#else
constexpr bool kSanitized = false;
#endif
#endif

Error from_errno(const std::string& doing) {
  return make_error(errno == EMFILE || errno == EAGAIN || errno == ENOMEM ? Code::kResourceExhausted
                                                                          : Code::kUnavailable,
                    doing + ": " + std::strerror(errno));
}

// A descriptor that closes itself.
struct Fd {
  int fd = -1;
  Fd() = default;
  explicit Fd(int f) : fd(f) {}
  Fd(Fd&& other) noexcept : fd(other.release()) {}
  Fd& operator=(Fd&& other) noexcept {
    std::swap(fd, other.fd);
    return *this;
  }
  ~Fd() {
    if (fd >= 0) ::close(fd);
  }
  int release() { return std::exchange(fd, -1); }
};

struct Pipe {
  Fd read, write;
};

Result<Pipe> make_pipe() {
  int fds[2];
  if (::pipe2(fds, O_CLOEXEC) != 0) return from_errno("cannot make a pipe");
  return Pipe{Fd(fds[0]), Fd(fds[1])};
}

// The input as a file in memory: no pipe to feed, and the program can seek.
Result<Fd> memory_file(std::string_view bytes) {
  Fd file(::memfd_create("input", MFD_CLOEXEC));
  if (file.fd < 0) return from_errno("cannot make a file in memory");
  while (!bytes.empty()) {
    const ::ssize_t n = ::write(file.fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return from_errno("cannot fill a file in memory");
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  ::lseek(file.fd, 0, SEEK_SET);
  return file;
}

Status require_confinement() {
  if (level().enough()) return {};
  return make_error(
      Code::kFailedPrecondition,
      "this machine cannot confine a child process (" + level().describe() + ")",
      "needs Linux 5.13 or newer with Landlock and seccomp; in a container, allow the "
      "landlock_* and seccomp system calls",
      "no_confinement");
}

std::int64_t own_address_space() {
  long pages = 0;
  if (std::FILE* file = std::fopen("/proc/self/statm", "re")) {
    if (std::fscanf(file, "%ld", &pages) != 1) pages = 0;
    std::fclose(file);
  }
  return static_cast<std::int64_t>(pages) * ::sysconf(_SC_PAGESIZE);
}

// Forks; the child enters its confinement and (without an executable) runs f.
Result<Outcome> launch(ChildPlan plan, Fd input, const std::function<void()>& f) {
  IP_TRY(auto out, make_pipe());
  IP_TRY(auto err, make_pipe());
  IP_TRY(auto status, make_pipe());
  plan.input = input.fd;
  plan.out = out.write.fd;
  plan.err = err.write.fd;
  plan.status = status.write.fd;
  const ::pid_t child = ::fork();
  if (child < 0) return from_errno("cannot start a child process");
  if (child == 0) {
    enter_child(plan);
    f();
    ::_exit(0);
  }
  for (Fd* fd : {&out.write, &err.write, &status.write}) *fd = Fd();
  const int out_fd = out.read.release(), err_fd = err.read.release();
  return supervise(child, out_fd, err_fd, status.read.release(), plan.limits);
}

Result<Outcome> launch_program(int executable, const Command& command,
                               std::vector<std::string> argv) {
  IP_TRY(auto rules, Ruleset::make());
  for (const char* path : kSystemExecutable)
    if (::access(path, F_OK) == 0) {
      IP_OK(rules.allow(path, Ruleset::Access::kReadExecute));
    }
  for (const char* path : kSystemRead)
    if (::access(path, F_OK) == 0) {
      IP_OK(rules.allow(path, Ruleset::Access::kRead));
    }
  IP_OK(rules.allow_descriptor(executable, Ruleset::Access::kReadExecute, argv[0]));
  for (const auto& path : command.read_paths) {
    IP_OK(rules.allow(path, Ruleset::Access::kRead));
  }
  for (const auto& path : command.write_paths) {
    IP_OK(rules.allow(path, Ruleset::Access::kWrite));
  }
  const bool forking = command.limits.processes > 0;
  IP_TRY(const Filter* program_filter,
         filter(forking ? FilterKind::kProgramForking : FilterKind::kProgram));
  IP_TRY(auto input, memory_file(command.input));

  std::vector<char*> arguments;
  for (auto& argument : argv) arguments.push_back(argument.data());
  arguments.push_back(nullptr);
  std::string environment[] = {"PATH=/usr/bin:/bin", "LANG=C.UTF-8", "HOME=/nonexistent"};
  char* variables[] = {environment[0].data(), environment[1].data(), environment[2].data(),
                       nullptr};

  ChildPlan plan;
  plan.ruleset = rules.fd();
  plan.executable = executable;
  plan.argv = arguments.data();
  plan.environment = variables;
  plan.filter = program_filter;
  plan.limits = command.limits;
  plan.address_space = kSanitized ? 0 : command.limits.memory_bytes;
  plan.drop_to_nobody = forking && ::geteuid() == 0;
  return launch(plan, std::move(input), [] {});
}

}  // namespace

Result<Outcome> run(const Command& command) {
  IP_OK(require_confinement());
  if (command.argv.empty() || command.argv[0].empty() || command.argv[0][0] != '/')
    return make_error(Code::kInternal, "a confined program needs its absolute path");
  const Fd executable(::open(command.argv[0].c_str(), O_PATH | O_CLOEXEC));
  if (executable.fd < 0)
    return make_error(Code::kNotFound, command.argv[0] + ": " + std::strerror(errno),
                      "see: interposer doctor", "missing_program");
  return launch_program(executable.fd, command, command.argv);
}

Result<Outcome> run_self(const std::vector<std::string>& args, std::string_view input,
                         const Limits& limits) {
  IP_OK(require_confinement());
  const Fd executable(::open("/proc/self/exe", O_PATH | O_CLOEXEC));
  if (executable.fd < 0) return from_errno("cannot open this program's own file");
  Command command;
  command.input = std::string(input);
  command.limits = limits;
  std::vector<std::string> argv = {"interposer"};
  argv.insert(argv.end(), args.begin(), args.end());
  return launch_program(executable.fd, command, std::move(argv));
}

Status enter_strict() {
  IP_TRY(const Filter* strict, filter(FilterKind::kStrict));
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return from_errno("no_new_privs");
  if (const int error = install_filter(*strict))
    return make_error(Code::kFailedPrecondition, std::string("seccomp: ") + std::strerror(error));
  return {};
}

Result<Outcome> run_function(const std::function<std::string(std::string_view)>& f,
                             std::string_view input, const Limits& limits) {
  IP_OK(require_confinement());
  IP_TRY(auto rules, Ruleset::make());  // grants nothing
  IP_TRY(const Filter* strict, filter(FilterKind::kStrict));
  IP_TRY(auto nothing, memory_file(""));
  ChildPlan plan;
  plan.ruleset = rules.fd();
  plan.filter = strict;
  plan.limits = limits;
  plan.address_space = kSanitized ? 0 : limits.memory_bytes + own_address_space();
  return launch(plan, std::move(nothing), [&]() noexcept {
    const std::string result = f(input);
    std::string_view rest = result;
    while (!rest.empty()) {
      const ::ssize_t n = ::write(1, rest.data(), rest.size());
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) ::_exit(125);
      rest.remove_prefix(static_cast<std::size_t>(n));
    }
  });
}

}  // namespace interposer::sandbox
