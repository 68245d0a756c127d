#include "knowledge/sources/walk.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "knowledge/parse/parsed.h"

namespace interposer::knowledge {
namespace {

namespace fs = std::filesystem;

constexpr int kMaxDepth = 64;
constexpr std::size_t kMaxFiles = 1'000'000;

Error access_error(const std::string& path, int code) {
  if (code == EACCES || code == EPERM)
    return make_error(Code::kPermissionDenied, path + ": no permission to read it",
                      "chmod u+r FILE (and u+x on its folders), or run as its owner",
                      "no_permission");
  if (code == ENOENT)
    return make_error(Code::kNotFound, path + ": no such file or folder", "check the path",
                      "no_such_file");
  return make_error(Code::kUnavailable, path + ": " + std::strerror(code));
}

class Walk {
 public:
  Walk(std::string root, Format format) : root_(std::move(root)), format_(format) {}

  void folder(const std::string& path, int depth) {
    std::error_code failed;
    fs::directory_iterator entries(path, failed);
    if (failed) {
      out.failures.push_back({path, access_error(path, failed.value())});
      out.unreadable.push_back(path);
      return;
    }
    std::vector<std::string> names;
    for (; entries != fs::directory_iterator(); entries.increment(failed)) {
      if (failed) break;
      names.push_back(entries->path().filename().string());
    }
    std::sort(names.begin(), names.end());
    for (const std::string& name : names) {
      if (name.starts_with('.')) continue;
      entry(path + "/" + name, depth);
    }
  }

  void file(const std::string& path, const struct stat& info, std::string name) {
    SourceFile source;
    source.path = path;
    source.name = std::move(name);
    source.root = fs::path(root_).filename().string();
    source.size = info.st_size;
    source.modified_ns =
        static_cast<std::int64_t>(info.st_mtim.tv_sec) * 1'000'000'000 + info.st_mtim.tv_nsec;
    out.files.push_back(std::move(source));
  }

  Walked out;

 private:
  void entry(const std::string& path, int depth) {
    struct stat info{};
    if (::lstat(path.c_str(), &info) != 0) {
      out.failures.push_back({path, access_error(path, errno)});
      return;
    }
    if (S_ISDIR(info.st_mode)) {
      if (depth < kMaxDepth) folder(path, depth + 1);
      return;
    }
    if (S_ISLNK(info.st_mode) && ::stat(path.c_str(), &info) != 0) return;
    if (!S_ISREG(info.st_mode) || out.files.size() >= kMaxFiles) return;
    if (format_ == Format::kAuto && kind_of(path) == Kind::kUnknown && !is_unread_document(path))
      return;
    file(path, info, path.substr(root_.size() + 1));
  }

  std::string root_;
  Format format_;
};

}  // namespace

std::string real_path(const std::string& path) {
  std::error_code failed;
  const auto real = fs::weakly_canonical(path, failed);
  std::string text =
      failed ? fs::absolute(path, failed).lexically_normal().string() : real.string();
  while (text.size() > 1 && text.back() == '/') text.pop_back();
  return text;
}

Result<Walked> walk(const std::string& path, Format format) {
  const std::string real = real_path(path);
  struct stat info{};
  if (::stat(real.c_str(), &info) != 0) return access_error(path, errno);
  Walk w(real, format);
  if (S_ISDIR(info.st_mode))
    w.folder(real, 0);
  else
    w.file(real, info, fs::path(real).filename().string());
  return std::move(w.out);
}

Result<std::string> read_source(const std::string& path, std::uint64_t max_bytes) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return access_error(path, errno);
  std::string bytes;
  struct stat info{};
  if (::fstat(fd, &info) == 0 && info.st_size > 0)
    bytes.reserve(std::min<std::uint64_t>(static_cast<std::uint64_t>(info.st_size), max_bytes) + 1);
  char buffer[65536];
  int failed = 0;
  for (;;) {
    const ::ssize_t n = ::read(fd, buffer, sizeof buffer);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) failed = errno;
    if (n <= 0 || bytes.size() > max_bytes) break;
    bytes.append(buffer, static_cast<std::size_t>(n));
  }
  ::close(fd);
  if (failed != 0) return access_error(path, failed);
  if (bytes.size() > max_bytes)
    return make_error(Code::kTooLarge,
                      path + " is larger than " + std::to_string(max_bytes >> 20) + " MiB",
                      "split it", "too_large");
  return bytes;
}

}  // namespace interposer::knowledge
