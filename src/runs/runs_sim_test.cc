// Whole lives of runs in a simulated world: virtual time, one seed each.
#include <gtest/gtest.h>

#include "net/sim/sim_loop.h"
#include "runs/runs.h"
#include "runs/test_support.h"

namespace interposer::runs {
namespace {

using std::chrono::milliseconds;
using testing::ScriptedBackend;
using testing::Step;

constexpr int kWords = 60;

std::string word(int i) { return "w" + std::to_string(i) + "."; }

// An answer that comes in fits and starts.
Result<std::vector<Step>> dribble(const wire::Request&) {
  std::vector<Step> steps(1);
  steps[0].events = {wire::Started{"id", "tiny", 0, ""}};
  for (int i = 0; i < kWords; ++i) {
    Step step;
    step.events = {testing::text(word(i))};
    step.wait = milliseconds(net::Loop::current()->random() % 40);
    steps.push_back(std::move(step));
  }
  return steps;
}

struct Outcome {
  std::vector<LogEvent> events;
  State state = State::kRunning;
  std::string answer;
};

net::Task<void> stop_later(Runs* runs, std::string run, Duration after) {
  co_await net::sleep_for(after);
  const Status stopped = co_await runs->stop("local", run);
  EXPECT_TRUE(stopped);
}

// A client that is thrown off again and again, and takes up where it was.
net::Task<void> follow_badly(Runs* runs, std::string run, std::vector<LogEvent>* out) {
  net::Loop* loop = net::Loop::current();
  bool ended = false;
  while (!ended) {
    std::int64_t after = 0;
    if (!out->empty()) after = out->back().n;
    auto subscription = co_await runs->subscribe("local", run, after);
    if (!subscription) {
      ADD_FAILURE() << subscription.error().to_string();
      co_return;
    }
    const std::uint64_t reads = loop->random() % 4;
    for (std::uint64_t i = 0; i <= reads && !subscription->ended(); ++i) {
      const auto events =
          co_await subscription->next(loop->now() + milliseconds(loop->random() % 50), {});
      out->insert(out->end(), events.begin(), events.end());
    }
    ended = subscription->ended();
    co_await net::sleep_for(milliseconds(loop->random() % 100));
  }
}

net::Task<void> life(Runs* runs, bool stopped, Outcome* one, Outcome* two) {
  const auto conversation = co_await runs->create("local", "", "");
  TurnRequest request;
  request.question = "Go on";
  request.target = "tiny";
  const auto run = co_await runs->add_turn(conversation->id, request, testing::me(), "trace");
  if (!run) {
    ADD_FAILURE() << run.error().to_string();
    co_return;
  }
  net::Nursery readers;
  readers.spawn(follow_badly(runs, *run, &one->events));
  readers.spawn(follow_badly(runs, *run, &two->events));
  if (stopped)
    readers.spawn(stop_later(runs, *run, milliseconds(net::Loop::current()->random() % 1500)));
  co_await readers.join();
  co_await runs->shutdown(net::Loop::current()->now());
  const auto thread = co_await runs->get("local", conversation->id);
  one->state = thread->turns[0].state;
  one->answer = thread->turns[0].answer;
}

std::string text_of(const std::vector<LogEvent>& events) {
  std::string out;
  for (const LogEvent& event : events) {
    const std::size_t at = event.json.find("\"type\":\"delta\",\"text\":\"");
    if (at != std::string::npos) out += event.json.substr(at + 23, event.json.size() - at - 25);
  }
  return out;
}

class RunsSim : public ::testing::TestWithParam<std::uint64_t> {};

TEST_P(RunsSim, EveryReaderSeesEveryEventOnceHoweverOftenItIsThrownOff) {
  const bool stopped = GetParam() % 2 == 0;
  ScriptedBackend backend(dribble);
  Options options;
  options.backend = &backend;
  auto runs = Runs::open(":memory:", options);
  ASSERT_TRUE(runs);
  Outcome one, two;
  const Status ran = net::sim::run(GetParam(), life(runs->get(), stopped, &one, &two));
  ASSERT_TRUE(ran) << ran.error().to_string();

  ASSERT_FALSE(one.events.empty());
  for (std::size_t i = 0; i < one.events.size(); ++i)
    EXPECT_EQ(one.events[i].n, static_cast<std::int64_t>(i) + 1);
  ASSERT_EQ(one.events.size(), two.events.size());
  for (std::size_t i = 0; i < one.events.size(); ++i)
    EXPECT_EQ(one.events[i].json, two.events[i].json);

  std::string expected;
  for (int i = 0; i < kWords; ++i) expected += word(i);
  const std::string text = text_of(one.events);
  const std::string& last = one.events.back().json;
  if (one.state == State::kStopped) {
    EXPECT_TRUE(stopped);
    EXPECT_TRUE(expected.starts_with(text));
    EXPECT_NE(last.find("\"type\":\"stopped\""), std::string::npos);
  } else {
    EXPECT_EQ(one.state, State::kDone);
    EXPECT_EQ(text, expected);
    EXPECT_NE(last.find("\"type\":\"done\""), std::string::npos);
  }
  // What is kept says what was sent. At most one event every delta window, and the ends.
  if (!text.empty()) EXPECT_NE(one.answer.find("\"text\":\"" + text + "\""), std::string::npos);
  EXPECT_LE(one.events.size(), static_cast<std::size_t>(kWords) + 2);
}

INSTANTIATE_TEST_SUITE_P(Seeds, RunsSim, ::testing::Range<std::uint64_t>(1, 41));

net::Task<void> burst(Runs* runs, std::vector<LogEvent>* out) {
  const auto conversation = co_await runs->create("local", "", "");
  TurnRequest request;
  request.question = "Go on";
  request.target = "tiny";
  const auto run = co_await runs->add_turn(conversation->id, request, testing::me(), "trace");
  auto subscription = co_await runs->subscribe("local", *run, 0);
  while (!subscription->ended()) {
    const auto events = co_await subscription->next(kNever, {});
    out->insert(out->end(), events.begin(), events.end());
  }
  co_await runs->shutdown(net::Loop::current()->now());
}

// 3,000 tokens a second for one second are some fifty events, the first of them at once.
TEST(RunsSim, AFastModelsTextComesInWindows) {
  ScriptedBackend backend([](const wire::Request&) -> Result<std::vector<Step>> {
    std::vector<Step> steps;
    for (int i = 0; i < 3000; ++i) {
      Step step;
      step.events = {testing::text("t")};
      step.wait = std::chrono::microseconds(333);
      steps.push_back(std::move(step));
    }
    return steps;
  });
  Options options;
  options.backend = &backend;
  auto runs = Runs::open(":memory:", options);
  ASSERT_TRUE(runs);
  std::vector<LogEvent> events;
  ASSERT_TRUE(net::sim::run(7, burst(runs->get(), &events)));
  EXPECT_EQ(text_of(events), std::string(3000, 't'));
  EXPECT_LT(events.size(), 60u);
  EXPECT_GT(events.size(), 40u);
  ASSERT_GT(events.size(), 1u);
  EXPECT_EQ(events[1].json, R"({"n":2,"type":"delta","text":"t"})");
}

}  // namespace
}  // namespace interposer::runs
