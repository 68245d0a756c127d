#include "app/share.h"

#include <cstdlib>
#include <filesystem>

namespace interposer::app {

std::string share_folder() {
  if (const char* moved = std::getenv("INTERPOSER_SHARE"); moved != nullptr && *moved != '\0') {
    return moved;
  }
  std::error_code error;
  const auto binary = std::filesystem::read_symlink("/proc/self/exe", error);
  const auto folder = error ? std::filesystem::path(".") : binary.parent_path();
  const auto beside = folder / "share";
  if (std::filesystem::exists(beside, error)) return beside.string();
  return (folder / "../share/interposer").lexically_normal().string();
}

std::string share_file(const std::string& name) { return share_folder() + "/" + name; }

}  // namespace interposer::app
