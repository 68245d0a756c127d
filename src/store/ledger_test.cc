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
#include "store/database.h"
#include "store/journal.h"
#include "store/ledger_record.h"

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
  ASSERT_TRUE(ledger->append(a.entry()));
  ASSERT_TRUE(ledger->append(b.entry()));
  ASSERT_TRUE(ledger->append(record("3", "a").entry()));
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

std::string frame_of(const UsageRecord& r) {
  std::string payload, frame;
  encode_record(payload, r.entry());
  append_frame(frame, payload);
  return frame;
}

rc::Gen<UsageRecord> any_record() {
  return rc::gen::exec([] {
    UsageRecord r;
    for (std::string* text : {&r.id, &r.trace_id, &r.principal, &r.route, &r.target, &r.model,
                              &r.operation, &r.outcome})
      *text = *rc::gen::string<std::string>();
    if (*rc::gen::arbitrary<bool>()) r.trace_id = "0123456789abcdef0123456789abcdef";
    for (std::int64_t* number : {&r.at, &r.input_tokens, &r.cache_read_tokens,
                                 &r.cache_write_tokens, &r.output_tokens, &r.reasoning_tokens})
      *number = *rc::gen::arbitrary<std::int64_t>();
    r.ttft_ms = *rc::gen::inRange(0, 1000000) / 8.0;
    r.total_ms = *rc::gen::inRange(0, 1000000) / 8.0;
    if (*rc::gen::arbitrary<bool>()) r.cost_usd = *rc::gen::inRange(0, 1000) / 16.0;
    if (*rc::gen::arbitrary<bool>()) r.joules = *rc::gen::inRange(0, 1000) / 16.0;
    return r;
  });
}

bool same(const UsageEntry& a, const UsageEntry& b) {
  return a.id == b.id && a.trace_id == b.trace_id && a.principal == b.principal &&
         a.route == b.route && a.target == b.target && a.model == b.model &&
         a.operation == b.operation && a.outcome == b.outcome && a.at == b.at &&
         a.input_tokens == b.input_tokens && a.cache_read_tokens == b.cache_read_tokens &&
         a.cache_write_tokens == b.cache_write_tokens && a.output_tokens == b.output_tokens &&
         a.reasoning_tokens == b.reasoning_tokens && a.ttft_ms == b.ttft_ms &&
         a.total_ms == b.total_ms && a.cost_usd == b.cost_usd && a.joules == b.joules;
}

TEST(Record, ReadsBackAsItWas) {
  rc::check("decode(encode(r)) == r", [] {
    const UsageRecord r = *any_record();
    std::string payload;
    encode_record(payload, r.entry());
    DecodedRecord decoded;
    RC_ASSERT(decode_record(payload, &decoded).ok());
    RC_ASSERT(same(decoded.entry, r.entry()));
    RC_ASSERT(same(UsageRecord(decoded.entry).entry(), r.entry()));
  });
}

TEST(Record, ACutOrLongerOneIsRefused) {
  std::string payload;
  encode_record(payload, record("an-id").entry());
  DecodedRecord decoded;
  ASSERT_TRUE(decode_record(payload, &decoded));
  for (std::size_t n = 0; n < payload.size(); ++n)
    EXPECT_FALSE(decode_record(std::string_view(payload).substr(0, n), &decoded)) << n;
  EXPECT_FALSE(decode_record(payload + "x", &decoded));
  payload[0] = 2;
  EXPECT_EQ(decode_record(payload, &decoded).error().code, Code::kDataLoss) << "a newer version";
}

TEST(Ledger, ANameOfAnyLengthIsCutAndStopsNothing) {
  const TempDir dir;
  auto ledger = std::move(*Ledger::open(dir.path()));
  auto r = record("1", "m" + std::string(3 * kMaxFrameBytes, 'x'));
  ASSERT_TRUE(ledger->append(r.entry()));
  ASSERT_TRUE(ledger->append(record("2").entry()));
  ASSERT_TRUE(ledger->flush());
  const auto recent = *ledger->recent(2);
  ASSERT_EQ(recent.size(), 2U);
  EXPECT_EQ(recent[1].model, r.model.substr(0, kMaxTextBytes));
}

// What a kill -9 leaves: the folder as it stands, copied while the ledger is still open.
void copy_home(const TempDir& from, const TempDir& to) {
  std::filesystem::copy(
      from.path(), to.path(),
      std::filesystem::copy_options::recursive | std::filesystem::copy_options::overwrite_existing);
}

TEST(Ledger, WhatWasFoldedAndStillStandsInTheJournalCountsOnce) {
  const TempDir dir, killed;
  auto ledger = std::move(*Ledger::open(dir.path()));
  ASSERT_TRUE(ledger->append(record("1").entry()));
  ASSERT_TRUE(ledger->flush());
  ASSERT_TRUE(ledger->append(record("2").entry()));
  copy_home(dir, killed);
  for (int i = 0; i < 2; ++i) {
    auto again = std::move(*Ledger::open(killed.path()));
    const auto totals = *again->totals();
    ASSERT_EQ(totals.size(), 1U);
    EXPECT_EQ(totals[0].requests, 2) << "opened " << i + 1 << " times";
    EXPECT_EQ(again->recent(10)->size(), 2U);
  }
}

