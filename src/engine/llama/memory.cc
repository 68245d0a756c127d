#include "engine/llama/memory.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <memory>
#include <string>

#include "engine/llama/guard.h"

namespace interposer::engine::llama {

std::uint64_t release_file_pages(const std::string& path) {
  std::unique_ptr<char, void (*)(void*)> real(::realpath(path.c_str(), nullptr), std::free);
  if (!real) return 0;
  std::uint64_t total = 0;
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    std::uint64_t begin = 0, end = 0;
    std::size_t name = line.find('/');
    if (name == std::string::npos || line.compare(name, std::string::npos, real.get()) != 0 ||
        std::sscanf(line.c_str(), "%" SCNx64 "-%" SCNx64, &begin, &end) != 2) {
      continue;
    }
    // A mapping of a file, never written: dropping its pages loses nothing.
    if (line.find(" r--") == std::string::npos) continue;
    if (::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED) == 0) {
      total += end - begin;
    }
  }
  return total;
}

std::size_t release_pages(void* begin, std::size_t bytes) {
  const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
  const auto from = (reinterpret_cast<std::uintptr_t>(begin) + page - 1) / page * page;
  const auto to = (reinterpret_cast<std::uintptr_t>(begin) + bytes) / page * page;
  if (begin == nullptr || to <= from) return 0;
  if (::madvise(reinterpret_cast<void*>(from), to - from, MADV_DONTNEED) != 0) return 0;
  return to - from;
}

}  // namespace interposer::engine::llama
