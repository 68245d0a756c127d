#include "runs/mapper.h"

#include <gtest/gtest.h>

#include "runs/answer.h"

namespace interposer::runs {
namespace {

struct Fixture {
  explicit Fixture(bool grounded, std::string target = "assistant/handbook")
      : mapper(std::move(target), grounded,
               [this](std::string o) { out.push_back(std::move(o)); }) {}
  std::vector<std::string> out;
  Mapper mapper;

  std::vector<LogEvent> logged() const {
    std::vector<LogEvent> events;
    EventLog log(1 << 20);
    for (const std::string& object : out) log.append(object);
    return log.all();
  }
};

wire::Event delta(std::string text) {
  wire::TextDelta d;
  d.text = std::move(text);
  return d;
}

TEST(Mapper, PlainTextIsHeldUntilFlushedAndStartsOnce) {
  Fixture f(false, "tiny");
  f.mapper.accept(wire::Started{"id", "tiny-q4", 0, ""}, 1);
  f.mapper.accept(delta("Hel"), 2);
  f.mapper.accept(delta("lo"), 3);
  ASSERT_EQ(f.out.size(), 1u);
  EXPECT_EQ(f.out[0], R"({"type":"start","mode":"chat","model":"tiny-q4"})");
  EXPECT_TRUE(f.mapper.holds_text());
  f.mapper.flush();
  ASSERT_EQ(f.out.size(), 2u);
  EXPECT_EQ(f.out[1], R"({"type":"delta","text":"Hello"})");
  f.mapper.flush();
  EXPECT_EQ(f.out.size(), 2u);
}

TEST(Mapper, GroundedTextCountsOnlyAsSentences) {
  Fixture f(true);
  f.mapper.accept(wire::Part{"start", R"({"mode":"extract","model":"extract","base":"handbook"})"},
                  5);
  f.mapper.accept(delta("HBM is stacked."), 6);
  f.mapper.flush();
  wire::Citation c;
  c.n = 1;
  c.document = "handbook/hbm.md";
  c.version = "00ff";
  c.title = "HBM";
  c.start = 3;
  c.end = 18;
  c.page = 2;
  c.quote = "HBM is \"stacked\".";
  f.mapper.accept(c, 7);
  wire::Sentence s;
  s.text = "HBM is stacked.";
  s.citations = {1};
  f.mapper.accept(s, 8);
  f.mapper.accept(wire::Part{"why", R"({"threshold":0.5})"}, 9);
  const std::string done = f.mapper.done({}, 20);
  ASSERT_EQ(f.out.size(), 3u);
  EXPECT_EQ(f.out[0], R"({"type":"start","mode":"extract","model":"extract","base":"handbook"})");
  EXPECT_EQ(
      f.out[1],
      R"({"type":"citation","citation":{"n":1,"document":"handbook/hbm.md","version":"00ff",)"
      R"("title":"HBM","uri":"","start":3,"end":18,"page":2,"quote":"HBM is \"stacked\"."}})");
  EXPECT_EQ(f.out[2], R"({"type":"sentence","text":"HBM is stacked.","citations":[1]})");
  EXPECT_NE(done.find(R"("why":{"threshold":0.5})"), std::string::npos);
  EXPECT_NE(done.find(R"("cost_usd":0)"), std::string::npos);
  EXPECT_NE(done.find(R"("retrieve":5)"), std::string::npos);
}

TEST(Mapper, ARefusalsWordsAreNotShownTwice) {
  Fixture f(true);
  f.mapper.accept(delta("I found nothing."), 1);
  f.mapper.accept(
      wire::Part{"refusal", R"({"reason":"nothing about it","searched":{"documents":3}})"}, 2);
  const std::string done = f.mapper.done({}, 3);
  EXPECT_TRUE(f.mapper.refused());
  for (const std::string& object : f.out) EXPECT_EQ(object.find("sentence"), std::string::npos);
  std::vector<LogEvent> events = f.logged();
  events.push_back({99, "{\"n\":99," + done.substr(1)});
  EXPECT_EQ(end_state(events), State::kRefused);
}

TEST(Mapper, TablesKeepTheirJsonWrappedOrBare) {
  for (const char* json : {R"({"title":"T","rows":[]})", R"({"table":{"title":"T","rows":[]}})"}) {
    Fixture f(true);
    f.mapper.accept(wire::Part{"table", json}, 1);
    ASSERT_EQ(f.out.size(), 1u);
    EXPECT_EQ(f.out[0], R"({"type":"table","table":{"title":"T","rows":[]}})");
  }
}

TEST(Mapper, APartThatIsNoJsonIsLeftOut) {
  Fixture f(true);
  f.mapper.accept(wire::Part{"table", "{\"title\":"}, 1);
  EXPECT_TRUE(f.out.empty());
}

TEST(Mapper, UncitedRestOfAGroundedAnswerIsASentenceWithoutCitations) {
  Fixture f(true);
  f.mapper.accept(delta("  And so on. "), 1);
  (void)f.mapper.done({}, 3);
  ASSERT_EQ(f.out.size(), 2u);
  EXPECT_EQ(f.out[0], R"({"type":"sentence","text":"And so on.","citations":[]})");
}

TEST(Answer, FoldsEveryPrefixOfARun) {
  const std::vector<LogEvent> events = {
      {1, R"({"n":1,"type":"start","mode":"extract","model":"extract","base":"handbook"})"},
      {2, R"({"n":2,"type":"citation","citation":{"n":1,"document":"handbook/a","quote":"q"}})"},
      {3, R"({"n":3,"type":"sentence","text":"One.","citations":[1]})"},
      {4, R"({"n":4,"type":"sentence","text":"Two.","citations":[],"flag":"unsupported"})"},
      {5, R"({"n":5,"type":"done","usage":{"input_tokens":1},"cost_usd":0,"why":{"coverage":1}})"}};
  EXPECT_EQ(fold_answer({}), R"({"refused":false,"sentences":[],"citations":[]})");
  const std::string whole = fold_answer(events);
  EXPECT_EQ(whole,
            R"({"mode":"extract","model":"extract","base":"handbook","usage":{"input_tokens":1},)"
            R"("cost_usd":0,"why":{"coverage":1},"refused":false,)"
            R"("sentences":[{"text":"One.","citations":[1]},)"
            R"({"text":"Two.","citations":[],"flag":"unsupported"}],)"
            R"("citations":[{"n":1,"document":"handbook/a","quote":"q"}]})");
  EXPECT_EQ(answer_text(whole), "One. Two.");
  EXPECT_EQ(end_state(events), State::kDone);
  EXPECT_EQ(end_state({events.begin(), events.begin() + 3}), State::kRunning);
}

TEST(Answer, QuotingARefusalIsNoRefusal) {
  const std::vector<LogEvent> events = {
      {1, R"({"n":1,"type":"delta","text":"{\"type\":\"refusal\"} and \"type\":\"refusal\""})"},
      {2, R"({"n":2,"type":"done"})"}};
  EXPECT_EQ(end_state(events), State::kDone);
}

}  // namespace
}  // namespace interposer::runs
