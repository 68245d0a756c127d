#include "net/sim/sim_file.h"

#include <algorithm>
#include <cerrno>

#include "net/errors.h"

namespace interposer::net::sim {
namespace {

std::string parent(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

}  // namespace

class SimAppendFile final : public AppendFile {
 public:
  SimAppendFile(SimFileSystem* disk, std::shared_ptr<SimFileSystem::File> file, std::string path)
      : disk_(disk),
        file_(std::move(file)),
        path_(std::move(path)),
        generation_(disk->generation_) {}

  Status append(std::string_view bytes) override {
    IP_OK(alive());
    IP_OK(disk_->change("writing", path_, bytes.size()));
    const std::uint64_t cut = std::exchange(disk_->cut_, ~std::uint64_t{0});
    if (cut < bytes.size()) return file_error(EIO, "writing", path_);
    file_->bytes.append(bytes);
    file_->modified_ns = disk_->changes_;
    return {};
  }
  Status sync() override {
    IP_OK(alive());
    IP_OK(disk_->change("syncing", path_, 0));
    file_->synced = file_->bytes.size();
    return {};
  }
  std::uint64_t size() const override { return file_->bytes.size(); }

 private:
  Status alive() const {
    if (generation_ == disk_->generation_) return {};
    return file_error(EIO, "the machine crashed since opening", path_);
  }

  SimFileSystem* disk_;
  std::shared_ptr<SimFileSystem::File> file_;
  std::string path_;
  std::uint64_t generation_;
};

SimFileSystem::SimFileSystem() : directories_{"/", "."} {}

std::uint64_t SimFileSystem::used() const {
  std::uint64_t total = 0;
  for (const auto& [path, file] : files_) total += file->bytes.size();
  return total;
}

Status SimFileSystem::change(const std::string& doing, const std::string& path,
                             std::uint64_t more) {
  changes_ += 1;
  if (fail_in_ > 0 && --fail_in_ == 0) return file_error(EIO, doing, path);
  if (more > 0 && used() + more > capacity_) return file_error(ENOSPC, doing, path);
  return {};
}

void SimFileSystem::crash(std::uint64_t kept) {
  generation_ += 1;
  for (auto& [path, file] : files_) {
    auto survivor = std::make_shared<File>(*file);
    const std::uint64_t length = std::min<std::uint64_t>(file->bytes.size(), file->synced + kept);
    survivor->bytes.resize(static_cast<std::size_t>(length));
    survivor->synced = survivor->bytes.size();
    file = std::move(survivor);
  }
}

Result<std::string> SimFileSystem::read(const std::string& path, std::uint64_t max_bytes) {
  const auto found = files_.find(path);
  if (found == files_.end()) return file_error(ENOENT, "opening", path);
  if (found->second->bytes.size() > max_bytes) {
    return make_error(Code::kTooLarge, path + " is over " + std::to_string(max_bytes) + " bytes");
  }
  return found->second->bytes;
}

Status SimFileSystem::write_atomic(const std::string& path, std::string_view bytes, int) {
  if (!directories_.contains(parent(path))) return file_error(ENOENT, "creating", path);
  IP_OK(change("writing", path, bytes.size()));
  auto file = std::make_shared<File>();
  file->bytes = std::string(bytes);
  file->synced = bytes.size();
  file->modified_ns = changes_;
  files_[path] = std::move(file);
  return {};
}

Result<std::unique_ptr<AppendFile>> SimFileSystem::open_append(const std::string& path, int) {
  if (!directories_.contains(parent(path))) return file_error(ENOENT, "opening", path);
  std::shared_ptr<File>& file = files_[path];
  if (!file) file = std::make_shared<File>();
  return std::unique_ptr<AppendFile>(new SimAppendFile(this, file, path));
}

Result<std::vector<DirEntry>> SimFileSystem::list(const std::string& path) {
  if (!directories_.contains(path)) return file_error(ENOENT, "listing", path);
  std::vector<DirEntry> out;
  for (const auto& [name, file] : files_) {
    if (parent(name) != path) continue;
    out.push_back(
        DirEntry{name.substr(name.rfind('/') + 1), false, file->bytes.size(), file->modified_ns});
  }
  for (const std::string& name : directories_) {
    if (name == path || parent(name) != path) continue;
    out.push_back(DirEntry{name.substr(name.rfind('/') + 1), true, 0, 0});
  }
  return out;
}

Status SimFileSystem::make_directories(const std::string& path, int) {
  if (files_.contains(path)) return file_error(EEXIST, "making the directory", path);
  for (std::size_t at = 1; at <= path.size(); ++at) {
    if (at == path.size() || path[at] == '/') directories_.insert(path.substr(0, at));
  }
  return {};
}

Status SimFileSystem::remove(const std::string& path) {
  if (!files_.contains(path)) return file_error(ENOENT, "removing", path);
  IP_OK(change("removing", path, 0));
  files_.erase(path);
  return {};
}

Status SimFileSystem::rename(const std::string& from, const std::string& to) {
  const auto found = files_.find(from);
  if (found == files_.end()) return file_error(ENOENT, "renaming", from);
  IP_OK(change("renaming", from, 0));
  files_[to] = found->second;
  files_.erase(from);
  return {};
}

bool SimFileSystem::exists(const std::string& path) {
  return files_.contains(path) || directories_.contains(path);
}

}  // namespace interposer::net::sim