TEST(Ledger, SegmentsAreNeverNumberedAnew) {
  const TempDir dir, killed;
  ASSERT_TRUE((*Ledger::open(dir.path()))->append(record("1").entry()));
  // The first segment is gone once its records are in the database; the next must not look folded.
  auto ledger = std::move(*Ledger::open(dir.path()));
  ASSERT_TRUE(ledger->append(record("2").entry()));
  copy_home(dir, killed);
  auto again = std::move(*Ledger::open(killed.path()));
  EXPECT_EQ((*again->totals())[0].requests, 2);
}

TEST(Ledger, ALossOfPowerMayTakeTheJournalsEndButNothingThatWasFolded) {
  const TempDir dir, lost;
  auto ledger = std::move(*Ledger::open(dir.path()));
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(ledger->append(record(std::to_string(i)).entry()));
  ASSERT_TRUE(ledger->flush());
  copy_home(dir, lost);
  for (const auto& file : std::filesystem::directory_iterator(lost.file("journal")))
    std::filesystem::resize_file(file, 20);
  auto again = std::move(*Ledger::open(lost.path()));
  ASSERT_TRUE(again->append(record("10").entry()));
  EXPECT_EQ((*again->totals())[0].requests, 11);
}

TEST(Ledger, SumsAreKeptByTheKeyAndTheUnknownStaysUnknown) {
  const TempDir dir;
  auto ledger = std::move(*Ledger::open(dir.path()));
  for (int i = 0; i < 3; ++i) {
    auto r = record("a" + std::to_string(i));
    if (i == 1) r.cost_usd = 0.5;
    ASSERT_TRUE(ledger->append(r.entry()));
    ASSERT_TRUE(ledger->flush());  // each into another transaction
  }
  auto other = record("b");
  other.principal = "somebody";
  ASSERT_TRUE(ledger->append(other.entry()));
  const auto totals = *ledger->totals();
  ASSERT_EQ(totals.size(), 1U);
  EXPECT_EQ(totals[0].requests, 4);
  EXPECT_EQ(totals[0].cost_usd, 0.5);
  EXPECT_EQ(totals[0].joules, std::nullopt);
}

// Many records, of times that overlap between the blocks they lie in.
TEST(Ledger, TheNewestAreFoundWhereverTheyLie) {
  const TempDir dir;
  auto ledger = std::move(*Ledger::open(dir.path()));
  std::mt19937 random(11);
  std::vector<std::pair<WallMs, std::string>> expected;
  for (int i = 0; i < 3000; ++i) {
    auto r = record("id" + std::to_string(i));
    r.at = 1000 + i + static_cast<int>(random() % 1500);
    expected.emplace_back(r.at, r.id);
    ASSERT_TRUE(ledger->append(r.entry()));
    if (i % 250 == 0) ASSERT_TRUE(ledger->flush());
  }
  std::sort(expected.rbegin(), expected.rend());
  for (const int limit : {0, 1, 7, 1200, 5000}) {
    const auto got = *ledger->recent(limit);
    ASSERT_EQ(got.size(), std::min<std::size_t>(3000, static_cast<std::size_t>(limit)));
    for (std::size_t i = 0; i < got.size(); ++i) EXPECT_EQ(got[i].id, expected[i].second) << i;
  }
}

TEST(Ledger, AFormerVersionsRowsBecomeSums) {
  const TempDir dir;
  {
    auto db = std::move(*Database::open(dir.file("ledger.db")));
    ASSERT_TRUE(db->execute(R"sql(
      CREATE TABLE usage(id TEXT PRIMARY KEY, at, trace_id, principal, route, target, model,
        operation, outcome, input_tokens, cache_read_tokens, cache_write_tokens, output_tokens,
        reasoning_tokens, cost_usd, joules, ttft_ms, total_ms) WITHOUT ROWID;
      INSERT INTO usage VALUES('1', 1, '', 'p', 'r', 't', 'm', 'chat', 'ok', 5, 1, 0, 7, 0,
        NULL, 2.5, 1, 2), ('2', 2, '', 'p', 'r', 't', 'm', 'chat', 'ok', 6, 1, 0, 8, 0, NULL, NULL,
        1, 2);
      PRAGMA user_version=1;)sql"));
  }
  auto ledger = std::move(*Ledger::open(dir.path()));
  ASSERT_TRUE(ledger->append(record("3").entry()));
  const auto totals = *ledger->totals();
  ASSERT_EQ(totals.size(), 1U);
  EXPECT_EQ(totals[0].requests, 3);
  EXPECT_EQ(totals[0].input_tokens, 21);
  EXPECT_EQ(totals[0].joules, 2.5);
}

TEST(Ledger, ATornTailAndAFormerSegmentAreRecovered) {
  const TempDir dir;
  std::filesystem::create_directory(dir.file("journal"));
  auto a = record("x1"), b = record("x2"), c = record("x3");
  a.input_tokens = 7;
  b.input_tokens = 1;
  c.input_tokens = 100;
  const std::string first = frame_of(a), second = frame_of(b) + frame_of(c);
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
        if (!(*ledger)->append(record(id).entry())) continue;
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
