// The promises of files, on the real disk and on the simulated one; faults on the latter.
#include "net/file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <memory>
#include <string>

#include "base/temp_dir.h"
#include "net/sim/sim_file.h"

namespace interposer::net {
namespace {

class Files : public testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    if (!GetParam()) return;
    root_ = folder_.file("net_files");
  }
  FileSystem& fs() { return GetParam() ? FileSystem::real() : sim_; }
  std::string path(const std::string& name) { return root_ + "/" + name; }

  const TempDir folder_;
  sim::SimFileSystem sim_;
  std::string root_ = "/home/ip";
};
INSTANTIATE_TEST_SUITE_P(Disks, Files, testing::Bool(),
                         [](const auto& p) { return p.param ? "Real" : "Simulated"; });

TEST_P(Files, WriteReadReplace) {
  ASSERT_TRUE(fs().make_directories(path("a/b"), 0700).ok());
  ASSERT_TRUE(fs().make_directories(path("a/b"), 0700).ok());
  EXPECT_FALSE(fs().exists(path("a/b/f")));
  EXPECT_EQ(fs().read(path("a/b/f"), 100).error().code, Code::kNotFound);
  ASSERT_TRUE(fs().write_atomic(path("a/b/f"), "one", 0600).ok());
  ASSERT_TRUE(fs().write_atomic(path("a/b/f"), "second", 0600).ok());
  EXPECT_EQ(*fs().read(path("a/b/f"), 6), "second");
  EXPECT_EQ(fs().read(path("a/b/f"), 5).error().code, Code::kTooLarge);
  EXPECT_EQ(fs().write_atomic(path("no/f"), "x", 0600).error().code, Code::kNotFound);
  const auto listed = fs().list(path("a/b"));
  ASSERT_TRUE(listed.ok());
  ASSERT_EQ(listed->size(), 1u);  // no temporary file is left
  EXPECT_EQ((*listed)[0].name, "f");
  EXPECT_EQ((*listed)[0].size, 6u);
  EXPECT_FALSE((*listed)[0].directory);
  ASSERT_TRUE(fs().rename(path("a/b/f"), path("a/b/g")).ok());
  EXPECT_FALSE(fs().exists(path("a/b/f")));
  ASSERT_TRUE(fs().remove(path("a/b/g")).ok());
  EXPECT_EQ(fs().remove(path("a/b/g")).error().code, Code::kNotFound);
  const auto upper = fs().list(path("a"));
  ASSERT_EQ(upper->size(), 1u);
  EXPECT_TRUE((*upper)[0].directory);
  EXPECT_EQ(fs().list(path("zzz")).error().code, Code::kNotFound);
}

TEST_P(Files, Appending) {
  ASSERT_TRUE(fs().make_directories(root_, 0700).ok());
  {
    auto file = fs().open_append(path("log"), 0600);
    ASSERT_TRUE(file.ok());
    EXPECT_EQ((*file)->size(), 0u);
    EXPECT_TRUE((*file)->append("one,").ok());
    EXPECT_TRUE((*file)->sync().ok());
    EXPECT_EQ((*file)->size(), 4u);
  }
  auto again = fs().open_append(path("log"), 0600);
  ASSERT_TRUE(again.ok());
  EXPECT_EQ((*again)->size(), 4u);
  EXPECT_TRUE((*again)->append("two").ok());
  EXPECT_EQ(*fs().read(path("log"), 100), "one,two");
}

TEST(RealFiles, ModesAndDirectories) {
  const TempDir folder;
  const std::string root = folder.file("modes");
  FileSystem& fs = FileSystem::real();
  ASSERT_TRUE(fs.make_directories(root, 0700).ok());
  ASSERT_TRUE(fs.write_atomic(root + "/f", "x", 0600).ok());
  struct stat info{};
  ASSERT_EQ(::stat((root + "/f").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  EXPECT_EQ(fs.read(root, 10).error().code, Code::kInvalidArgument);
  EXPECT_FALSE(fs.make_directories(root + "/f/g", 0700).ok());
  EXPECT_FALSE(fs.make_directories(root + "/f", 0700).ok());
}

TEST(RealFiles, AFullDiskSaysSo) {
  auto file = FileSystem::real().open_append("/dev/full", 0600);
  if (!file.ok()) GTEST_SKIP() << "no /dev/full here";
  const Status status = (*file)->append("x");
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().kind, "disk_full");
  EXPECT_FALSE(status.error().remedy.empty());
}

TEST(SimDisk, FullDisk) {
  sim::SimFileSystem disk;
  disk.set_capacity(10);
  auto file = disk.open_append("/log", 0600);
  EXPECT_TRUE((*file)->append("12345678").ok());
  const Status full = (*file)->append("123");
  ASSERT_FALSE(full.ok());
  EXPECT_EQ(full.error().kind, "disk_full");
  EXPECT_EQ(*disk.read("/log", 100), "12345678");
  EXPECT_FALSE(disk.write_atomic("/other", "123", 0600).ok());
  EXPECT_TRUE((*file)->append("9").ok());
}

TEST(SimDisk, ACrashLosesWhatWasNotSynced) {
  sim::SimFileSystem disk;
  auto file = disk.open_append("/log", 0600);
  EXPECT_TRUE((*file)->append("synced").ok());
  EXPECT_TRUE((*file)->sync().ok());
  EXPECT_TRUE((*file)->append("lost").ok());
  EXPECT_TRUE(disk.write_atomic("/config", "whole", 0600).ok());
  disk.crash(2);
  EXPECT_EQ(*disk.read("/log", 100), "syncedlo");  // a torn tail
  EXPECT_EQ(*disk.read("/config", 100), "whole");
  EXPECT_FALSE((*file)->append("x").ok());
  disk.crash();
  EXPECT_EQ(*disk.read("/log", 100), "syncedlo");  // what survived is on the disk
}

TEST(SimDisk, ShortWritesAndFailingCalls) {
  sim::SimFileSystem disk;
  auto file = disk.open_append("/log", 0600);
  disk.cut_next_append(2);
  EXPECT_FALSE((*file)->append("12345").ok());
  EXPECT_EQ((*file)->size(), 0u);
  EXPECT_TRUE((*file)->append("12345").ok());
  disk.fail_change(2);
  EXPECT_TRUE((*file)->append("6").ok());
  const Status failed = (*file)->sync();
  ASSERT_FALSE(failed.ok());
  EXPECT_EQ(failed.error().code, Code::kDataLoss);
  EXPECT_TRUE((*file)->sync().ok());
}

}  // namespace
}  // namespace interposer::net
