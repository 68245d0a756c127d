#include "evals/record/run_log.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "base/temp_dir.h"
#include "net/sim/sim_file.h"
#include "stats/random.h"

namespace interposer::evals {
namespace {

Response sample(const std::string& unit) {
  Response r;
  r.unit = unit;
  r.epoch = 2;
  r.target = "new";
  r.key = request_key("/v1/chat/completions", "{}", 2);
  r.content = content_hash({"question", "answer"});
  r.cluster = "doc \"1\"";
  r.tags = {"critical", "de"};
  r.input = "a\nb\x01 \xf0\x9f\x98\x80";
  r.expected = "18";
  r.status = UnitStatus::kTruncated;
  r.finish = "length";
  r.text = "tab\t quote\" backslash\\";
  r.reasoning = "so";
  r.tool_calls = R"([{"name":"f","arguments":{"x":1.5}}])";
  r.extra = R"({"citations":[]})";
  r.http = 200;
  r.attempts = 3;
  r.round = 1;
  r.input_tokens = 12;
  r.cached_tokens = 4;
  r.output_tokens = 99;
  r.cost_usd = 0.0001234;
  r.ttft_ms = 12.25;
  r.total_ms = 300.5;
  r.idempotency_key = idempotency_key("run", unit, 2, "new", r.key, 1);
  r.at = "2026-11-22T20:00:00.000Z";
  return r;
}

TEST(Response, SurvivesItsLine) {
  const Response before = sample("q1");
  const std::string line = to_line(before);
  EXPECT_EQ(line.find('\n'), line.size() - 1);
  const auto after = parse_response(std::string_view(line).substr(0, line.size() - 1));
  ASSERT_TRUE(after.ok()) << after.error().to_string();
  EXPECT_EQ(to_line(*after), line);
  EXPECT_EQ(after->tags, before.tags);
  EXPECT_EQ(after->input, before.input);
  EXPECT_EQ(after->cost_usd, before.cost_usd);
}

TEST(Response, AbsentStaysAbsent) {
  Response r;
  r.unit = "q";
  const auto back = parse_response(to_line(r));
  ASSERT_TRUE(back.ok());
  EXPECT_FALSE(back->cost_usd.has_value());
  EXPECT_FALSE(back->ttft_ms.has_value());
  EXPECT_TRUE(back->tool_calls.empty());
}

TEST(Response, WhatIsTornIsNoRecord) {
  const std::string line = to_line(sample("q1"));
  for (std::size_t cut = 0; cut + 2 < line.size(); ++cut)
    EXPECT_FALSE(parse_response(std::string_view(line).substr(0, cut)).ok()) << cut;
  EXPECT_FALSE(parse_response(line.substr(0, line.size() - 1) + "{}").ok());
  EXPECT_FALSE(parse_response(R"({"unit":"q","status":"fine"})").ok());
  EXPECT_FALSE(parse_response(R"({"unit":"q","epoch":0})").ok());
}

// Sharp test 19, last part.
TEST(Response, TheSecondEpochHasAnotherKey) {
  EXPECT_NE(request_key("/v1/x", "{}", 1), request_key("/v1/x", "{}", 2));
  EXPECT_NE(content_hash({"ab", "c"}), content_hash({"a", "bc"}));
  // Found by a run whose items asked the same: they are two requests all the same.
  EXPECT_NE(idempotency_key("r", "a", 1, "t", "k", 0), idempotency_key("r", "b", 1, "t", "k", 0));
}

TEST(RunLog, OneWriterAFolder) {
  const TempDir folder;
  auto first = FolderLock::take(folder.path());
  ASSERT_TRUE(first.ok());
  const auto second = FolderLock::take(folder.path());
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().kind, "log_in_use");
  first->reset();
  EXPECT_TRUE(FolderLock::take(folder.path()).ok());
}

TEST(RunLog, FullDiskKeepsWhatWasReceived) {
  net::sim::SimFileSystem disk;
  auto log = RunLog::open(disk, "/run");
  ASSERT_TRUE(log.ok());
  ASSERT_TRUE((*log)->receive(sample("q1")).ok());
  disk.set_capacity(disk.used() + 10);
  const Status full = (*log)->receive(sample("q2"));
  ASSERT_FALSE(full.ok());
  EXPECT_EQ(full.error().code, Code::kResourceExhausted);
  disk.set_capacity(1 << 20);
  EXPECT_TRUE((*log)->receive(sample("q3")).ok());
  auto again = RunLog::open(disk, "/run");
  ASSERT_TRUE(again.ok());
  EXPECT_EQ((*again)->recovered().responses.size(), 2U);
  EXPECT_EQ((*again)->recovered().torn_lines, 0);
}

// A provider that answers each request after a while, and counts what it was asked.
struct Provider {
  std::map<std::string, int> asked;  // by unit
  std::set<std::string> keys;
};

constexpr int kUnits = 40;
constexpr std::size_t kConcurrency = 4;

std::string unit_name(int i) { return "u" + std::to_string(i); }

Response answer_of(const Dispatch& d) {
  Response r;
  r.unit = d.unit;
  r.target = d.target;
  r.key = d.key;
  r.idempotency_key = d.idempotency_key;
  r.text = "the answer to " + d.unit;
  return r;
}

// One life of a process: asks for what is missing until it has all, or its steps are used up.
// `received` gets what it has in its hands and in the log; `in_flight` what it was waiting for.
struct Life {
  net::sim::SimFileSystem* disk;
  Provider* provider;
  stats::Random* random;
  std::set<std::string>* received;
  std::vector<Dispatch> in_flight;
  std::set<std::string> since_sync;
  bool finished = false;

