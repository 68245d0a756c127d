#include "sandbox/landlock.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>

namespace interposer::sandbox {
namespace {

// The user-space interface of linux/landlock.h up to ABI 6, written out because the headers of
// Debian 12 stop at ABI 2.
constexpr long kCreateRuleset = 444, kAddRule = 445, kRestrictSelf = 446;
constexpr std::uint32_t kVersionFlag = 1;
constexpr int kPathBeneath = 1;

struct RulesetAttributes {
  std::uint64_t access_fs, access_net, scoped;
};
struct __attribute__((packed)) PathBeneath {
  std::uint64_t access;
  std::int32_t parent_fd;
};

constexpr std::uint64_t kExecute = 1U << 0, kWriteFile = 1U << 1, kReadFile = 1U << 2,
                        kReadDir = 1U << 3, kRefer = 1U << 13, kTruncate = 1U << 14,
                        kIoctlDev = 1U << 15;
constexpr std::uint64_t kAbi1 = (1U << 13) - 1;
constexpr std::uint64_t kNetTcp = 3;  // bind, connect
constexpr std::uint64_t kScopes = 3;  // abstract unix sockets, signals
constexpr std::uint64_t kForFiles = kExecute | kWriteFile | kReadFile | kTruncate | kIoctlDev;

std::uint64_t handled_fs(int abi) {
  std::uint64_t rights = kAbi1;
  if (abi >= 2) rights |= kRefer;
  if (abi >= 3) rights |= kTruncate;
  if (abi >= 5) rights |= kIoctlDev;
  return rights;
}

}  // namespace

int landlock_abi() {
  static const int abi = [] {
    const long version = ::syscall(kCreateRuleset, nullptr, 0, kVersionFlag);
    return version > 0 ? static_cast<int>(version) : 0;
  }();
  return abi;
}

Result<Ruleset> Ruleset::make() {
  const int abi = landlock_abi();
  RulesetAttributes attributes{};
  attributes.access_fs = handled_fs(abi);
  if (abi >= 4) attributes.access_net = kNetTcp;
  if (abi >= 6) attributes.scoped = kScopes;
  // An older kernel takes the longer structure as long as what it does not know is zero.
  const long fd = ::syscall(kCreateRuleset, &attributes, sizeof attributes, 0);
  if (fd < 0)
    return make_error(Code::kFailedPrecondition,
                      std::string("cannot make a Landlock ruleset: ") + std::strerror(errno),
                      "see: interposer doctor");
  ::fcntl(static_cast<int>(fd), F_SETFD, FD_CLOEXEC);
  return Ruleset(static_cast<int>(fd));
}

Ruleset::~Ruleset() {
  if (fd_ >= 0) ::close(fd_);
}

Status Ruleset::allow(const std::string& path, Access access) {
  const int fd = ::open(path.c_str(), O_PATH | O_CLOEXEC);
  if (fd < 0)
    return make_error(errno == ENOENT ? Code::kNotFound : Code::kPermissionDenied,
                      "cannot open " + path + ": " + std::strerror(errno));
  Status status = allow_descriptor(fd, access, path);
  ::close(fd);
  return status;
}

Status Ruleset::allow_descriptor(int fd, Access access, const std::string& name) {
  struct stat info{};
  if (::fstat(fd, &info) != 0)
    return make_error(Code::kUnavailable, "cannot stat " + name + ": " + std::strerror(errno));
  std::uint64_t rights = kReadFile | kReadDir;
  if (access == Access::kReadExecute) rights |= kExecute;
  if (access == Access::kWrite) rights = handled_fs(landlock_abi()) & ~kExecute;
  if (!S_ISDIR(info.st_mode)) rights &= kForFiles;
  rights &= handled_fs(landlock_abi());
  const PathBeneath rule{rights, fd};
  if (::syscall(kAddRule, fd_, kPathBeneath, &rule, 0) != 0)
    return make_error(Code::kInternal,
                      "cannot add a Landlock rule for " + name + ": " + std::strerror(errno));
  return {};
}

int landlock_enter(int ruleset_fd) {
  return ::syscall(kRestrictSelf, ruleset_fd, 0) == 0 ? 0 : errno;
}

}  // namespace interposer::sandbox
