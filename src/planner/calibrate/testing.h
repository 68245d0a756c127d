// For tests: where the measured rows are. They are never copied into the repository.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

#ifndef INTERPOSER_SOURCE_DIR  // tests are built with it
#define INTERPOSER_SOURCE_DIR "."
#endif

namespace interposer::planner {

// $INTERPOSER_TEST_DATA/planner, else shared/data/planner beside the checkout (or beside the folder
// of worktrees). Empty: not on this machine; tests then skip and say so.
inline std::string measured_data_dir() {
  namespace fs = std::filesystem;
  std::error_code ignored;
  if (const char* given = std::getenv("INTERPOSER_TEST_DATA"); given != nullptr) {  // NOLINT: tests
    const fs::path dir = fs::path(given) / "planner";
    return fs::is_directory(dir, ignored) ? dir.string() : std::string();
  }
  for (const char* up : {"/../shared/data/planner", "/../../shared/data/planner"}) {
    const fs::path dir = fs::path(std::string(INTERPOSER_SOURCE_DIR) + up).lexically_normal();
    if (fs::is_directory(dir, ignored)) return dir.string();
  }
  return {};
}

}  // namespace interposer::planner
