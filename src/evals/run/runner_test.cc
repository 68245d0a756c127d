// Runs in the simulated world: a target that throttles, cuts, dies and comes back.
#include "evals/run/runner.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <set>

#include "base/strings.h"
#include "evals/run/ask.h"
#include "evals/run/sequential.h"
#include "http/client.h"
#include "http/server.h"
#include "net/sim/sim_file.h"
#include "net/sim/sim_loop.h"
#include "stats/random.h"

namespace interposer::evals {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// How the target behaves, and what it was asked.
struct Target_ {
  std::int64_t bears = 1'000'000;  // requests at once; beyond: 429
  bool down = false;
  std::string frames;                // of an answer; empty: one that says "ok"
  std::map<std::string, int> asked;  // by Idempotency-Key
  std::int64_t now = 0, most = 0, refused = 0, answered = 0;
};
Target_* g_target = nullptr;

std::string frames_of(const std::string& text, const std::string& finish) {
  return "data: {\"id\":\"1\",\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"" +
         text +
         "\"}}]}\n\ndata: {\"id\":\"1\",\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{},"
         "\"finish_reason\":\"" +
         finish +
         "\"}]}\n\ndata: "
         "{\"id\":\"1\",\"model\":\"m\",\"choices\":[],\"usage\":{\"prompt_tokens\":7,"
         "\"completion_tokens\":3,\"total_tokens\":10}}\n\ndata: [DONE]\n\n";
}

net::Task<void> answer(http::Exchange* x) {
  Target_& t = *g_target;
  const auto body = co_await x->read_body(1 << 20);
  const auto key = x->head().headers.get("Idempotency-Key");
  t.asked[std::string(key.value_or(""))] += 1;
  http::ResponseHead head;
  if (t.down) {
    head.status = 500;
    (void)co_await x->respond(head, "{\"error\":{\"message\":\"broken\"}}");
    co_return;
  }
  if (t.now >= t.bears) {
    t.refused += 1;
    head.status = 429;
    head.headers.add("Retry-After", "1");
    (void)co_await x->respond(head, "{\"error\":{\"message\":\"slow down\"}}");
    co_return;
  }
  t.now += 1;
  t.most = std::max(t.most, t.now);
  co_await net::sleep_for(milliseconds(200));
  t.now -= 1;
  t.answered += 1;
  head.headers.add("Content-Type", "text/event-stream");
  std::string frames = frames_of("ok", "stop");
  if (!t.frames.empty()) frames = t.frames;
  (void)co_await x->respond(head, frames);
}

struct World {
  Suite suite;
  std::vector<Item> items;
  std::vector<Unit> units;
  net::sim::SimFileSystem disk;

