#include "runs/runs.h"

#include <gtest/gtest.h>

#include "base/temp_dir.h"
#include "runs/test_support.h"

namespace interposer::runs {
namespace {

using std::chrono::milliseconds;
using testing::ScriptedBackend;
using testing::Step;
using testing::text;

struct World {
  explicit World(ScriptedBackend::Script script, Options options = {})
      : backend(std::move(script)), loop(net::make_loop()) {
    options.backend = &backend;
    auto opened = Runs::open(dir.file("conversations.db"), options);
    EXPECT_TRUE(opened) << (opened ? "" : opened.error().to_string());
    runs = std::move(*opened);
  }
  void play(std::function<net::Task<void>()> task) { testing::run_on(loop.get(), std::move(task)); }

  TempDir dir;  // goes last
  ScriptedBackend backend;
  std::unique_ptr<net::Loop> loop;
  std::unique_ptr<Runs> runs;
};

TurnRequest ask(std::string question, std::string target = "tiny") {
  TurnRequest r;
  r.question = std::move(question);
  r.target = std::move(target);
  return r;
}

struct Asked {
  std::string conversation, run;
  Error error;
};

net::Task<void> start(Runs* runs, TurnRequest request, Asked* out) {
  const auto made = co_await runs->create("local", "handbook", "tiny");
  out->conversation = made->id;
  const auto run = co_await runs->add_turn(made->id, request, testing::me(), "trace");
  if (run)
    out->run = *run;
  else
    out->error = run.error();
}

net::Task<void> read_all(Runs* runs, std::string run, std::int64_t after,
                         std::vector<LogEvent>* out) {
  auto subscription = co_await runs->subscribe("local", run, after);
  if (!subscription) co_return;
  while (!subscription->ended()) {
    const auto events = co_await subscription->next(kNever, {});
    out->insert(out->end(), events.begin(), events.end());
  }
}

std::string joined_text(const std::vector<LogEvent>& events) {
  std::string out;
  for (const LogEvent& event : events) {
    const std::size_t at = event.json.find("\"text\":\"");
    if (at == std::string::npos) continue;
    out += event.json.substr(at + 8, event.json.size() - at - 10);
  }
  return out;
}

void expect_numbered(const std::vector<LogEvent>& events, std::int64_t from) {
  for (const LogEvent& event : events) EXPECT_EQ(event.n, from++);
}

std::vector<Step> words(int count, Duration wait) {
  std::vector<Step> steps(1);
  steps[0].events = {wire::Started{"id", "tiny-q4", 0, ""}};
  for (int i = 0; i < count; ++i) {
    Step step;
    step.events = {text("w" + std::to_string(i) + " ")};
    step.wait = wait;
    steps.push_back(step);
  }
  return steps;
}

std::string expected_words(int count) {
  std::string out;
  for (int i = 0; i < count; ++i) out += "w" + std::to_string(i) + " ";
  return out;
}

net::Task<void> reload(Runs* runs, Asked* asked, std::vector<LogEvent>* first,
                       std::vector<LogEvent>* second) {
  co_await start(runs, ask("Tell me"), asked);
  // The first client reads a few events and goes away; the second takes up where it was.
  auto subscription = co_await runs->subscribe("local", asked->run, 0);
  while (first->size() < 3) {
    const auto events = co_await subscription->next(kNever, {});
    first->insert(first->end(), events.begin(), events.end());
  }
  EXPECT_EQ(runs->running(), 1u);
  co_await read_all(runs, asked->run, first->back().n, second);
}

TEST(Runs, AReloadMidAnswerMissesNothingAndRepeatsNothing) {
  World w(
      [](const wire::Request&) -> Result<std::vector<Step>> { return words(60, milliseconds(3)); });
  Asked asked;
  std::vector<LogEvent> first, second;
  w.play([&] { return reload(w.runs.get(), &asked, &first, &second); });
  std::vector<LogEvent> all = first;
  all.insert(all.end(), second.begin(), second.end());
  expect_numbered(all, 1);
  EXPECT_EQ(joined_text(all), expected_words(60));
  EXPECT_NE(all.back().json.find("\"type\":\"done\""), std::string::npos);
  // Text comes in windows, not in tokens.
  EXPECT_LT(all.size(), 40u);
}

net::Task<void> read_thread(Runs* runs, std::string conversation, Thread* out) {
  auto thread = co_await runs->get("local", conversation);
  if (thread) *out = std::move(*thread);
}

net::Task<void> ask_and_finish(Runs* runs, TurnRequest request, Asked* asked, Thread* thread) {
  co_await start(runs, request, asked);
  std::vector<LogEvent> events;
  co_await read_all(runs, asked->run, 0, &events);
  co_await runs->shutdown(net::Loop::current()->now());
  co_await read_thread(runs, asked->conversation, thread);
}

TEST(Runs, AFinishedRunIsReplayedFromTheDiskAfterARestart) {
  World w([](const wire::Request&) -> Result<std::vector<Step>> { return words(5, {}); });
  Asked asked;
  Thread thread;
  w.play([&] { return ask_and_finish(w.runs.get(), ask("Tell me"), &asked, &thread); });
  ASSERT_EQ(thread.turns.size(), 1u);
  EXPECT_EQ(thread.turns[0].state, State::kDone);
  EXPECT_EQ(thread.conversation.title, "Tell me");
  EXPECT_NE(thread.turns[0].answer.find("\"output_tokens\":5"), std::string::npos);
  EXPECT_NE(thread.turns[0].answer.find("\"input_tokens\":9"), std::string::npos);

  Options options;
  options.backend = &w.backend;
  w.runs = std::move(*Runs::open(w.dir.file("conversations.db"), options));
  w.loop = net::make_loop();
  std::vector<LogEvent> all, tail, none;
  w.play([&] { return read_all(w.runs.get(), asked.run, 0, &all); });
  w.loop = net::make_loop();
  w.play([&] { return read_all(w.runs.get(), asked.run, 1, &tail); });
  w.loop = net::make_loop();
  w.play([&] { return read_all(w.runs.get(), asked.run, all.back().n, &none); });
  expect_numbered(all, 1);
  EXPECT_EQ(joined_text(all), expected_words(5));
  expect_numbered(tail, 2);
  EXPECT_EQ(tail.size() + 1, all.size());
  EXPECT_TRUE(none.empty());
}

net::Task<void> stop_it(Runs* runs, Asked* asked, std::vector<LogEvent>* events, Thread* thread) {
  co_await start(runs, ask("Tell me"), asked);
  auto subscription = co_await runs->subscribe("local", asked->run, 0);
  while (joined_text(*events).empty()) {
    const auto some = co_await subscription->next(kNever, {});
    events->insert(events->end(), some.begin(), some.end());
  }
  const Status stopped = co_await runs->stop("local", asked->run);
  EXPECT_TRUE(stopped);
  co_await read_all(runs, asked->run, events->back().n, events);
  const Status again = co_await runs->stop("local", asked->run);
  EXPECT_TRUE(again);
  co_await read_thread(runs, asked->conversation, thread);
}

TEST(Runs, StopEndsTheRunAndKeepsWhatCame) {
  World w([](const wire::Request&) -> Result<std::vector<Step>> {
    auto steps = words(2, {});
    Step forever;
    forever.until_stopped = true;
    steps.push_back(forever);
    return steps;
  });
  Asked asked;
  std::vector<LogEvent> events;
  Thread thread;
  w.play([&] { return stop_it(w.runs.get(), &asked, &events, &thread); });
  expect_numbered(events, 1);
  EXPECT_NE(events.back().json.find("\"type\":\"stopped\""), std::string::npos);
  ASSERT_EQ(thread.turns.size(), 1u);
  EXPECT_EQ(thread.turns[0].state, State::kStopped);
  EXPECT_NE(thread.turns[0].answer.find("w0 w1 "), std::string::npos);
}

net::Task<void> two_readers(Runs* runs, Asked* asked, std::vector<LogEvent>* fast,
                            std::vector<LogEvent>* slow) {
  co_await start(runs, ask("Tell me"), asked);
  net::Nursery nursery;
  nursery.spawn(read_all(runs, asked->run, 0, fast));
  // The slow one reads nothing until the run has ended.
  auto subscription = co_await runs->subscribe("local", asked->run, 0);
  co_await nursery.join();
  while (!subscription->ended()) {
    const auto events = co_await subscription->next(kNever, {});
    slow->insert(slow->end(), events.begin(), events.end());
  }
}

TEST(Runs, ASlowReaderHoldsNobodyUpAndLosesNothing) {
  World w([](const wire::Request&) -> Result<std::vector<Step>> {
    return words(200, std::chrono::microseconds(200));
  });
  Asked asked;
  std::vector<LogEvent> fast, slow;
  w.play([&] { return two_readers(w.runs.get(), &asked, &fast, &slow); });
  ASSERT_EQ(fast.size(), slow.size());
  EXPECT_EQ(joined_text(fast), expected_words(200));
  for (std::size_t i = 0; i < fast.size(); ++i) EXPECT_EQ(fast[i].json, slow[i].json);
}

TEST(Runs, AnAnswerOverTheLimitFailsAndSaysSo) {
  Options options;
  options.run_bytes_max = 500;
  World w(
      [](const wire::Request&) -> Result<std::vector<Step>> { return words(500, milliseconds(1)); },
      options);
  Asked asked;
  Thread thread;
  w.play([&] { return ask_and_finish(w.runs.get(), ask("Tell me"), &asked, &thread); });
  ASSERT_EQ(thread.turns.size(), 1u);
  EXPECT_EQ(thread.turns[0].state, State::kFailed);
  EXPECT_NE(thread.turns[0].answer.find("answer_too_long"), std::string::npos);
}

TEST(Runs, AnErrorOfTheBackendEndsTheRunWithItsWords) {
  World w([](const wire::Request& request) -> Result<std::vector<Step>> {
    if (request.model() == "nowhere")
      return make_error(Code::kNotFound, "there is no model 'nowhere'", "did you mean 'tiny'?",
                        "unknown_model");
    auto steps = words(1, {});
    Step broken;
    broken.error = make_error(Code::kUnavailable, "the provider hung up", "", "truncated");
    steps.push_back(broken);
    return steps;
  });
  Asked asked;
  Thread refused, broken;
  w.play([&] { return ask_and_finish(w.runs.get(), ask("Q", "nowhere"), &asked, &refused); });
  ASSERT_EQ(refused.turns.size(), 1u);
  EXPECT_EQ(refused.turns[0].state, State::kFailed);
  EXPECT_NE(refused.turns[0].answer.find(R"("code":"unknown_model")"), std::string::npos);
  EXPECT_NE(refused.turns[0].answer.find("did you mean"), std::string::npos);
}

net::Task<void> two_questions(Runs* runs, Asked* asked) {
  co_await start(runs, ask("First?"), asked);
  std::vector<LogEvent> events;
  co_await read_all(runs, asked->run, 0, &events);
  const auto second =
      co_await runs->add_turn(asked->conversation, ask("Second?"), testing::me(), "t");
  EXPECT_TRUE(second);
  co_await read_all(runs, *second, 0, &events);
}

TEST(Runs, TheNextQuestionComesWithTheHistory) {
  World w([](const wire::Request&) -> Result<std::vector<Step>> { return words(2, {}); });
  Asked asked;
  w.play([&] { return two_questions(w.runs.get(), &asked); });
  ASSERT_EQ(w.backend.requests.size(), 2u);
  const auto chat = w.backend.requests[1]->chat();
  ASSERT_TRUE(chat);
  ASSERT_EQ((*chat)->messages.size(), 3u);
  EXPECT_EQ((*chat)->messages[0].text(), "First?");
  EXPECT_EQ((*chat)->messages[1].text(), "w0 w1 ");
  EXPECT_EQ((*chat)->messages[2].text(), "Second?");
}

net::Task<void> refuse(Runs* runs, std::vector<std::string>* kinds) {
  const auto made = co_await runs->create("local", "", "");
  for (const TurnRequest& request : {ask(""), ask("ok", ""), ask("\xff\xfe")}) {
    const auto added = co_await runs->add_turn(made->id, request, testing::me(), "t");
    kinds->push_back(added ? "accepted" : added.error().kind);
  }
  const auto lost = co_await runs->add_turn("conv_none", ask("ok"), testing::me(), "t");
  kinds->push_back(lost ? "accepted" : lost.error().kind);
  const auto events = co_await runs->subscribe("local", "run_none", 0);
  kinds->push_back(events ? "accepted" : events.error().kind);
  const Status renamed = co_await runs->rename("local", made->id, "  ");
  kinds->push_back(renamed ? "accepted" : renamed.error().kind);
}

TEST(Runs, RefusesWhatItCannotKeep) {
  World w([](const wire::Request&) -> Result<std::vector<Step>> { return words(1, {}); });
  std::vector<std::string> kinds;
  w.play([&] { return refuse(w.runs.get(), &kinds); });
  EXPECT_EQ(kinds,
            (std::vector<std::string>{"invalid_question", "invalid_target", "invalid_question",
                                      "unknown_conversation", "unknown_run", "invalid_title"}));
}

net::Task<void> shut_down(Runs* runs, Duration grace, Asked* asked, Thread* thread) {
  co_await start(runs, ask("Tell me"), asked);
  co_await runs->shutdown(net::Loop::current()->now() + grace);
  co_await read_thread(runs, asked->conversation, thread);
}

TEST(Runs, ShutdownFinishesWhatItCanAndStopsTheRest) {
  World finishing(
      [](const wire::Request&) -> Result<std::vector<Step>> { return words(5, milliseconds(2)); });
  Asked asked;
  Thread thread;
  finishing.play(
      [&] { return shut_down(finishing.runs.get(), std::chrono::seconds(60), &asked, &thread); });
  ASSERT_EQ(thread.turns.size(), 1u);
  EXPECT_EQ(thread.turns[0].state, State::kDone);

  World hanging([](const wire::Request&) -> Result<std::vector<Step>> {
    std::vector<Step> steps(1);
    steps[0].until_stopped = true;
    return steps;
  });
  hanging.play([&] { return shut_down(hanging.runs.get(), milliseconds(5), &asked, &thread); });
  ASSERT_EQ(thread.turns.size(), 1u);
  EXPECT_EQ(thread.turns[0].state, State::kStopped);
}

}  // namespace
}  // namespace interposer::runs