  void live(std::uint64_t steps) {
    auto log = RunLog::open(*disk, "/run");
    ASSERT_TRUE(log.ok()) << log.error().to_string();
    std::vector<int> todo;
    for (int i = 0; i < kUnits; ++i) {
      if (!(*log)->recovered().responses.contains({unit_name(i), 1, "t"})) todo.push_back(i);
    }
    std::size_t next = 0;
    for (; steps > 0; --steps) {
      if (next < todo.size() && in_flight.size() < kConcurrency && random->below(2) == 0) {
        send(**log, unit_name(todo[next++]));
      } else if (!in_flight.empty()) {
        take(**log, random->below(in_flight.size()));
      } else if (next == todo.size()) {
        finished = true;
        return;
      }
      if (random->below(8) == 0) {
        ASSERT_TRUE((*log)->sync().ok());
        since_sync.clear();
      }
    }
  }

  void send(RunLog& log, const std::string& unit) {
    Dispatch d;
    d.unit = unit;
    d.target = "t";
    d.key = request_key("/v1", unit, 1);
    d.idempotency_key = idempotency_key("run", unit, 1, "t", d.key, 0);
    ASSERT_TRUE(log.dispatch(d).ok());
    provider->asked[unit] += 1;
    provider->keys.insert(d.idempotency_key);
    in_flight.push_back(d);
  }

  void take(RunLog& log, std::size_t which) {
    const Dispatch d = in_flight[which];
    ASSERT_TRUE(log.receive(answer_of(d)).ok());
    in_flight.erase(in_flight.begin() + static_cast<std::ptrdiff_t>(which));
    received->insert(d.unit);
    since_sync.insert(d.unit);
  }
};

// The record being written when the process dies: some of its bytes.
void tear(net::sim::SimFileSystem& disk, stats::Random& random, const Dispatch& d) {
  auto paths = segments(disk, "/run");
  ASSERT_TRUE(paths.ok());
  const std::string path = paths->empty() ? "/run/samples-0001.jsonl" : paths->back();
  auto file = disk.open_append(path, 0644);
  ASSERT_TRUE(file.ok());
  const std::string line = to_line(answer_of(d));
  ASSERT_TRUE((*file)->append(line.substr(0, 1 + random.below(line.size() - 1))).ok());
}

std::string report_of(net::sim::SimFileSystem& disk) {
  auto log = RunLog::open(disk, "/run");
  EXPECT_TRUE(log.ok());
  std::string out;
  for (const auto& [name, response] : (*log)->recovered().responses)
    out += name.unit + " " + std::string(status_name(response.status)) + " " + response.text + "\n";
  return out;
}

std::string undisturbed_report() {
  net::sim::SimFileSystem disk;
  Provider provider;
  stats::Random random(7);
  std::set<std::string> received;
  Life life{&disk, &provider, &random, &received};
  life.live(100'000);
  EXPECT_TRUE(life.finished);
  return report_of(disk);
}

// Sharp test 19: kill -9 at any point.
TEST(RunLog, AThousandKillsLoseNothingAndAskNothingTwice) {
  const std::string wanted = undisturbed_report();
  int kills = 0;
  for (std::uint64_t seed = 0; kills < 1'000; ++seed) {
    net::sim::SimFileSystem disk;
    Provider provider;
    stats::Random random(seed);
    std::set<std::string> received;
    std::map<std::string, int> may_ask;  // how often a unit was in flight at a kill
    for (int lives = 0;; ++lives) {
      ASSERT_LT(lives, 1'000);
      Life life{&disk, &provider, &random, &received};
      life.live(1 + random.below(20));
      if (life.finished) break;
      kills += 1;
      for (const Dispatch& d : life.in_flight) may_ask[d.unit] += 1;
      if (!life.in_flight.empty() && random.below(3) == 0) tear(disk, random, life.in_flight[0]);
      auto log = RunLog::open(disk, "/run");
      ASSERT_TRUE(log.ok());
      for (const std::string& unit : received)
        ASSERT_TRUE((*log)->recovered().responses.contains({unit, 1, "t"})) << unit;
      std::set<std::string> reported;
      for (const Dispatch& d : (*log)->recovered().possibly_paid) reported.insert(d.unit);
      for (const Dispatch& d : life.in_flight) ASSERT_TRUE(reported.contains(d.unit));
      for (const std::string& unit : reported) ASSERT_GT(may_ask[unit], 0);
    }
    for (int i = 0; i < kUnits; ++i)
      ASSERT_LE(provider.asked[unit_name(i)], 1 + may_ask[unit_name(i)]);
    ASSERT_EQ(provider.keys.size(), static_cast<std::size_t>(kUnits));
    ASSERT_EQ(report_of(disk), wanted);
  }
}

TEST(RunLog, PowerLossLosesAtMostWhatCameAfterTheLastSync) {
  const std::string wanted = undisturbed_report();
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    net::sim::SimFileSystem disk;
    Provider provider;
    stats::Random random(seed);
    std::set<std::string> received;
    for (int lives = 0; lives < 1'000; ++lives) {
      Life life{&disk, &provider, &random, &received};
      life.live(1 + random.below(30));
      if (life.finished) break;
      disk.crash(random.below(300));
      auto log = RunLog::open(disk, "/run");
      ASSERT_TRUE(log.ok());
      for (const std::string& unit : life.since_sync) {
        if (!(*log)->recovered().responses.contains({unit, 1, "t"})) received.erase(unit);
      }
      for (const std::string& unit : received)
        ASSERT_TRUE((*log)->recovered().responses.contains({unit, 1, "t"})) << unit;
    }
    ASSERT_EQ(report_of(disk), wanted);
  }
}

}  // namespace
}  // namespace interposer::evals
