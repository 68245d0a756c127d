// Landlock by its system calls (Linux 5.13+; the C library has no wrappers). See landlock(7).
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace interposer::sandbox {

int landlock_abi();  // 0: the kernel has none, or it is switched off

// A set of rules that grants nothing but what is added; an owned descriptor.
class Ruleset {
 public:
  static Result<Ruleset> make();
  Ruleset(Ruleset&& other) noexcept : fd_(other.fd_) { other.fd_ = -1; }
  Ruleset& operator=(Ruleset&&) = delete;
  ~Ruleset();

  enum class Access { kRead, kReadExecute, kWrite };
  Status allow(const std::string& path, Access access);  // kNotFound when it does not exist
  Status allow_descriptor(int fd, Access access, const std::string& name);
  int fd() const { return fd_; }

 private:
  explicit Ruleset(int fd) : fd_(fd) {}
  int fd_;
};

// Async-signal-safe; no_new_privs must be set. 0 or an errno.
int landlock_enter(int ruleset_fd);

}  // namespace interposer::sandbox
