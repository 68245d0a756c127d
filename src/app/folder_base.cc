#include "app/folder_base.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>

namespace interposer::app {
namespace {

// FNV-1a, 64 bits: names a folder's base; it guards nothing.
std::uint64_t digest(const std::vector<std::string>& paths) {
  std::uint64_t hash = 14695981039346656037ULL;
  for (const std::string& path : paths) {
    for (const char c : path + '\n') {
      hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
    }
  }
  return hash;
}

std::string plain_name(std::string_view name) {
  std::string out;
  for (const char c : name) {
    const bool kept = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    out.push_back(kept ? c : '-');
  }
  return out.empty() ? "folder" : out.substr(0, 40);
}

}  // namespace

Result<std::string> real_path(const std::string& path) {
  std::error_code error;
  const auto real = std::filesystem::canonical(path, error);
  if (error == std::errc::permission_denied) {
    return make_error(Code::kPermissionDenied, path + ": permission denied",
                      "make it readable for this user, or run as one who may read it");
  }
  if (error) {
    return make_error(Code::kNotFound, path + ": " + error.message(),
                      "check the path; it is relative to the current folder");
  }
  const int wanted = std::filesystem::is_directory(real, error) ? R_OK | X_OK : R_OK;
  if (access(real.c_str(), wanted) != 0) {
    return make_error(Code::kPermissionDenied, path + ": permission denied",
                      "make it readable for this user, or run as one who may read it");
  }
  return real.string();
}

Result<FolderBase> folder_base(const std::vector<std::string>& paths) {
  FolderBase out;
  for (const std::string& path : paths) {
    IP_TRY(std::string real, real_path(path));
    out.paths.push_back(std::move(real));
  }
  std::sort(out.paths.begin(), out.paths.end());
  const std::string last = std::filesystem::path(out.paths.back()).filename().string();
  out.name = fmt::format("{}-{:08x}", plain_name(last), digest(out.paths) & 0xffffffffU);
  return out;
}

}  // namespace interposer::app
