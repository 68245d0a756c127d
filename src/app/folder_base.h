// `interposer ask Q PATH` keeps a base of its own for the real path.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace interposer::app {

struct FolderBase {
  std::string name;                // "docs-1f3a09bc": the last path's name and a digest of all
  std::vector<std::string> paths;  // absolute, links resolved
};

// kNotFound or kPermissionDenied name the path that cannot be used.
Result<FolderBase> folder_base(const std::vector<std::string>& paths);

// An existing path, absolute with links resolved.
Result<std::string> real_path(const std::string& path);

}  // namespace interposer::app