  explicit World(int count, const std::string& more = "") {
    suite = *parse_suite(
        "suite: s\ndataset: {file: d}\ntargets: [{model: m, price: {input: 1, "
        "output: 1}}]\nscorers: [exact]\n" +
            more,
        "s.yaml", "");
    std::string lines;
    for (int i = 0; i < count; ++i)
      lines += "{\"id\":\"q" + std::to_string(i) + "\",\"input\":\"x\",\"target\":\"ok\"}\n";
    items = *parse_items(lines, "d", "");
    units = *plan_units(suite, items);
  }
};

net::Task<void> run_in(World* world, std::stop_token stop, Result<RunSummary>* out) {
  net::Loop* loop = net::Loop::current();
  const auto server = http::Server::create(loop, answer, {});
  auto listener = loop->listen(net::Endpoint{"127.0.0.1", 80, false}, {});
  server->serve(std::move(*listener));
  const auto client = http::Client::create(loop, {});
  const auto log = RunLog::open(world->disk, "/run");
  RunContext context;
  context.suite = &world->suite;
  context.items = &world->items;
  context.endpoints = {{"http://127.0.0.1:80/v1", "", false}};
  context.run_id = "eval_1";
  context.client = client.get();
  context.log = log->get();
  context.stop = std::move(stop);
  *out = co_await run_units(&context, &world->units);
  client->close_idle();
  co_await server->stop(net::Loop::current()->now() + seconds(5));
}

Result<RunSummary> run(World& world, Target_& target, std::stop_token stop = {}) {
  g_target = &target;
  Result<RunSummary> out = make_error(Code::kInternal, "the run did not end");
  const Status ended = net::sim::run(1, run_in(&world, std::move(stop), &out));
  EXPECT_TRUE(ended.ok()) << ended.error().to_string();
  return out;
}

std::map<UnitName, Response> log_of(World& world) {
  return (*RunLog::open(world.disk, "/run"))->recovered().responses;
}

TEST(Runner, AsksEachUnitOnceAndGoesOnFromItsLog) {
  World world(30);
  Target_ target;
  const auto first = run(world, target);
  ASSERT_TRUE(first.ok()) << first.error().to_string();
  EXPECT_EQ(first->answered, 30);
  EXPECT_EQ(first->reason, StopReason::kFinished);
  EXPECT_EQ(target.asked.size(), 30U);
  const auto logged = log_of(world);
  ASSERT_EQ(logged.size(), 30U);
  const Response& r = logged.begin()->second;
  EXPECT_EQ(r.text, "ok");
  EXPECT_EQ(r.status, UnitStatus::kOk);
  EXPECT_EQ(r.input_tokens, 7);
  EXPECT_NEAR(*r.cost_usd, 10e-6, 1e-12);
  EXPECT_TRUE(r.ttft_ms.has_value());
  const auto again = run(world, target);
  EXPECT_EQ(again->cached, 30);
  EXPECT_EQ(target.answered, 30);
  EXPECT_NEAR(again->spent_usd, 300e-6, 1e-9);
}

TEST(Runner, FindsWhatTheTargetBears) {
  World world(120, "runner: {concurrency: 64}\n");
  Target_ target;
  target.bears = 6;
  const auto summary = run(world, target);
  ASSERT_TRUE(summary.ok());
  EXPECT_EQ(summary->answered, 120);
  EXPECT_EQ(summary->failed, 0);
  EXPECT_GT(summary->refusals, 0);
  EXPECT_LE(target.refused, 60);  // it does not hammer on
  Target_ wide;
  World other(200, "runner: {concurrency: 64}\n");
  ASSERT_TRUE(run(other, wide).ok());
  EXPECT_GT(wide.most, 12);
}

// The cap is never passed, reservations included: here a request reserves a little over its body.
TEST(Runner, TheBudgetIsReservedBeforeDispatch) {
  World world(50, "runner: {max_tokens: 100, concurrency: 32}\nbudget: {usd: 0.0005}\n");
  Target_ target;
  const auto summary = run(world, target);
  ASSERT_TRUE(summary.ok());
  EXPECT_EQ(summary->reason, StopReason::kBudget);
  EXPECT_LE(summary->spent_usd, 0.0005);
  EXPECT_GT(summary->answered, 2);
  EXPECT_GT(summary->missing, 0);
  EXPECT_EQ(summary->answered + summary->missing, 50);
}

// Sharp test 14.
TEST(Runner, CutAndUnfinishedThinkingAreTruncated) {
  for (const char* frames : {"length", "think", "empty", "tool"}) {
    World world(1);
    Target_ target;
    const std::string kind = frames;
    if (kind == "length") target.frames = frames_of("", "length");
    if (kind == "think") target.frames = frames_of("<think> I wonder 42", "stop");
    if (kind == "empty") target.frames = frames_of(" ", "stop");
    if (kind == "tool")
      target.frames =
          "data: {\"id\":\"1\",\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":0,"
          "\"id\":\"c\",\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":"
          "\"nonsense\"}}]},"
          "\"finish_reason\":\"tool_calls\"}]}\n\ndata: [DONE]\n\n";
    ASSERT_TRUE(run(world, target).ok());
    const UnitStatus wanted = kind == "empty"  ? UnitStatus::kEmpty
                              : kind == "tool" ? UnitStatus::kToolError
                                               : UnitStatus::kTruncated;
    EXPECT_EQ(log_of(world).begin()->second.status, wanted) << kind;
  }
}

TEST(Runner, ATargetThatIsDownEndsTheRunAndIsAskedAgain) {
  World world(100, "runner: {attempts: 2}\n");
  Target_ target;
  target.down = true;
  const auto summary = run(world, target);
  ASSERT_TRUE(summary.ok());
  EXPECT_EQ(summary->reason, StopReason::kTargetDown);
  EXPECT_NE(summary->why.find("broken"), std::string::npos);
  EXPECT_LT(summary->failed, 60);
  target.down = false;
  const auto keys_before = target.asked.size();
  const auto again = run(world, target);
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->answered, 100);
  // What failed is a new request to the provider, with a new key.
  EXPECT_EQ(target.asked.size(), keys_before + 100);
}

net::Task<void> stop_after(std::stop_source* stop, Duration wait) {
  co_await net::sleep_for(wait);
  stop->request_stop();
}

net::Task<void> run_and_stop(World* world, Duration wait, Result<RunSummary>* out) {
  std::stop_source stop;
  net::Nursery nursery;
  nursery.spawn(stop_after(&stop, wait));
  co_await run_in(world, stop.get_token(), out);
  co_await nursery.join();
}

