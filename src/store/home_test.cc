#include "store/home.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <fstream>

#include "base/temp_dir.h"

namespace interposer::store {
namespace {

unsigned mode_of(const std::string& path) {
  struct stat info{};
  EXPECT_EQ(::stat(path.c_str(), &info), 0);
  return info.st_mode & 0777U;
}

TEST(Home, IsMadePrivateAndNamesItsOwner) {
  const TempDir dir;
  const std::string path = dir.file("deep/er/home");
  auto home = Home::own(path);
  ASSERT_TRUE(home.ok());
  EXPECT_EQ(mode_of(path), 0700U);
  const auto second = Home::own(path);
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().kind, "home_in_use");
  EXPECT_NE(second.error().message.find(std::to_string(::getpid())), std::string::npos);
  home->reset();
  EXPECT_TRUE(Home::own(path).ok());
}

// Taking a killed process down takes the kernel a while, most of it for its memory; the lock goes
// last. Whoever starts right after the kill must not be told that the home is in use.
TEST(Home, CanBeTakenRightAfterItsOwnerWasKilled) {
  constexpr std::size_t kMemory = 256 << 20;
  const TempDir dir;
  for (int round = 0; round < 5; ++round) {
    int ready[2];
    ASSERT_EQ(::pipe(ready), 0);
    const pid_t owner = ::fork();
    if (owner == 0) {
      const auto home = Home::own(dir.file("home"));
      void* memory = ::mmap(nullptr, kMemory, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
      if (home && memory != MAP_FAILED && ::write(ready[1], "x", 1) == 1) ::pause();
      ::_exit(1);
    }
    char byte = 0;
    ASSERT_EQ(::read(ready[0], &byte, 1), 1);
    ASSERT_EQ(::kill(owner, SIGKILL), 0);
    const auto home = Home::own(dir.file("home"));
    EXPECT_TRUE(home.ok()) << home.error().to_string();
    ::waitpid(owner, nullptr, 0);
    ::close(ready[0]);
    ::close(ready[1]);
  }
}

TEST(Home, RefusesAFolderOthersReadThatHoldsOtherThings) {
  const TempDir dir;
  const std::string path = dir.file("shared");
  ASSERT_EQ(::mkdir(path.c_str(), 0755), 0);
  std::ofstream(path + "/letter") << "hello";
  const auto home = Home::own(path);
  ASSERT_FALSE(home.ok());
  EXPECT_EQ(home.error().code, Code::kPermissionDenied);
  EXPECT_EQ(mode_of(path), 0755U) << "a stranger's folder is not changed";
}

TEST(Home, TightensAnEmptyFolder) {
  const TempDir dir;
  const std::string path = dir.file("empty");
  ASSERT_EQ(::mkdir(path.c_str(), 0755), 0);
  ASSERT_TRUE(Home::own(path).ok());
  EXPECT_EQ(mode_of(path), 0700U);
}

TEST(Home, AFileIsNotAHome) {
  const TempDir dir;
  std::ofstream(dir.file("f")) << "x";
  EXPECT_FALSE(Home::own(dir.file("f")).ok());
  EXPECT_FALSE(Home::own(dir.file("f/below")).ok());
}

TEST(Home, IsLocatedInOrder) {
  EXPECT_EQ(*Home::locate("/a/b/../c/"), "/a/c");
  ::setenv("INTERPOSER_HOME", "/from/env", 1);
  EXPECT_EQ(*Home::locate(""), "/from/env");
  EXPECT_EQ(*Home::locate("/flag"), "/flag");
  ::unsetenv("INTERPOSER_HOME");
  ::setenv("XDG_DATA_HOME", "/xdg", 1);
  EXPECT_EQ(*Home::locate(""), "/xdg/interposer");
  ::setenv("XDG_DATA_HOME", "relative", 1);
  ::setenv("HOME", "/home/u", 1);
  EXPECT_EQ(*Home::locate(""), "/home/u/.local/share/interposer");
  ::unsetenv("XDG_DATA_HOME");
}

}  // namespace
}  // namespace interposer::store
