#include "runs/history.h"

#include <gtest/gtest.h>

#include "base/utf8.h"

namespace interposer::runs {
namespace {

Turn turn(std::string question, std::string answer, State state = State::kDone) {
  Turn t;
  t.question = std::move(question);
  t.answer = std::move(answer);
  t.state = state;
  return t;
}

TurnRequest ask(std::string question) {
  TurnRequest r;
  r.question = std::move(question);
  r.target = "tiny";
  return r;
}

TEST(History, TakesAnsweredTurnsOldestFirst) {
  const wire::Chat chat =
      build_chat({turn("q1", R"({"text":"a1"})"), turn("q2", R"({"error":{}})", State::kFailed),
                  turn("q3", R"({"sentences":[{"text":"S1."},{"text":"S2."}]})", State::kStopped),
                  turn("q4", R"({"refused":true})", State::kRefused)},
                 ask("q5"), 0);
  ASSERT_EQ(chat.messages.size(), 5u);
  EXPECT_EQ(chat.messages[0].text(), "q1");
  EXPECT_EQ(chat.messages[1].text(), "a1");
  EXPECT_EQ(chat.messages[1].role, wire::Role::kAssistant);
  EXPECT_EQ(chat.messages[2].text(), "q3");
  EXPECT_EQ(chat.messages[3].text(), "S1. S2.");
  EXPECT_EQ(chat.messages[4].text(), "q5");
  EXPECT_TRUE(chat.extra.empty());
}

TEST(History, DropsTheOldestBeyondTheContext) {
  const std::string long_answer = R"({"text":")" + std::string(400, 'a') + R"("})";
  const wire::Chat chat =
      build_chat({turn("old", long_answer), turn("new", long_answer)}, ask("q"), 512);
  ASSERT_EQ(chat.messages.size(), 3u);
  EXPECT_EQ(chat.messages[0].text(), "new");
}

TEST(History, PassesTheAssistantsOptionsBesideTheChat) {
  TurnRequest r = ask("q");
  r.mode = "generate";
  r.answer_with = "fa\"st";
  const wire::Chat chat = build_chat({}, r, 0);
  ASSERT_EQ(chat.extra.size(), 1u);
  EXPECT_EQ(chat.extra[0].first, "interposer");
  EXPECT_EQ(chat.extra[0].second, R"({"mode":"generate","answer_with":"fa\"st"})");
}

TEST(History, TitlesAreTheFirstLineCutBetweenWords) {
  EXPECT_EQ(title_of("  Which suppliers make HBM?\nAnd more"), "Which suppliers make HBM?");
  const std::string title = title_of(
      "Compare the capacity and the bandwidth of the memory of H200, B200 and MI355X please");
  EXPECT_EQ(title, "Compare the capacity and the bandwidth of the memory of\u2026");
  std::string umlauts;
  for (int i = 0; i < 100; ++i) umlauts += "\u00e4";
  EXPECT_TRUE(utf8_valid(title_of(umlauts)));
  EXPECT_EQ(utf8_count(title_of(umlauts)), 61u);
}

}  // namespace
}  // namespace interposer::runs
