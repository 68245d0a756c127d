#include "store/database.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>
#include <csignal>

#include <filesystem>
#include <fstream>

#include "base/temp_dir.h"

namespace interposer::store {
namespace {

TEST(Database, RoundTripsEveryType) {
  auto db = std::move(*Database::memory());
  ASSERT_TRUE(db->execute("CREATE TABLE t(a INTEGER, b REAL, c TEXT, d BLOB, e)"));
  const unsigned char bytes[] = {0, 1, 255};
  auto insert = std::move(*db->prepare("INSERT INTO t VALUES(?,?,?,?,?)"));
  insert.bind(1, INT64_MIN).bind(2, 0.5).bind(3, std::string_view("a\0b", 3)).bind_blob(4, bytes);
  insert.bind_null(5);
  ASSERT_TRUE(insert.run());
  auto query = std::move(*db->prepare("SELECT * FROM t"));
  ASSERT_TRUE(*query.step());
  EXPECT_EQ(query.integer(0), INT64_MIN);
  EXPECT_EQ(query.real(1), 0.5);
  EXPECT_EQ(query.text(2), std::string("a\0b", 3));
  EXPECT_EQ(query.blob(3), std::vector<unsigned char>({0, 1, 255}));
  EXPECT_TRUE(query.is_null(4));
  EXPECT_EQ(query.column_name(4), "e");
  EXPECT_FALSE(*query.step());
}

TEST(Database, AnEmptyTextIsNotNull) {
  auto db = std::move(*Database::memory());
  auto query = std::move(*db->prepare("SELECT ? IS NULL"));
  query.bind(1, std::string_view());
  ASSERT_TRUE(*query.step());
  EXPECT_EQ(query.integer(0), 0);
}

TEST(Database, TransactionRollsBackOnError) {
  auto db = std::move(*Database::memory());
  ASSERT_TRUE(db->execute("CREATE TABLE t(a)"));
  const Status failed = db->transaction([&]() -> Status {
    IP_OK(db->execute("INSERT INTO t VALUES(1)"));
    return make_error(Code::kCancelled, "no");
  });
  EXPECT_EQ(failed.error().code, Code::kCancelled);
  auto query = std::move(*db->prepare("SELECT count(*) FROM t"));
  ASSERT_TRUE(*query.step());
  EXPECT_EQ(query.integer(0), 0);
}

TEST(Database, PreparedStatementsAreReused) {
  auto db = std::move(*Database::memory());
  for (int i = 0; i < 3; ++i) {
    auto a = std::move(*db->prepare("SELECT ?"));
    auto b = std::move(*db->prepare("SELECT ?"));  // while a is in use
    a.bind(1, i);
    b.bind(1, i + 10);
    ASSERT_TRUE(*a.step());
    ASSERT_TRUE(*b.step());
    EXPECT_EQ(a.integer(0), i);
    EXPECT_EQ(b.integer(0), i + 10);
  }
  auto fresh = std::move(*db->prepare("SELECT ? IS NULL"));
  ASSERT_TRUE(*fresh.step());
  EXPECT_EQ(fresh.integer(0), 1) << "bindings must not survive the handle";
}

TEST(Database, OneStatementOnly) {
  auto db = std::move(*Database::memory());
  EXPECT_EQ(db->prepare("SELECT 1; DROP TABLE t").error().code, Code::kInvalidArgument);
  EXPECT_EQ(db->prepare("").error().code, Code::kInvalidArgument);
  EXPECT_TRUE(db->prepare("SELECT 1 ; ").ok());
}

TEST(Database, MigratesOnceAndRefusesNewer) {
  const TempDir dir;
  const std::string path = dir.file("x.db");
  {
    auto db = std::move(*Database::open(path));
    ASSERT_TRUE(db->migrate({"CREATE TABLE a(x)"}));
    ASSERT_TRUE(db->migrate({"CREATE TABLE a(x)", "CREATE TABLE b(x)"}));
  }
  auto db = std::move(*Database::open(path));
  EXPECT_TRUE(db->migrate({"CREATE TABLE a(x)", "CREATE TABLE b(x)"}));
  const Status newer = db->migrate({"CREATE TABLE a(x)"});
  ASSERT_FALSE(newer);
  EXPECT_EQ(newer.error().kind, "newer_format");
}

TEST(Database, AFailedMigrationLeavesTheFormerFormat) {
  auto db = std::move(*Database::memory());
  EXPECT_FALSE(db->migrate({"CREATE TABLE a(x); INSERT INTO missing VALUES(1)"}));
  EXPECT_TRUE(db->migrate({"CREATE TABLE a(x)"}));
}

TEST(Database, DamageIsDataLoss) {
  const TempDir dir;
  const std::string path = dir.file("x.db");
  std::ofstream(path) << std::string(8192, 'x');
  const auto opened = Database::open(path);
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().code, Code::kDataLoss);
  EXPECT_NE(opened.error().message.find(path), std::string::npos);
}

TEST(Database, AHeldLockIsUnavailable) {
  const TempDir dir;
  const std::string path = dir.file("x.db");
  auto first = std::move(*Database::open(path));
  auto second = std::move(*Database::open(path, {.busy_timeout_ms = 10}));
  ASSERT_TRUE(first->execute("BEGIN IMMEDIATE"));
  const Status busy = second->execute("BEGIN IMMEDIATE");
  ASSERT_FALSE(busy);
  EXPECT_EQ(busy.error().code, Code::kUnavailable);
}

TEST(Database, ReadOnlySqlRunsOnlySelect) {
  auto db = std::move(*Database::memory());
  ASSERT_TRUE(db->execute("CREATE TABLE t(a); INSERT INTO t VALUES(2),(40)"));
  db->restrict_to_select(0);
  {
    auto sum =
        std::move(*db->prepare("SELECT sum(a), round(avg(a)), upper('x') FROM t WHERE a > 1"));
    ASSERT_TRUE(*sum.step());
    EXPECT_EQ(sum.integer(0), 42);
  }
  for (const char* refused :
       {"DELETE FROM t", "INSERT INTO t VALUES(1)", "ATTACH 'x' AS y", "PRAGMA journal_mode=OFF",
        "SELECT load_extension('x')", "DROP TABLE t", "CREATE TABLE u(a)", "VACUUM INTO 'x'",
        "SELECT randomblob(1000000000)", "SELECT * FROM pragma_table_info('t')",
        "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM c) SELECT count(*) FROM c"}) {
    auto prepared = db->prepare(refused);
    bool worked = prepared.ok();
    if (worked) worked = prepared->step().ok();
    EXPECT_FALSE(worked) << refused;
  }
}

TEST(Database, StepLimitStopsALongQuery) {
  auto db = std::move(*Database::memory());
  ASSERT_TRUE(db->execute("CREATE TABLE t(a)"));
  ASSERT_TRUE(
      db->execute("WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM c LIMIT 2000) "
                  "INSERT INTO t SELECT x FROM c"));
  db->restrict_to_select(100000);
  auto big = std::move(*db->prepare("SELECT count(*) FROM t a, t b, t c"));
  const auto stepped = big.step();
  ASSERT_FALSE(stepped.ok());
  EXPECT_EQ(stepped.error().code, Code::kTooLarge);
  auto small = std::move(*db->prepare("SELECT count(*) FROM t"));
  EXPECT_TRUE(small.step().ok()) << "the limit is per statement";
}

// A file-size limit stands for a full disk: SQLite sees the same failed write.
TEST(Database, AFullDiskNamesThePathAndKeepsWhatWasCommitted) {
  const TempDir dir;
  const std::string path = dir.file("x.db");
  std::signal(SIGXFSZ, SIG_IGN);
  auto db = std::move(*Database::open(path));
  ASSERT_TRUE(db->execute("CREATE TABLE t(a); INSERT INTO t VALUES('kept')"));
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  const rlimit tight{256 * 1024, before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &tight), 0);
  Status status;
  for (int i = 0; i < 100 && status; ++i)
    status = db->execute("INSERT INTO t VALUES(zeroblob(32768))");
  setrlimit(RLIMIT_FSIZE, &before);
  ASSERT_FALSE(status);
  EXPECT_NE(status.error().message.find(path), std::string::npos);
  EXPECT_TRUE(status.error().code == Code::kResourceExhausted ||
              status.error().code == Code::kUnavailable);
  EXPECT_TRUE(db->execute("INSERT INTO t VALUES('after')"));
  auto query = std::move(*db->prepare("SELECT count(*) FROM t WHERE a IN ('kept','after')"));
  ASSERT_TRUE(*query.step());
  EXPECT_EQ(query.integer(0), 2);
}

}  // namespace
}  // namespace interposer::store
