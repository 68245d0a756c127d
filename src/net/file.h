// Files, behind one seam so that a full disk, a short write and a crash are unit tests.
// All calls block: use them at start-up or inside net::offload.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace interposer::net {

class AppendFile {
 public:
  virtual ~AppendFile() = default;
  virtual Status append(std::string_view bytes) = 0;
  virtual Status sync() = 0;  // fdatasync
  virtual std::uint64_t size() const = 0;
};

struct DirEntry {
  std::string name;
  bool directory = false;
  std::uint64_t size = 0;
  std::int64_t modified_ns = 0;
};

class FileSystem {
 public:
  virtual ~FileSystem() = default;
  static FileSystem& real();

  virtual Result<std::string> read(const std::string& path, std::uint64_t max_bytes) = 0;
  // Temporary file, fsync, rename, fsync of the directory: the old content or the new, never half.
  virtual Status write_atomic(const std::string& path, std::string_view bytes, int mode) = 0;
  virtual Result<std::unique_ptr<AppendFile>> open_append(const std::string& path, int mode) = 0;
  virtual Result<std::vector<DirEntry>> list(const std::string& path) = 0;
  virtual Status make_directories(const std::string& path, int mode) = 0;
  virtual Status remove(const std::string& path) = 0;
  virtual Status rename(const std::string& from, const std::string& to) = 0;
  virtual bool exists(const std::string& path) = 0;
};

}  // namespace interposer::net
