#include "planner/simulate/trace.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "planner/simulate/prefix_cache.h"
#include "planner/simulate/testing.h"
#include "stats/random.h"

namespace interposer::planner {
namespace {

Result<Workload> csv(std::string_view text) { return read_csv_trace(text, "t.csv"); }

TEST(Trace, ReadsAzuresColumnsAndDates) {
  const auto read =
      csv("TIMESTAMP,ContextTokens,GeneratedTokens\n"
          "2023-11-16 18:15:46.5000000,374,44\r\n\n"
          "2023-11-16T18:16:46.75Z,396,109\n");
  ASSERT_TRUE(read.ok()) << read.error().to_string();
  ASSERT_EQ(read->requests.size(), 2U);
  EXPECT_EQ(read->requests[0].arrival_s, 0);
  EXPECT_NEAR(read->requests[1].arrival_s, 60.25, 1e-6);
  EXPECT_EQ(read->requests[1].prompt, 396U);
  EXPECT_EQ(read->requests[1].answer, 109U);
}

TEST(Trace, ReadsSecondsInAnyColumnOrder) {
  const auto read = csv("model,output_tokens,Time,input_tokens\nx,5,1.5,10\ny,6,2.5,11\n");
  ASSERT_TRUE(read.ok()) << read.error().to_string();
  EXPECT_EQ(read->requests[1].arrival_s, 1);
  EXPECT_EQ(read->requests[0].prompt, 10U);
  EXPECT_EQ(read->requests[1].answer, 6U);
}

TEST(Trace, DatesCrossMonthsAndLeapDays) {
  const auto read = csv(
      "timestamp,input_tokens,output_tokens\n2024-02-28 23:59:59,1,1\n2024-03-01 00:00:00,1,1\n");
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->requests[1].arrival_s, 86'401);
}

struct Bad {
  const char* text;
  const char* says;
};

TEST(Trace, BadRowsNameFileAndLine) {
  const char* const head = "timestamp,input_tokens,output_tokens\n";
  const std::vector<Bad> cases = {
      {"1,10,5\n2,-7,5\n", "t.csv:3: the count of prompt tokens is negative"},
      {"1,10,5\n2,7,-5\n", "t.csv:3: the count of answer tokens is negative"},
      {"1,10,5\n2,,5\n", "t.csv:3: the row has an empty cell"},
      {"1,10,5\n2,7\n", "t.csv:3: the row has 2 of at least 3 cells"},
      {"5,10,5\n2,7,1\n", "t.csv:3: the time runs backwards"},
      {"soon,10,5\n", "t.csv:2: the time 'soon' cannot be read"},
      {"1,ten,5\n", "t.csv:2: the count of prompt tokens 'ten' is no number"},
      {"1,1.5,5\n", "t.csv:2: the count of prompt tokens is no whole number"},
      {"1,0,5\n", "t.csv:2: the prompt has no token"},
      {"nan,1,5\n", "t.csv:2: the time 'nan' cannot be read"},
      {"1,99999999,5\n", "t.csv:2: the count of prompt tokens is no whole number up to 10000000"},
      {"", "t.csv:1: the trace holds no request"},
  };
  for (const Bad& bad : cases) {
    const auto read = csv(std::string(head) + bad.text);
    ASSERT_FALSE(read.ok()) << bad.text;
    EXPECT_NE(read.error().message.find(bad.says), std::string::npos) << read.error().message;
    EXPECT_FALSE(read.error().remedy.empty());
  }
  EXPECT_FALSE(csv("").ok());
  const auto header = csv("timestamp,tokens\n1,2\n");
  ASSERT_FALSE(header.ok());
  EXPECT_NE(header.error().remedy.find("contexttokens"), std::string::npos);
}

TEST(Trace, NotesSilenceAndEmptyAnswers) {
  std::string text = "timestamp,input_tokens,output_tokens\n";
  for (int i = 0; i < 500; ++i) text += std::to_string(i) + ",10,5\n";
  text += "9000,10,0\n";
  const auto read = csv(text);
  ASSERT_TRUE(read.ok());
  ASSERT_EQ(read->notes.size(), 2U);
  EXPECT_NE(read->notes[0].find("no request for 142 minutes before request 501"),
            std::string::npos);
  EXPECT_EQ(read->requests.back().answer, 1U);
}

TEST(Trace, MooncakeKeepsFullBlocks) {
  const auto read = read_mooncake_trace(
      "{\"timestamp\": 0, \"input_length\": 1100, \"output_length\": 5, \"hash_ids\": [7, 8, 9]}\n"
      "{\"timestamp\": 2500, \"input_length\": 512, \"output_length\": 5, \"hash_ids\": [7]}\n",
      "m.jsonl");
  ASSERT_TRUE(read.ok()) << read.error().to_string();
  EXPECT_EQ(read->requests[0].blocks, 2U);
  EXPECT_EQ(read->requests[1].blocks, 1U);
  EXPECT_EQ(read->requests[1].arrival_s, 2.5);
  EXPECT_EQ(read->blocks, (std::vector<std::uint64_t>{7, 8, 7}));
  const auto bad = read_mooncake_trace("{\"timestamp\": 0, \"input_length\": 1}\n", "m.jsonl");
  ASSERT_FALSE(bad.ok());
  EXPECT_NE(bad.error().message.find("m.jsonl:1: 'output_length' is missing"), std::string::npos);
  EXPECT_FALSE(read_mooncake_trace("{\n", "m.jsonl").ok());
}

TEST(Trace, RateAndPoissonKeepLengths) {
  const auto work = draw_workload({.rate = 5, .cv = 3, .length_cv = 1, .count = 20'000, .seed = 4});
  ASSERT_TRUE(work.ok());
  EXPECT_NEAR(work->mean_prompt() / 1000, 1, 0.03);
  EXPECT_NEAR(work->rate() / 5, 1, 0.1);
  const Workload fast = at_rate(*work, 50);
  EXPECT_NEAR(fast.rate(), 50, 1e-9);
  EXPECT_EQ(fast.requests[77].prompt, work->requests[77].prompt);
  const Workload twice = repeated(*work, 50'000);
  EXPECT_EQ(twice.requests.size(), 50'000U);
  EXPECT_NEAR(twice.rate() / work->rate(), 1, 0.01);
  EXPECT_EQ(twice.requests[20'077].prompt, work->requests[77].prompt);
}

TEST(Trace, DrawsRefuseNonsense) {
  EXPECT_FALSE(draw_workload({.rate = 0}).ok());
  EXPECT_FALSE(draw_workload({.rate = -1}).ok());
  EXPECT_FALSE(draw_workload({.mean_prompt = 0}).ok());
  EXPECT_FALSE(draw_workload({.cv = -1}).ok());
  EXPECT_FALSE(draw_workload({.length_cv = std::nan("")}).ok());
}

// Against the plain way: a set for what is held, counts of users, a list for the order.
TEST(PrefixCache, AgreesWithTheObviousOne) {
  stats::Random random(3);
  PrefixCache cache;
  std::map<std::uint64_t, int> users;
  std::vector<std::uint64_t> unused;  // oldest first
  struct User {
    std::vector<std::uint64_t> hashes;
  };
  std::vector<User> live;
  for (int round = 0; round < 20'000; ++round) {
    const std::uint64_t what = random.below(3);
    if (what == 0 || live.empty()) {
      User user;
      const std::uint64_t root = random.below(12);
      for (std::uint64_t i = 0; i <= random.below(6); ++i) user.hashes.push_back(root * 100 + i);
      std::uint32_t expected = 0;
      while (expected < user.hashes.size() && users.contains(user.hashes[expected])) ++expected;
      ASSERT_EQ(cache.match(user.hashes), expected);
      cache.pin(user.hashes, expected);
      cache.insert(user.hashes, expected);
      for (const std::uint64_t h : user.hashes) {
        if (users[h]++ == 0) std::erase(unused, h);
      }
      live.push_back(user);
    } else if (what == 1) {
      const std::size_t i = random.below(live.size());
      cache.unpin(live[i].hashes, static_cast<std::uint32_t>(live[i].hashes.size()));
      for (std::size_t k = live[i].hashes.size(); k > 0; --k) {
        if (--users[live[i].hashes[k - 1]] == 0) unused.push_back(live[i].hashes[k - 1]);
      }
      live.erase(live.begin() + static_cast<std::ptrdiff_t>(i));
    } else {
      ASSERT_EQ(cache.evict(), !unused.empty());
      if (!unused.empty()) {
        users.erase(unused.front());
        unused.erase(unused.begin());
      }
    }
    ASSERT_EQ(cache.held(), users.size());
    ASSERT_EQ(cache.pinned(), users.size() - unused.size());
  }
}

}  // namespace
}  // namespace interposer::planner
