#include "store/home.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <thread>

#include "base/strings.h"
#include "base/time.h"

namespace interposer::store {
namespace {

constexpr ::mode_t kHomeMode = 0700;
constexpr ::mode_t kOthers = 0077;
// How long an owner that was killed may take to go: the kernel gives back its memory first.
constexpr Duration kDyingPatience = std::chrono::seconds(5);
constexpr Duration kDyingPoll = std::chrono::milliseconds(10);

Error system_error(const std::string& doing, const std::string& path, int code) {
  const std::string what = doing + " " + path + ": " + std::strerror(code);
  if (code == ENOSPC || code == EDQUOT)
    return make_error(Code::kResourceExhausted, what, "free space there, or choose another --home");
  if (code == EACCES || code == EPERM || code == EROFS)
    return make_error(Code::kPermissionDenied, what, "choose a folder that you own with --home");
  return make_error(Code::kUnavailable, what, "choose another folder with --home");
}

Status make_folders(const std::string& path) {
  for (std::size_t at = 1; at <= path.size(); ++at) {
    if (at != path.size() && path[at] != '/') continue;
    const std::string part = path.substr(0, at);
    if (::mkdir(part.c_str(), kHomeMode) != 0 && errno != EEXIST && errno != EISDIR)
      return system_error("cannot make the folder", part, errno);
  }
  return {};
}

// A folder that existed before: ours alone, or one we may safely make so (empty, or a home
// already).
Status check_folder(const std::string& path) {
  struct stat info{};
  if (::stat(path.c_str(), &info) != 0) return system_error("cannot read", path, errno);
  if (!S_ISDIR(info.st_mode))
    return make_error(Code::kInvalidArgument, "the home " + path + " is not a folder",
                      "name a folder with --home");
  if ((info.st_mode & kOthers) == 0) return {};
  std::error_code failed;
  const bool empty = std::filesystem::is_empty(path, failed);
  const bool home = ::access((path + "/lock").c_str(), F_OK) == 0;
  if (info.st_uid == ::geteuid() && !failed && (empty || home)) {
    if (::chmod(path.c_str(), kHomeMode) != 0) return system_error("cannot protect", path, errno);
    return {};
  }
  return make_error(Code::kPermissionDenied,
                    "the home " + path + " can be read by other users and holds other files",
                    "name a new or empty folder with --home, or: chmod 700 " + path);
}

std::string owner_of(int fd) {
  char text[64] = {};
  const ::ssize_t n = ::pread(fd, text, sizeof text - 1, 0);
  return n > 0 ? std::string(trim({text, static_cast<std::size_t>(n)})) : std::string();
}

// Killed but not gone yet (proc(5), status): its memory is released, or SIGKILL is pending.
bool dying(const std::string& pid) {
  constexpr std::uint64_t kKillBit = std::uint64_t{1} << 8;  // signal 9
  if (pid.empty()) return false;
  std::ifstream status("/proc/" + pid + "/status");
  if (!status) return true;
  bool memory = false;
  for (std::string line; std::getline(status, line);) {
    memory = memory || line.starts_with("VmRSS:");
    if (!line.starts_with("SigPnd:") && !line.starts_with("ShdPnd:")) continue;
    if ((std::strtoull(line.c_str() + 7, nullptr, 16) & kKillBit) != 0) return true;
  }
  return !memory;
}

// EWOULDBLOCK when a live process holds the lock; one that is being taken down is waited for.
int take_lock(int fd) {
  const TimePoint give_up = steady_now() + kDyingPatience;
  while (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
    if (errno == EINTR) continue;
    const int code = errno;
    if (code != EWOULDBLOCK || steady_now() > give_up || !dying(owner_of(fd))) return code;
    std::this_thread::sleep_for(kDyingPoll);
  }
  return 0;
}

}  // namespace

Result<std::string> Home::locate(const std::string& flag) {
  std::string path = flag;
  const auto from_environment = [](const char* name) -> std::string {
    const char* value = std::getenv(name);  // NOLINT: read at start, before any thread
    return value ? value : "";
  };
  if (path.empty()) path = from_environment("INTERPOSER_HOME");
  if (path.empty()) {
    // The XDG rule: a relative $XDG_DATA_HOME is to be ignored.
    const std::string data = from_environment("XDG_DATA_HOME");
    const std::string user = from_environment("HOME");
    if (!data.empty() && data[0] == '/')
      path = data + "/interposer";
    else if (!user.empty())
      path = user + "/.local/share/interposer";
  }
  if (path.empty())
    return make_error(Code::kFailedPrecondition, "no home folder: $HOME is not set",
                      "name one with --home DIR or $INTERPOSER_HOME");
  std::error_code failed;
  const auto absolute = std::filesystem::absolute(path, failed);
  if (failed) return system_error("cannot resolve", path, failed.value());
  std::string text = absolute.lexically_normal().string();
  while (text.size() > 1 && text.back() == '/') text.pop_back();
  return text;
}

Result<std::unique_ptr<Home>> Home::own(const std::string& path) {
  IP_OK(make_folders(path));
  IP_OK(check_folder(path));
  const std::string lock = path + "/lock";
  const int fd = ::open(lock.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) return system_error("cannot open", lock, errno);
  if (const int code = take_lock(fd); code != 0) {
    const std::string pid = owner_of(fd);
    ::close(fd);
    if (code != EWOULDBLOCK) return system_error("cannot lock", lock, code);
    return make_error(Code::kFailedPrecondition,
                      "the home " + path + " belongs to a running interposer" +
                          (pid.empty() ? "" : " (pid " + pid + ")"),
                      "use that server, stop it, or choose another --home", "home_in_use");
  }
  const std::string pid = std::to_string(::getpid()) + "\n";
  if (::ftruncate(fd, 0) != 0 ||
      ::pwrite(fd, pid.data(), pid.size(), 0) != static_cast<::ssize_t>(pid.size())) {
    const int code = errno;
    ::close(fd);
    return system_error("cannot write", lock, code);
  }
  return std::unique_ptr<Home>(new Home(path, fd));
}

// The file stays: removing it would let two owners lock two different files of one name.
Home::~Home() { ::close(lock_fd_); }

}  // namespace interposer::store
