#include "evals/run/replay.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace interposer::evals {
namespace {

constexpr const char* kHead =
    "{\"interposer_capture\":1,\"opt_in\":true,\"redacted\":[\"email\"]}\n";

std::string request(const std::string& id, const std::string& label = "") {
  return "{\"id\":\"" + id +
         "\",\"route\":\"fast\",\"request\":{\"model\":\"fast\",\"seed\":3,\"messages\":"
         "[{\"role\":\"user\",\"content\":\"q " +
         id +
         "\"},{\"role\":\"tool\",\"tool_call_id\":\"c\","
         "\"content\":\"7\"}]},\"ms\":50" +
         (label.empty() ? "" : ",\"label\":\"" + label + "\"") + "}\n";
}

Response answer(const std::string& unit, const std::string& target, const std::string& text) {
  Response r;
  r.unit = unit;
  r.target = target;
  r.text = text;
  r.total_ms = 10;
  return r;
}

TEST(Capture, TheShippedFixtureIsOne) {
  std::ifstream file(INTERPOSER_SOURCE_DIR "/data/evals/capture/fixture.jsonl");
  std::stringstream text;
  text << file.rdbuf();
  const auto capture = parse_capture(text.str(), "fixture.jsonl");
  ASSERT_TRUE(capture.ok()) << capture.error().to_string();
  EXPECT_EQ(capture->requests.size(), 9U);
  EXPECT_EQ(capture->redacted.size(), 2U);
}

TEST(Capture, IsRefusedWithoutConsentOrRedaction) {
  for (const char* head :
       {"{\"interposer_capture\":1,\"redacted\":[]}\n",
        "{\"interposer_capture\":1,\"opt_in\":false,\"redacted\":[]}\n",
        "{\"interposer_capture\":1,\"opt_in\":true}\n",
        "{\"interposer_capture\":2,\"opt_in\":true,\"redacted\":[]}\n", "[]\n"}) {
    const auto capture = parse_capture(std::string(head) + request("a"), "c");
    ASSERT_FALSE(capture.ok()) << head;
    EXPECT_NE(capture.error().message.find("c:1"), std::string::npos);
  }
  EXPECT_FALSE(parse_capture(std::string(kHead) + request("a") + request("a"), "c").ok());
  EXPECT_FALSE(parse_capture(kHead, "c").ok());
}

TEST(Replay, OldNewAndOldAgainInterleavedWithLoggedToolResults) {
  const auto capture = parse_capture(std::string(kHead) + request("a") + request("b"), "c");
  const auto plan = plan_replay(*capture, *parse_routes("fast=new"));
  ASSERT_TRUE(plan.ok());
  ASSERT_EQ(plan->units.size(), 6U);
  EXPECT_NE(plan->units[0].body.find("\"model\":\"fast\""), std::string::npos);
  EXPECT_NE(plan->units[1].body.find("\"model\":\"new\""), std::string::npos);
  EXPECT_NE(plan->units[2].body.find("\"model\":\"fast\""), std::string::npos);
  EXPECT_NE(plan->units[0].key, plan->units[2].key);
  for (const Unit& unit : plan->units) {
    EXPECT_NE(unit.body.find("\"role\":\"tool\""), std::string::npos);
    EXPECT_NE(unit.body.find("\"seed\":3"), std::string::npos);
  }
  EXPECT_FALSE(plan_replay(*capture, *parse_routes("slow=new")).ok());
  EXPECT_FALSE(parse_routes("=x").ok());
}

TEST(Replay, WithoutLabelsQualityIsUnjudgedAndNoiseIsTheMeasure) {
  std::string text = kHead;
  std::vector<Response> same, other;
  for (int i = 0; i < 40; ++i) {
    const std::string id = "r" + std::to_string(i);
    text += request(id);
    const std::string again = i % 8 == 0 ? "the answer is alpha" : "the answer is beta";
    for (auto* set : {&same, &other}) {
      set->push_back(answer(id, "old", "the answer is beta"));
      set->push_back(answer(id, "old again", again));
    }
    same.push_back(answer(id, "new", i % 8 == 1 ? "the answer is alpha" : "the answer is beta"));
    other.push_back(answer(id, "new", "something else entirely"));
  }
  const auto capture = parse_capture(text, "c");
  const auto quiet = judge_replay(*capture, same);
  ASSERT_TRUE(quiet.ok());
  EXPECT_NE(quiet->agreement.metrics[0].judgement.verdict, stats::Verdict::kWorse);
  EXPECT_FALSE(quiet->quality.has_value());
  EXPECT_NEAR(quiet->identical_floor, 35.0 / 40, 1e-12);
  const auto loud = judge_replay(*capture, other);
  EXPECT_EQ(loud->agreement.metrics[0].judgement.verdict, stats::Verdict::kWorse);
  const auto block = replay_markdown(*capture, *loud);
  ASSERT_TRUE(block.ok());
  EXPECT_NE(block->find("**unjudged**"), std::string::npos);
  EXPECT_NE(block->find("unsupported"), std::string::npos);
  EXPECT_NE(block->find("answers differently"), std::string::npos);
}

TEST(Replay, LabelsJudgeQuality) {
  std::string text = kHead;
  std::vector<Response> answers;
  for (int i = 0; i < 40; ++i) {
    const std::string id = "r" + std::to_string(i);
    text += request(id, "beta");
    answers.push_back(answer(id, "old", "beta"));
    answers.push_back(answer(id, "old again", "beta"));
    answers.push_back(answer(id, "new", i % 2 == 0 ? "beta" : "gamma"));
  }
  const auto report = judge_replay(*parse_capture(text, "c"), answers);
  ASSERT_TRUE(report.ok());
  ASSERT_TRUE(report->quality.has_value());
  EXPECT_EQ(report->quality->metrics[0].judgement.verdict, stats::Verdict::kWorse);
}

}  // namespace
}  // namespace interposer::evals
