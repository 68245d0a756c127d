#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "store/journal.h"

namespace interposer::store {
namespace {

Error failed(const std::string& doing, const std::string& path) {
  const int code = errno;
  return make_error(code == ENOSPC ? Code::kResourceExhausted : Code::kUnavailable,
                    doing + " " + path + ": " + std::strerror(code),
                    code == ENOSPC ? "free space there" : "");
}

class PosixAppend final : public net::AppendFile {
 public:
  PosixAppend(int fd, std::string path) : fd_(fd), path_(std::move(path)) {}
  ~PosixAppend() override { ::close(fd_); }
  Status append(std::string_view bytes) override {
    while (!bytes.empty()) {
      const ::ssize_t n = ::write(fd_, bytes.data(), bytes.size());
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return failed("cannot write", path_);
      size_ += static_cast<std::uint64_t>(n);
      bytes.remove_prefix(static_cast<std::size_t>(n));
    }
    return {};
  }
  Status sync() override {
    if (::fdatasync(fd_) != 0) return failed("cannot sync", path_);
    return {};
  }
  std::uint64_t size() const override { return size_; }

 private:
  int fd_;
  std::string path_;
  std::uint64_t size_ = 0;
};

class PosixFiles final : public net::FileSystem {
 public:
  Result<std::string> read(const std::string& path, std::uint64_t max) override {
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return failed("cannot open", path);
    std::string out;
    char buffer[65536];
    ::ssize_t n = 0;
    while ((n = ::read(fd, buffer, sizeof buffer)) > 0 && out.size() <= max)
      out.append(buffer, static_cast<std::size_t>(n));
    ::close(fd);
    if (n < 0) return failed("cannot read", path);
    return out;
  }
  Status write_atomic(const std::string& path, std::string_view, int) override {
    return make_error(Code::kUnsupported, path);
  }
  Result<std::unique_ptr<net::AppendFile>> open_append(const std::string& path, int mode) override {
    const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, mode);
    if (fd < 0) return failed("cannot open", path);
    return std::unique_ptr<net::AppendFile>(new PosixAppend(fd, path));
  }
  Result<std::vector<net::DirEntry>> list(const std::string& path) override {
    std::vector<net::DirEntry> out;
    DIR* dir = ::opendir(path.c_str());
    if (!dir) return failed("cannot list", path);
    while (const dirent* entry = ::readdir(dir)) {
      net::DirEntry e;
      e.name = entry->d_name;
      out.push_back(e);
    }
    ::closedir(dir);
    return out;
  }
  Status make_directories(const std::string& path, int mode) override {
    if (::mkdir(path.c_str(), static_cast<::mode_t>(mode)) != 0 && errno != EEXIST)
      return failed("cannot make", path);
    return {};
  }
  Status remove(const std::string& path) override {
    if (::unlink(path.c_str()) != 0) return failed("cannot remove", path);
    return {};
  }
  Status rename(const std::string& from, const std::string&) override {
    return make_error(Code::kUnsupported, from);
  }
  bool exists(const std::string& path) override { return ::access(path.c_str(), F_OK) == 0; }
};

}  // namespace

net::FileSystem& journal_files() {
  static PosixFiles files;
  return files;
}

}  // namespace interposer::store
