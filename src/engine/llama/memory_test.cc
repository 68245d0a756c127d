#include "engine/llama/memory.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

namespace interposer::engine::llama {
namespace {

TEST(Memory, ReleasesWholePagesOnly) {
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  void* mapped =
      ::mmap(nullptr, 4 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(mapped, MAP_FAILED);
  auto* bytes = static_cast<unsigned char*>(mapped);
  std::memset(bytes, 7, 4 * page);
  EXPECT_EQ(release_pages(bytes + 1, page - 1), 0U);
  EXPECT_EQ(release_pages(nullptr, 4 * page), 0U);
  EXPECT_EQ(release_pages(bytes + 1, 4 * page - 2), 2 * page);  // the first and last are not whole
  EXPECT_EQ(std::count(bytes, bytes + 4 * page, 7), static_cast<long>(2 * page));
  EXPECT_EQ(std::count(bytes + page, bytes + 3 * page, 0), static_cast<long>(2 * page));
  ::munmap(mapped, 4 * page);
}

}  // namespace
}  // namespace interposer::engine::llama
