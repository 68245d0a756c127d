#include "net/file.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdio>

#include "net/errors.h"

namespace interposer::net {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }
  bool good() const { return fd_ >= 0; }

 private:
  int fd_;
};

Status write_all(int fd, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return file_error(errno, "writing", path);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

std::string parent(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

// A rename lasts only when its directory is on the disk.
Status sync_directory(const std::string& path) {
  const Descriptor directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory.good()) return file_error(errno, "opening", path);
  if (::fsync(directory.get()) != 0) return file_error(errno, "syncing", path);
  return {};
}

class RealAppendFile final : public AppendFile {
 public:
  RealAppendFile(int fd, std::string path, std::uint64_t size)
      : file_(fd), path_(std::move(path)), size_(size) {}

  // A half-written record is taken back, so that the file ends where the last good one did.
  Status append(std::string_view bytes) override {
    Status written = write_all(file_.get(), bytes, path_);
    if (!written) {
      (void)!::ftruncate(file_.get(), static_cast<off_t>(size_));
      return written;
    }
    size_ += bytes.size();
    return {};
  }
  Status sync() override {
    if (::fdatasync(file_.get()) != 0) return file_error(errno, "syncing", path_);
    return {};
  }
  std::uint64_t size() const override { return size_; }

 private:
  Descriptor file_;
  std::string path_;
  std::uint64_t size_;
};

class RealFileSystem final : public FileSystem {
 public:
  Result<std::string> read(const std::string& path, std::uint64_t max_bytes) override;
  Status write_atomic(const std::string& path, std::string_view bytes, int mode) override;
  Result<std::unique_ptr<AppendFile>> open_append(const std::string& path, int mode) override;
  Result<std::vector<DirEntry>> list(const std::string& path) override;
  Status make_directories(const std::string& path, int mode) override;
  Status remove(const std::string& path) override {
    if (::unlink(path.c_str()) != 0) return file_error(errno, "removing", path);
    return {};
  }
  Status rename(const std::string& from, const std::string& to) override {
    if (::rename(from.c_str(), to.c_str()) != 0) return file_error(errno, "renaming", from);
    return sync_directory(parent(to));
  }
  bool exists(const std::string& path) override {
    struct stat info{};
    return ::stat(path.c_str(), &info) == 0;
  }
};

Result<std::string> RealFileSystem::read(const std::string& path, std::uint64_t max_bytes) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.good()) return file_error(errno, "opening", path);
  struct stat info{};
  if (::fstat(file.get(), &info) != 0) return file_error(errno, "reading", path);
  if (S_ISDIR(info.st_mode)) {
    return make_error(Code::kInvalidArgument, path + " is a directory", "name a file");
  }
  std::string out;
  out.reserve(static_cast<std::size_t>(std::min<std::uint64_t>(
      info.st_size > 0 ? static_cast<std::uint64_t>(info.st_size) : 0, max_bytes)));
  std::array<char, 64 * 1024> block;
  for (;;) {
    const ssize_t got = ::read(file.get(), block.data(), block.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return file_error(errno, "reading", path);
    if (got == 0) return out;
    if (out.size() + static_cast<std::size_t>(got) > max_bytes) {
      return make_error(Code::kTooLarge, path + " is over " + std::to_string(max_bytes) + " bytes");
    }
    out.append(block.data(), static_cast<std::size_t>(got));
  }
}

Status RealFileSystem::write_atomic(const std::string& path, std::string_view bytes, int mode) {
  static std::atomic<unsigned> counter{0};
  const std::string temporary =
      path + ".tmp." + std::to_string(::getpid()) + "." + std::to_string(counter.fetch_add(1));
  const auto write = [&]() -> Status {
    const Descriptor file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
                                 static_cast<mode_t>(mode)));
    if (!file.good()) return file_error(errno, "creating", temporary);
    IP_OK(write_all(file.get(), bytes, path));
    if (::fsync(file.get()) != 0) return file_error(errno, "syncing", path);
    return {};
  };
  Status written = write();
  if (written && ::rename(temporary.c_str(), path.c_str()) != 0) {
    written = file_error(errno, "replacing", path);
  }
  if (!written) {
    ::unlink(temporary.c_str());
    return written;
  }
  return sync_directory(parent(path));
}

Result<std::unique_ptr<AppendFile>> RealFileSystem::open_append(const std::string& path, int mode) {
  const bool fresh = !exists(path);
  const int fd =
      ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, static_cast<mode_t>(mode));
  if (fd < 0) return file_error(errno, "opening", path);
  struct stat info{};
  if (::fstat(fd, &info) != 0) {
    ::close(fd);
    return file_error(errno, "opening", path);
  }
  auto file = std::make_unique<RealAppendFile>(fd, path, static_cast<std::uint64_t>(info.st_size));
  if (fresh) {
    IP_OK(sync_directory(parent(path)));
  }
  return std::unique_ptr<AppendFile>(std::move(file));
}

Result<std::vector<DirEntry>> RealFileSystem::list(const std::string& path) {
  DIR* const directory = ::opendir(path.c_str());
  if (directory == nullptr) return file_error(errno, "listing", path);
  std::vector<DirEntry> out;
  while (const dirent* const entry = ::readdir(directory)) {
    const std::string name = entry->d_name;
    if (name == "." || name == "..") continue;
    struct stat info{};
    // Gone since it was listed, or a dangling link: not there.
    if (::fstatat(::dirfd(directory), entry->d_name, &info, 0) != 0) continue;
    DirEntry item;
    item.name = name;
    item.directory = S_ISDIR(info.st_mode);
    item.size = static_cast<std::uint64_t>(info.st_size);
    item.modified_ns = info.st_mtim.tv_sec * 1'000'000'000LL + info.st_mtim.tv_nsec;
    out.push_back(std::move(item));
  }
  ::closedir(directory);
  return out;
}

Status RealFileSystem::make_directories(const std::string& path, int mode) {
  for (std::size_t at = 1; at <= path.size(); ++at) {
    if (at != path.size() && path[at] != '/') continue;
    const std::string part = path.substr(0, at);
    if (::mkdir(part.c_str(), static_cast<mode_t>(mode)) == 0 || errno == EEXIST) continue;
    const int error = errno;
    if (exists(part)) continue;  // e.g. a parent on a read-only file system
    return file_error(error, "making the directory", part);
  }
  struct stat info{};
  if (::stat(path.c_str(), &info) != 0) return file_error(errno, "making the directory", path);
  if (!S_ISDIR(info.st_mode)) {
    return make_error(Code::kFailedPrecondition, path + " exists and is not a directory",
                      "move it away");
  }
  return {};
}

}  // namespace

FileSystem& FileSystem::real() {
  static RealFileSystem instance;
  return instance;
}

}  // namespace interposer::net
