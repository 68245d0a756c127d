#include "runs/event_log.h"

#include <gtest/gtest.h>

#include <thread>

#include "net/loop.h"
#include "runs/test_support.h"

namespace interposer::runs {
namespace {

TEST(EventLog, NumbersFromOneWithoutGapsAndEndsOnce) {
  EventLog log(1 << 20);
  LogEvent stored;
  EXPECT_TRUE(log.append(R"({"type":"delta"})", &stored));
  EXPECT_EQ(stored.json, R"({"n":1,"type":"delta"})");
  EXPECT_TRUE(log.close(R"({"type":"done"})"));
  EXPECT_FALSE(log.append(R"({"type":"delta"})"));
  EXPECT_FALSE(log.close(R"({"type":"done"})"));
  bool end = false;
  const auto events = log.read(0, 1 << 20, &end);
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[1].n, 2);
  EXPECT_TRUE(end);
}

TEST(EventLog, ReadsInPiecesOfBoundedSize) {
  EventLog log(1 << 20);
  for (int i = 0; i < 100; ++i) log.append(R"({"type":"delta","text":"0123456789"})");
  log.close(R"({"type":"done"})");
  std::int64_t after = 0;
  bool end = false;
  int reads = 0;
  while (!end) {
    const auto events = log.read(after, 200, &end);
    ASSERT_FALSE(events.empty());
    for (const LogEvent& event : events) EXPECT_EQ(event.n, ++after);
    ++reads;
  }
  EXPECT_EQ(after, 101);
  EXPECT_GT(reads, 10);
}

TEST(EventLog, RefusesBeyondItsBytesButAlwaysTakesTheEnd) {
  EventLog log(64);
  EXPECT_TRUE(log.append(R"({"type":"delta","text":"012345678901234567890"})"));
  EXPECT_FALSE(log.append(R"({"type":"delta","text":"012345678901234567890"})"));
  EXPECT_TRUE(log.close(R"({"type":"error","code":"answer_too_long"})"));
  EXPECT_EQ(log.last(), 2);
}

net::Task<void> collect(std::shared_ptr<EventLog> log, std::int64_t after, std::vector<int>* out) {
  bool end = false;
  while (!end) {
    co_await log->wait(after, kNever, {});
    const auto events = log->read(after, 100, &end);
    for (const LogEvent& event : events) out->push_back(static_cast<int>(event.n));
    if (!events.empty()) after = events.back().n;
  }
}

TEST(EventLog, AReaderFollowsAWriterOnAnotherThread) {
  const auto loop = net::make_loop();
  const auto log = std::make_shared<EventLog>(1 << 20);
  std::thread writer([log] {
    for (int i = 0; i < 500; ++i) log->append(R"({"type":"progress"})");
    log->close(R"({"type":"done"})");
  });
  std::vector<int> seen;
  testing::run_on(loop.get(), [&] { return collect(log, 0, &seen); });
  writer.join();
  ASSERT_EQ(seen.size(), 501u);
  for (int i = 0; i < 501; ++i) EXPECT_EQ(seen[static_cast<std::size_t>(i)], i + 1);
}

net::Task<void> wait_twice(std::shared_ptr<EventLog> log, std::stop_source stop, int* woken) {
  const TimePoint soon = net::Loop::current()->now() + std::chrono::milliseconds(5);
  co_await log->wait(0, soon, {});
  *woken += 1;
  net::Loop::current()->post([stop]() mutable { stop.request_stop(); });
  co_await log->wait(0, kNever, stop.get_token());
  *woken += 1;
}

TEST(EventLog, AWaitEndsAtItsDeadlineAndWhenAskedToStop) {
  const auto loop = net::make_loop();
  int woken = 0;
  testing::run_on(loop.get(), [&] {
    return wait_twice(std::make_shared<EventLog>(100), std::stop_source(), &woken);
  });
  EXPECT_EQ(woken, 2);
}

}  // namespace
}  // namespace interposer::runs
