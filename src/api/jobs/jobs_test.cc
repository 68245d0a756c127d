#include "api/jobs/jobs.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <latch>

#include "api/testing/world.h"

namespace interposer::api {
namespace {

using testing::FakeExchange;
using testing::World;

Result<std::vector<runs::testing::Step>> nothing(const wire::Request&) {
  return std::vector<runs::testing::Step>();
}

std::string job_of(const FakeExchange& exchange) {
  const std::size_t at = exchange.out.find("\"job\":\"");
  if (at == std::string::npos) return exchange.out;
  return exchange.out.substr(at + 7, exchange.out.find('"', at + 7) - at - 7);
}

class JobRoutes : public ::testing::Test {
 protected:
  World world{nothing};
  FakeExchange send(FakeExchange exchange) {
    world.send(&exchange);
    return exchange;
  }
  FakeExchange ingest(std::string body, int uid = static_cast<int>(::geteuid())) {
    FakeExchange exchange("POST", "/api/v1/ingest");
    exchange.json(std::move(body)).over_socket(uid);
    return send(exchange);
  }
  // All events of a job; the stream ends with the job.
  std::string events(const std::string& job) {
    return send(FakeExchange("GET", "/api/v1/jobs/" + job + "/events")).out;
  }
};

TEST_F(JobRoutes, AnUploadIsIngestedAndToldFileByFile) {
  FakeExchange upload("PUT", "/api/v1/bases/handbook/uploads/sub%2Fnotes.md");
  upload.octets("My notes");
  const FakeExchange accepted = send(upload);
  EXPECT_EQ(accepted.answer.status, 202);
  EXPECT_EQ(events(job_of(accepted)),
            "id: 1\ndata: {\"n\":1,\"type\":\"file\",\"file\":\"sub/notes.md\","
            "\"state\":\"searchable\"}\n\n"
            "id: 2\ndata: {\"n\":2,\"type\":\"done\",\"summary\":{\"added\":1,\"changed\":0,"
            "\"unchanged\":0,\"deleted\":0,\"failed\":0,\"chunks\":0,\"vectors\":0}}\n\n");
  EXPECT_EQ(world.knowledge.version("handbook/sub/notes.md", "")->text, "My notes");
}

TEST_F(JobRoutes, UploadsThatCannotBeTakenAreRefused) {
  FakeExchange no_base("PUT", "/api/v1/bases/none/uploads/a.md");
  EXPECT_NE(send(no_base.octets("x")).out.find("unknown_base"), std::string::npos);
  for (const char* name : {"..%2F..%2Fetc%2Fpasswd", "%2Fabsolute", "a%00b", "a%2F%2Fb", "%FF"}) {
    FakeExchange bad("PUT", std::string("/api/v1/bases/handbook/uploads/") + name);
    EXPECT_NE(send(bad.octets("x")).out.find("invalid_file_name"), std::string::npos) << name;
  }
  FakeExchange large("PUT", "/api/v1/bases/handbook/uploads/large.md");
  EXPECT_EQ(send(large.octets(std::string(64 * 1024 * 1024 + 1, 'x'))).answer.status, 413);
}

TEST_F(JobRoutes, PathsAreTakenOnlyOverTheOwnersSocket) {
  const std::string body = R"({"base":"new","paths":["/data/a.md"]})";
  EXPECT_NE(ingest(body, -1).out.find("paths_need_socket"), std::string::npos);
  EXPECT_EQ(ingest(body, static_cast<int>(::geteuid()) + 7).answer.status, 403);
  EXPECT_FALSE(world.knowledge.has_base("new"));
  const FakeExchange accepted = ingest(body);
  EXPECT_EQ(accepted.answer.status, 202);
  EXPECT_NE(events(job_of(accepted)).find("\"added\":1"), std::string::npos);
  EXPECT_TRUE(world.knowledge.has_base("new"));
}

TEST_F(JobRoutes, OrdersThatMakeNoSenseAreRefused) {
  EXPECT_EQ(ingest(R"({"base":"b"})").answer.status, 400);
  EXPECT_EQ(ingest(R"({"base":"b","paths":["relative"]})").answer.status, 400);
  EXPECT_EQ(ingest(R"({"base":"b","paths":"/a"})").answer.status, 400);
  EXPECT_EQ(ingest(R"({"base":"b/c","paths":["/a"]})").answer.status, 400);
  EXPECT_EQ(ingest(R"({"base":"b","paths":["/a"],"format":"xml"})").answer.status, 400);
  EXPECT_NE(events("job_none").find("unknown_job"), std::string::npos);
}

TEST_F(JobRoutes, AFailedIngestEndsWithItsReason) {
  const FakeExchange accepted = ingest(R"({"base":"b","paths":["/bad"]})");
  const std::string told = events(job_of(accepted));
  EXPECT_NE(told.find("\"type\":\"error\""), std::string::npos);
  EXPECT_NE(told.find("there is no such file"), std::string::npos);
  EXPECT_NE(told.find("check the path"), std::string::npos);
}

TEST_F(JobRoutes, ReindexTellsItsProgress) {
  FakeExchange reindex("POST", "/api/v1/bases/handbook/reindex");
  const FakeExchange accepted = send(reindex.json("{}"));
  EXPECT_EQ(accepted.answer.status, 202);
  EXPECT_NE(events(job_of(accepted)).find("\"type\":\"progress\",\"done\":2,\"total\":2"),
            std::string::npos);
  FakeExchange unknown("POST", "/api/v1/bases/none/reindex");
  EXPECT_EQ(send(unknown.json("{}")).answer.status, 404);
}

Jobs::Work waits_for(std::latch* go) {
  return [go](Jobs::Progress, std::stop_token) -> Result<knowledge::IngestSummary> {
    go->wait();
    return knowledge::IngestSummary{};
  };
}

TEST(Jobs, OneAtATimeForABaseAndABoundedQueue) {
  std::latch go(1);
  std::atomic<int> others = 0;
  JobOptions options;
  options.waiting_max = 2;
  options.waiting_bytes_max = 100;
  Jobs jobs(options);
  ASSERT_TRUE(jobs.add("a", 0, waits_for(&go)));
  // Another base goes on beside it: this returns only when it ran.
  const auto other = jobs.add("b", 0, [&](Jobs::Progress, std::stop_token) {
    others += 1;
    return Result<knowledge::IngestSummary>(knowledge::IngestSummary{});
  });
  ASSERT_TRUE(other);
  while (!(*jobs.events(*other))->closed()) std::this_thread::yield();
  EXPECT_EQ(others, 1);
  while (jobs.waiting() > 0) std::this_thread::yield();

  const auto second = jobs.add("a", 60, waits_for(&go));
  ASSERT_TRUE(second);
  EXPECT_FALSE((*jobs.events(*second))->closed());
  EXPECT_TRUE(jobs.busy("a"));
  EXPECT_FALSE(jobs.busy("b"));
  EXPECT_EQ(jobs.add("a", 60, waits_for(&go)).error().kind, "queue_full");
  ASSERT_TRUE(jobs.add("a", 0, waits_for(&go)));
  EXPECT_EQ(jobs.add("a", 0, waits_for(&go)).error().kind, "queue_full");
  EXPECT_EQ(jobs.waiting(), 2u);
  go.count_down();
  while (!(*jobs.events(*second))->closed()) std::this_thread::yield();
}

TEST(Jobs, EndingTheServerStopsWhatRuns) {
  std::atomic<bool> stopped = false;
  {
    Jobs jobs;
    std::latch running(1);
    ASSERT_TRUE(jobs.add("a", 0, [&](Jobs::Progress, std::stop_token stop) {
      running.count_down();
      while (!stop.stop_requested()) std::this_thread::yield();
      stopped = true;
      return Result<knowledge::IngestSummary>(knowledge::IngestSummary{});
    }));
    running.wait();
  }
  EXPECT_TRUE(stopped);
}

TEST(Jobs, OldOnesAreForgotten) {
  JobOptions options;
  options.kept_max = 1;
  Jobs jobs(options);
  const auto quick = [](Jobs::Progress, std::stop_token) {
    return Result<knowledge::IngestSummary>(knowledge::IngestSummary{});
  };
  const std::string first = *jobs.add("a", 0, quick);
  const auto log = *jobs.events(first);
  while (!log->closed()) std::this_thread::yield();
  const std::string second = *jobs.add("a", 0, quick);
  const auto second_log = *jobs.events(second);
  while (!second_log->closed()) std::this_thread::yield();
  while (jobs.events(first)) std::this_thread::yield();
  EXPECT_EQ(jobs.events(first).error().kind, "unknown_job");
}

}  // namespace
}  // namespace interposer::api
