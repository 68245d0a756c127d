#include <sched.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include <sys/prctl.h>
#include "sandbox/filter.h"
#include "sandbox/landlock.h"
#include "sandbox/sandbox.h"

namespace interposer::sandbox {
namespace {

// What a child of this process may do, asked in a child.
bool works_in_child(bool (*probe)(const Filter*), const Filter* filter) {
  const ::pid_t child = ::fork();
  if (child == 0) ::_exit(probe(filter) ? 0 : 1);
  if (child < 0) return false;
  int ended = 0;
  while (::waitpid(child, &ended, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(ended) && WEXITSTATUS(ended) == 0;
}

bool filters(const Filter* filter) {
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && install_filter(*filter) == 0;
}

bool makes_namespaces(const Filter*) { return ::unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0; }

Level probe() {
  Level level;
  level.landlock_abi = landlock_abi();
  level.landlock = level.landlock_abi > 0;
  const auto program = filter(FilterKind::kProgram);
  level.seccomp = program.ok() && works_in_child(filters, *program);
  level.user_namespaces = works_in_child(makes_namespaces, nullptr);
  return level;
}

}  // namespace

const Level& level() {
  static const Level probed = probe();
  return probed;
}

std::string Level::describe() const {
  std::string text =
      landlock ? "Landlock (ABI " + std::to_string(landlock_abi) + ")" : "no Landlock";
  text += seccomp ? ", seccomp" : ", no seccomp";
  text += user_namespaces ? ", user namespaces" : ", no user namespaces (not needed)";
  return text;
}

}  // namespace interposer::sandbox
