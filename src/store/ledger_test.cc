#include "store/ledger.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <sys/wait.h>
#include <unistd.h>
#include <csignal>

#include <filesystem>
#include <fstream>
#include <random>
#include <set>

#include "base/temp_dir.h"
#include "store/journal.h"

namespace interposer::store {
namespace {

UsageRecord record(const std::string& id, const std::string& model = "m") {
  UsageRecord r;
  r.id = id;
  r.at = 1000;
  r.model = model;
  r.outcome = "ok";
  r.input_tokens = 10;
  r.cache_read_tokens = 3;
  r.output_tokens = 5;
  return r;
}

TEST(Crc32c, MatchesThePublishedCheckValue) {
  EXPECT_EQ(crc32c("123456789"), 0xE3069283U);  // RFC 3720 B.4's polynomial, its check value
}

TEST(Frames, ReadBackWhateverTheCut) {
  rc::check("frames before a cut are read, the torn one is not", [] {
    const auto payloads = *rc::gen::container<std::vector<std::string>>(
        rc::gen::nonEmpty(rc::gen::string<std::string>()));
    std::string bytes;
    std::vector<std::size_t> ends;
    for (const auto& p : payloads) {
      append_frame(bytes, p);
      ends.push_back(bytes.size());
    }
    const auto cut = *rc::gen::inRange<std::size_t>(0, bytes.size() + 1);
    std::vector<std::string> got;
    const auto whole = read_frames(std::string_view(bytes).substr(0, cut), [&](std::string_view p) {
      got.emplace_back(p);
      return Status();
    });
    std::size_t expected = 0;
    while (expected < ends.size() && ends[expected] <= cut) ++expected;
    RC_ASSERT(got == std::vector<std::string>(payloads.begin(),
                                              payloads.begin() + static_cast<long>(expected)));
    RC_ASSERT(*whole == (expected == 0 ? 0 : ends[expected - 1]));
  });
}

TEST(Frames, AFlippedBitIsNoticed) {
  std::string bytes;
  append_frame(bytes, "hello");
  for (std::size_t i = 0; i < bytes.size() * 8; ++i) {
    std::string damaged = bytes;
    damaged[i / 8] = static_cast<char>(damaged[i / 8] ^ (1 << (i % 8)));
    int seen = 0;
    (void)read_frames(damaged, [&](std::string_view) {
      ++seen;
      return Status();
    });
    EXPECT_EQ(seen, 0) << "bit " << i;
  }
}

TEST(Ledger, TotalsByModelAndNewestFirst) {
  const TempDir dir;
  auto ledger = std::move(*Ledger::open(dir.path()));
  auto a = record("1", "a");
  a.cost_usd = 0.25;
  auto b = record("2", "b");
  b.at = 2000;
  ASSERT_TRUE(ledger->append(a));
  ASSERT_TRUE(ledger->append(b));
  ASSERT_TRUE(ledger->append(record("3", "a")));
  const auto totals = *ledger->totals();
  ASSERT_EQ(totals.size(), 2U);
  EXPECT_EQ(totals[0].model, "a");
  EXPECT_EQ(totals[0].requests, 2);
  EXPECT_EQ(totals[0].input_tokens, 20);
  EXPECT_EQ(totals[0].cached_tokens, 6);
  EXPECT_EQ(totals[0].cost_usd, 0.25);
  EXPECT_EQ(totals[1].cost_usd, std::nullopt) << "unknown is not zero";
  const auto recent = *ledger->recent(2);
  ASSERT_EQ(recent.size(), 2U);
  EXPECT_EQ(recent[0].id, "2");
}

TEST(Ledger, TheSameIdSettlesOnce) {
  const TempDir dir;
  auto ledger = std::move(*Ledger::open(dir.path()));
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(ledger->append(record("same")));
  EXPECT_EQ((*ledger->totals())[0].requests, 1);
}

TEST(Ledger, ATornTailAndAFormerSegmentAreRecovered) {
  const TempDir dir;
  std::filesystem::create_directory(dir.file("journal"));
  std::string first, second;
  const std::string payload = R"({"id":"x1","model":"m","input_tokens":7})";
  append_frame(first, payload);
  append_frame(second, R"({"id":"x2","model":"m","input_tokens":1})");
  append_frame(second, R"({"id":"x3","model":"m","input_tokens":100})");
  std::ofstream(dir.file("journal/000000000001.log")) << first;
  std::ofstream(dir.file("journal/000000000002.log")) << second.substr(0, second.size() - 1);
  for (int i = 0; i < 2; ++i) {
    auto ledger = std::move(*Ledger::open(dir.path()));
    const auto totals = *ledger->totals();
    ASSERT_EQ(totals.size(), 1U);
    EXPECT_EQ(totals[0].input_tokens, 8);
  }
}

// A child appends and tells each id after append() took it; it is killed at a random moment. The
// parent recovers: everything told is there, once.
TEST(Ledger, KillMinusNineLosesAndDoublesNothing) {
  const TempDir dir;
  std::mt19937 random(7);
  std::set<std::string> told;
  for (int round = 0; round < 12; ++round) {
    int pipe_fds[2];
    ASSERT_EQ(::pipe(pipe_fds), 0);
    const ::pid_t child = ::fork();
    if (child == 0) {
      ::close(pipe_fds[0]);
      auto ledger = Ledger::open(dir.path());
      if (!ledger) ::_exit(1);
      for (int i = 0; i < 100000; ++i) {
        const std::string id = std::to_string(round) + "-" + std::to_string(i);
        if (!(*ledger)->append(record(id))) continue;
        const std::string line = id + "\n";
        if (::write(pipe_fds[1], line.data(), line.size()) < 0) ::_exit(2);
      }
      ::_exit(0);
    }
    ::close(pipe_fds[1]);
    // The kill comes after a random number of bytes, so no clock is involved.
    std::string text;
    const std::size_t enough = 1 + random() % 20000;
    char buffer[4096];
    ::ssize_t n = 0;
    while (text.size() < enough && (n = ::read(pipe_fds[0], buffer, sizeof buffer)) > 0)
      text.append(buffer, static_cast<std::size_t>(n));
    ::kill(child, SIGKILL);
    while ((n = ::read(pipe_fds[0], buffer, sizeof buffer)) > 0)
      text.append(buffer, static_cast<std::size_t>(n));
    ::close(pipe_fds[0]);
    ::waitpid(child, nullptr, 0);
    for (std::size_t at = 0, end = 0; (end = text.find('\n', at)) != text.npos; at = end + 1)
      told.insert(text.substr(at, end - at));
  }
  ASSERT_FALSE(told.empty());
  auto ledger = std::move(*Ledger::open(dir.path()));
  const auto all = *ledger->recent(1 << 30);
  std::set<std::string> found;
  for (const auto& r : all) EXPECT_TRUE(found.insert(r.id).second) << "twice: " << r.id;
  for (const auto& id : told) EXPECT_TRUE(found.count(id)) << "lost: " << id;
  // Beyond what was told, at most one record a round was appended and not yet told.
  EXPECT_LE(found.size(), told.size() + 12);
}

}  // namespace
}  // namespace interposer::store