// Sharp test 19 on the whole runner: ended anywhere, it loses nothing that was received and sends
// what was in flight again under its first key.
TEST(Runner, EndedAnywhereItLosesNothingAndKeepsItsKeys) {
  stats::Random random(4);
  for (int round = 0; round < 40; ++round) {
    World world(60);
    Target_ target;
    g_target = &target;
    std::int64_t kept = 0, in_flight = 0;
    for (int life = 0; life < 100; ++life) {
      Result<RunSummary> out = make_error(Code::kInternal, "");
      const Duration wait = milliseconds(1 + static_cast<int>(random.below(1500)));
      ASSERT_TRUE(net::sim::run(random(), run_and_stop(&world, wait, &out)).ok());
      ASSERT_TRUE(out.ok()) << out.error().to_string();
      const auto logged = static_cast<std::int64_t>(log_of(world).size());
      ASSERT_GE(logged, kept);
      ASSERT_EQ(out->cached, kept);
      kept = logged;
      in_flight = static_cast<std::int64_t>(
          (*RunLog::open(world.disk, "/run"))->recovered().possibly_paid.size());
      ASSERT_LE(in_flight, world.suite.runner.concurrency);
      if (out->reason == StopReason::kFinished) break;
    }
    EXPECT_EQ(kept, 60);
    EXPECT_EQ(in_flight, 0);
    EXPECT_EQ(target.asked.size(), 60U);
  }
}

TEST(Throttle, HalvesOnceABurstAndGrowsSlowly) {
  Throttle t(100);
  const TimePoint start{};
  EXPECT_EQ(t.limit(), Throttle::kStart);
  for (int i = 0; i < 4; ++i) t.answered();
  EXPECT_EQ(t.limit(), Throttle::kStart + 1);
  t.refused(start + seconds(1), seconds(3));
  t.refused(start + seconds(1), {});
  EXPECT_EQ(t.limit(), 2);
  EXPECT_EQ(t.refusals(), 2);
  EXPECT_FALSE(t.may_send(start + seconds(3), 0));
  EXPECT_TRUE(t.may_send(start + seconds(4), 0));
  EXPECT_FALSE(t.may_send(start + seconds(4), 2));
}

// 2,000 simulated runs an effect: alarms at 0, power at the planned effect, savings at 1.5 times.
TEST(Sequential, SavesAsPlannedWithoutFalseAlarms) {
  constexpr int kItems = 400, kRounds = 2'000;
  const double planned = 2.8016 / std::sqrt(static_cast<double>(kItems));
  stats::Random random(8);
  std::vector<std::uint64_t> clusters(kItems);
  for (int i = 0; i < kItems; ++i)
    clusters[static_cast<std::size_t>(i)] = static_cast<std::uint64_t>(i);
  const SequentialTest fresh(kItems, 20, 0.05);  // its bounds are worth making once
  double decided[3] = {}, used[3] = {};
  const double times[3] = {0, 1, 1.5};
  for (int effect = 0; effect < 3; ++effect) {
    for (int round = 0; round < kRounds; ++round) {
      SequentialTest test = fresh;
      std::vector<double> differences;
      bool stopped = false;
      while (!stopped && differences.size() < kItems) {
        for (int i = 0; i < kItems / 20; ++i)
          differences.push_back(random.normal() + times[effect] * planned);
        stopped = test.look(differences, std::span(clusters).first(differences.size())).decided;
      }
      decided[effect] += stopped ? 1 : 0;
      used[effect] += static_cast<double>(differences.size()) / kItems;
    }
    decided[effect] /= kRounds;
    used[effect] /= kRounds;
  }
  const double noise = 4 * std::sqrt(0.16 / kRounds);
  EXPECT_LE(decided[0], 0.05 + 4 * std::sqrt(0.0475 / kRounds));
  EXPECT_GE(decided[1], 0.78 - noise);
  EXPECT_LE(used[2], 0.60);
}

TEST(Ask, AnswersOfTheOwnApi) {
  Response r;
  read_search_body(
      R"([{"rank":1,"score":1.5,"document":"b/x.md","version":"v","start":0,"end":3,"text":"abc"}])",
      &r);
  EXPECT_EQ(r.extra, "{\"documents\":[\"b/x.md\"]}");
  EXPECT_EQ(r.status, UnitStatus::kOk);
  Response g;
  read_grounded_body(
      R"({"question":"q","answer":"","mode":"extract","refused":true,"reason":"not here",
    "sentences":[],"citations":[]})",
      &g);
  EXPECT_EQ(g.status, UnitStatus::kRefused);
  EXPECT_EQ(g.text, "not here");
  EXPECT_EQ(g.extra.find('\n'), std::string::npos);
}

}  // namespace
}  // namespace interposer::evals
