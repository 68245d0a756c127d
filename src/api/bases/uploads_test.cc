#include "api/bases/uploads.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "api/testing/world.h"

namespace interposer::api {
namespace {

using testing::World;

Result<std::vector<runs::testing::Step>> nothing(const wire::Request&) {
  return std::vector<runs::testing::Step>();
}

int files_in(const std::string& dir) {
  int count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(dir))
    count += entry.is_regular_file();
  return count;
}

void wait_for(World* world, const std::string& job) {
  const auto log = world->jobs.events(job);
  ASSERT_TRUE(log);
  while (!(*log)->closed()) std::this_thread::yield();
}

TEST(Uploads, AreKeptUntilTheyAreIngested) {
  World world(nothing);
  world.services.upload_dir = world.dir.file("uploads");
  const auto job = accept_upload(world.services, {"handbook", "a/b.md", std::string("x\0\ny", 4)});
  ASSERT_TRUE(job) << job.error().to_string();
  wait_for(&world, *job);
  EXPECT_EQ(world.knowledge.version("handbook/a/b.md", "")->text, std::string("x\0\ny", 4));
  EXPECT_EQ(files_in(world.services.upload_dir), 0);
}

TEST(Uploads, OfAKilledServerAreTakenUpByTheNext) {
  World world(nothing);
  world.services.upload_dir = world.dir.file("uploads");
  std::filesystem::create_directories(world.services.upload_dir);
  std::ofstream(world.services.upload_dir + "/up_1.upload")
      << "{\"base\":\"handbook\",\"name\":\"late.md\"}\nLate words";
  std::ofstream(world.services.upload_dir + "/up_2.upload") << "{\"base\":";
  std::ofstream(world.services.upload_dir + "/up_3.upload")
      << "{\"base\":\"gone\",\"name\":\"x.md\"}\nx";
  const auto queued = recover_uploads(world.services);
  ASSERT_TRUE(queued);
  EXPECT_EQ(*queued, 1);
  while (world.jobs.busy("handbook")) std::this_thread::yield();
  EXPECT_EQ(world.knowledge.version("handbook/late.md", "")->text, "Late words");
  EXPECT_EQ(files_in(world.services.upload_dir), 0);
}

TEST(Uploads, WithoutAFolderWaitInMemory) {
  World world(nothing);
  const auto job = accept_upload(world.services, {"handbook", "a.md", "words"});
  ASSERT_TRUE(job);
  wait_for(&world, *job);
  EXPECT_EQ(world.knowledge.version("handbook/a.md", "")->text, "words");
  EXPECT_EQ(accept_upload(world.services, {"none", "a.md", ""}).error().kind, "unknown_base");
  EXPECT_EQ(accept_upload(world.services, {"handbook", "../a", ""}).error().kind,
            "invalid_file_name");
}

}  // namespace
}  // namespace interposer::api
