// A simulated disk: everything in memory, faults on order, and a crash that loses what was not
// synced. Not thread-safe beyond one caller at a time.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "net/file.h"

namespace interposer::net::sim {

class SimFileSystem final : public FileSystem {
 public:
  SimFileSystem();

  // The disk holds this many bytes; what would not fit fails with kResourceExhausted "disk_full".
  void set_capacity(std::uint64_t bytes) { capacity_ = bytes; }
  // The next append writes only the first `bytes`, then fails (and takes them back, as the real
  // side does).
  void cut_next_append(std::uint64_t bytes) { cut_ = bytes; }
  // The n-th call from now (1: the next) that changes the disk fails with an I/O error.
  void fail_change(int nth) { fail_in_ = nth; }
  // Power loss: unsynced bytes of appended files go (all, or all but the first `kept` of each).
  // Files that were open fail from now on.
  void crash(std::uint64_t kept = 0);

  std::uint64_t used() const;  // bytes
  int changes() const { return changes_; }

  Result<std::string> read(const std::string& path, std::uint64_t max_bytes) override;
  Status write_atomic(const std::string& path, std::string_view bytes, int mode) override;
  Result<std::unique_ptr<AppendFile>> open_append(const std::string& path, int mode) override;
  Result<std::vector<DirEntry>> list(const std::string& path) override;
  Status make_directories(const std::string& path, int mode) override;
  Status remove(const std::string& path) override;
  Status rename(const std::string& from, const std::string& to) override;
  bool exists(const std::string& path) override;

 private:
  friend class SimAppendFile;
  struct File {
    std::string bytes;
    std::size_t synced = 0;
    std::int64_t modified_ns = 0;
  };
  Status change(const std::string& doing, const std::string& path, std::uint64_t more);

  std::map<std::string, std::shared_ptr<File>> files_;
  std::set<std::string> directories_;
  std::uint64_t capacity_ = ~std::uint64_t{0};
  std::uint64_t cut_ = ~std::uint64_t{0};
  std::uint64_t generation_ = 0;  // crashes so far
  int fail_in_ = 0;
  int changes_ = 0;
};

}  // namespace interposer::net::sim
