#include "remote/retry_after.h"

#include <gtest/gtest.h>

#include "remote/usage_tap.h"

namespace interposer::remote {
namespace {

using namespace std::chrono_literals;

constexpr WallMs kNow = 1763800000000;  // 2025-11-22T08:26:40Z

TEST(RetryAfter, EveryForm) {
  EXPECT_EQ(parse_wait("7", kNow), 7s);
  EXPECT_EQ(parse_wait(" 0.5 ", kNow), 500ms);
  EXPECT_EQ(parse_wait("6m0s", kNow), 360s);
  EXPECT_EQ(parse_wait("1m2.5s", kNow), 62500ms);
  EXPECT_EQ(parse_wait("250ms", kNow), 250ms);
  EXPECT_EQ(parse_wait("1763800030", kNow), 30s);
  EXPECT_EQ(parse_wait("Sat, 22 Nov 2025 08:26:50 GMT", kNow), 10s);
  EXPECT_EQ(parse_wait("2025-11-22T08:27:00Z", kNow), 20s);
  EXPECT_EQ(parse_wait("86400", kNow), 3600s);  // never longer than an hour
  EXPECT_EQ(parse_wait("soon", kNow), std::nullopt);
  EXPECT_EQ(parse_wait("", kNow), std::nullopt);
  EXPECT_EQ(parse_wait("-3", kNow), std::nullopt);
  EXPECT_EQ(parse_wait("Sat, 22 Nov 2025 08:00:00 GMT", kNow), std::nullopt);
}

TEST(RetryAfter, TheLongestHintWins) {
  http::Headers headers;
  headers.add("Retry-After", "2");
  headers.add("x-ratelimit-remaining-requests", "5");
  headers.add("x-ratelimit-reset-requests", "1h0m0s");
  EXPECT_EQ(retry_after(headers, kNow), 2s);
  headers.add("x-ratelimit-remaining-tokens", "0");
  headers.add("x-ratelimit-reset-tokens", "7.5s");
  EXPECT_EQ(retry_after(headers, kNow), 7500ms);
  headers.add("retry-after-ms", "9000");
  EXPECT_EQ(retry_after(headers, kNow), 9s);
  EXPECT_EQ(retry_after({}, kNow), std::nullopt);
}

TEST(UsageTap, ReadsUsageAndTelemetryOfABody) {
  UsageTap tap;
  ASSERT_TRUE(tap.body(R"({"choices":[{"message":{"content":"say \"usage\":{}"}}],)"
                       R"("usage":{"prompt_tokens":9,"completion_tokens":4,"queue_time":0.5},)"
                       R"("timings":{"prompt_ms":7}})")
                  .ok());
  wire::Usage usage;
  tap.settle(100, &usage);
  EXPECT_EQ(usage.tokens.input, 9);
  EXPECT_EQ(usage.telemetry.queue_ms, 500);
  EXPECT_EQ(usage.telemetry.prefill_ms, 7);
  EXPECT_FALSE(UsageTap().body("<html>").ok());
  EXPECT_FALSE(UsageTap().body("[1]").ok());
  EXPECT_FALSE(UsageTap().body(R"({"error":{"message":"x"}})").ok());
  EXPECT_TRUE(UsageTap().body(R"( {"data":[]})").ok());
}

TEST(UsageTap, OddButLegalFrames) {
  UsageTap tap;
  EXPECT_TRUE(tap.frame("data: {\"choices\":\r\ndata: []}\r\n\r\n").ok());
  EXPECT_TRUE(tap.frame(": comment\n\n").ok());
  EXPECT_TRUE(tap.frame("event: ping\ndata: {\"choices\":[]}\n\n").ok());
  EXPECT_FALSE(tap.end_of_stream().ok());
  EXPECT_TRUE(tap.frame("data:[DONE]\n\n").ok());
  EXPECT_TRUE(tap.end_of_stream().ok());
  EXPECT_FALSE(tap.frame("data: <html>\n\n").ok());
  EXPECT_FALSE(tap.frame("data: {\"choices\":[{\"delta\"}\n\n").ok());
  // The word alone is no failure: it may be what the model talks about.
  EXPECT_TRUE(
      tap.frame("data: {\"choices\":[{\"delta\":{\"content\":\"\\\"error\\\"\"}}]}\n\n").ok());
  EXPECT_TRUE(tap.frame("data: {\"choices\":[],\"error\":null}\n\n").ok());
  EXPECT_FALSE(tap.frame("data: {\"error\":{\"message\":\"x\"}}\n\n").ok());
}

}  // namespace
}  // namespace interposer::remote
