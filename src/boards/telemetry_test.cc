#include "boards/telemetry.h"

#include <gtest/gtest.h>

namespace interposer::boards {
namespace {

TEST(Telemetry, EachProvidersPlace) {
  const TelemetryRecord groq = read_telemetry(
      R"({"x_groq":{"usage":{"queue_time":0.01,"prompt_time":0.02,"completion_time":0.5,"total_time":0.52}}})");
  EXPECT_DOUBLE_EQ(groq.queue_ms.value(), 10);
  EXPECT_DOUBLE_EQ(groq.prefill_ms.value(), 20);
  EXPECT_DOUBLE_EQ(groq.decode_ms.value(), 500);
  const TelemetryRecord cerebras = read_telemetry(
      R"({"time_info":{"queue_time":0.001,"completion_time":0.2},"service_tier":"flex"})");
  EXPECT_DOUBLE_EQ(cerebras.queue_ms.value(), 1);
  EXPECT_EQ(cerebras.tier, "flex");
  const TelemetryRecord llama = read_telemetry(
      R"({"timings":{"prompt_ms":5,"predicted_ms":50,"predicted_per_second":80.5,"draft_n":10,"draft_n_accepted":7}})");
  EXPECT_DOUBLE_EQ(llama.prefill_ms.value(), 5);
  EXPECT_DOUBLE_EQ(llama.tokens_per_s.value(), 80.5);
  EXPECT_DOUBLE_EQ(llama.draft_accept.value(), 0.7);
  const TelemetryRecord vllm = read_telemetry(R"({"metrics":{"time_to_first_token_ms":33}})");
  EXPECT_DOUBLE_EQ(vllm.ttft_ms.value(), 33);
  const TelemetryRecord fireworks =
      read_telemetry(R"({"perf_metrics":{"server-time-to-first-token":"0.012s"}})");
  EXPECT_DOUBLE_EQ(fireworks.ttft_ms.value(), 12);
}

TEST(Telemetry, EnergyInAComment) {
  const TelemetryRecord record =
      read_telemetry_comment(": energy {\"joules\":12.5,\"average_watts\":300}\n\n");
  EXPECT_DOUBLE_EQ(record.joules.value(), 12.5);
  EXPECT_DOUBLE_EQ(record.watts.value(), 300);
  EXPECT_TRUE(read_telemetry_comment(": keep-alive\n\n").empty());
}

TEST(Telemetry, AbsentStaysAbsent) {
  EXPECT_TRUE(read_telemetry("{}").empty());
  EXPECT_TRUE(read_telemetry("not json").empty());
  EXPECT_TRUE(read_telemetry(R"({"usage":{"queue_time":"soon","prompt_time":-1}})").empty());
  TelemetryRecord all;
  all.queue_ms = 1;
  TelemetryRecord more;
  more.joules = 2;
  all.merge(more);
  EXPECT_EQ(all.queue_ms, 1);
  EXPECT_EQ(all.joules, 2);
}

TEST(Telemetry, CheapLookMissesNothing) {
  EXPECT_TRUE(may_hold_telemetry("data: {\"timings\":{}}"));
  EXPECT_TRUE(may_hold_telemetry(": energy {}"));
  EXPECT_FALSE(may_hold_telemetry("data: {\"choices\":[]}"));
}

}  // namespace
}  // namespace interposer::boards
