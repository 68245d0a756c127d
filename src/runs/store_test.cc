#include "runs/store.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "base/temp_dir.h"

namespace interposer::runs {
namespace {

class StoreTest : public ::testing::Test {
 protected:
  std::string path() const { return dir_.file("conversations.db"); }
  std::unique_ptr<Store> open() {
    auto opened = Store::open(path());
    EXPECT_TRUE(opened) << (opened ? "" : opened.error().to_string());
    return std::move(*opened);
  }
  static Conversation conversation(const std::string& id, WallMs at) {
    Conversation c;
    c.id = id;
    c.owner = "local";
    c.base = "handbook";
    c.created_at = c.updated_at = at;
    return c;
  }
  static Turn turn(const std::string& conversation, const std::string& run) {
    Turn t;
    t.conversation = conversation;
    t.run = run;
    t.question = "Q of " + run;
    t.target = "tiny";
    t.created_at = 50;
    return t;
  }
  TempDir dir_;
};

LogEvent event(std::int64_t n, const std::string& members) {
  return {n, "{\"n\":" + std::to_string(n) + "," + members + "}"};
}

WriteOp events(const std::string& run, std::vector<LogEvent> list) {
  WriteOp op;
  op.run = run;
  op.events = std::move(list);
  return op;
}

TEST_F(StoreTest, KeepsConversationsNewestFirstAndTitlesThemOnce) {
  auto store = open();
  ASSERT_TRUE(store->add_conversation(conversation("c1", 10)));
  ASSERT_TRUE(store->add_conversation(conversation("c2", 20)));
  ASSERT_TRUE(store->add_turn("local", turn("c1", "r1"), "First"));
  ASSERT_TRUE(store->add_turn("local", turn("c1", "r2"), "Second"));
  const auto list = store->conversations("local");
  ASSERT_TRUE(list);
  ASSERT_EQ(list->size(), 2u);
  EXPECT_EQ((*list)[0].id, "c1");
  EXPECT_EQ((*list)[0].title, "First");
  EXPECT_EQ((*list)[0].updated_at, 50);
  const auto thread = store->thread("local", "c1");
  ASSERT_TRUE(thread);
  ASSERT_EQ(thread->turns.size(), 2u);
  EXPECT_EQ(thread->turns[1].question, "Q of r2");
}

TEST_F(StoreTest, WhatBelongsToAnotherIsNotThere) {
  auto store = open();
  ASSERT_TRUE(store->add_conversation(conversation("c", 10)));
  ASSERT_TRUE(store->add_turn("local", turn("c", "r"), "Mine"));
  EXPECT_TRUE(store->conversations("team-b")->empty());
  EXPECT_EQ(store->thread("team-b", "c").error().kind, "unknown_conversation");
  EXPECT_EQ(store->rename("team-b", "c", "Theirs", 99).error().kind, "unknown_conversation");
  EXPECT_EQ(store->remove("team-b", "c").error().kind, "unknown_conversation");
  EXPECT_EQ(store->add_turn("team-b", turn("c", "r2"), "t").error().kind, "unknown_conversation");
  EXPECT_EQ(store->run("team-b", "r").error().kind, "unknown_run");
  const auto mine = store->thread("local", "c");
  ASSERT_TRUE(mine);
  EXPECT_EQ(mine->conversation.title, "Mine");
  EXPECT_EQ(mine->turns.size(), 1u);
}

// Conversations that were begun before they had owners.
TEST_F(StoreTest, AnOlderFilesConversationsAreTheLocalUsers) {
  {
    auto db = store::Database::open(path());
    ASSERT_TRUE(db);
    ASSERT_TRUE((*db)->execute(R"sql(
      CREATE TABLE conversations(
        id TEXT PRIMARY KEY, title TEXT NOT NULL, base TEXT NOT NULL, model TEXT NOT NULL,
        created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL);
      CREATE INDEX conversations_by_time ON conversations(updated_at);
      CREATE TABLE turns(
        position INTEGER PRIMARY KEY AUTOINCREMENT, run TEXT NOT NULL UNIQUE,
        conversation TEXT NOT NULL REFERENCES conversations(id) ON DELETE CASCADE,
        question TEXT NOT NULL, target TEXT NOT NULL, state INTEGER NOT NULL,
        answer TEXT NOT NULL, created_at INTEGER NOT NULL);
      CREATE TABLE events(
        run TEXT NOT NULL REFERENCES turns(run) ON DELETE CASCADE,
        n INTEGER NOT NULL, json TEXT NOT NULL, PRIMARY KEY(run, n)) WITHOUT ROWID;
      INSERT INTO conversations VALUES('c', 'Old', 'handbook', '', 1, 2);
      PRAGMA user_version = 1)sql"));
  }
  const auto list = open()->conversations("local");
  ASSERT_TRUE(list);
  ASSERT_EQ(list->size(), 1u);
  EXPECT_EQ((*list)[0].title, "Old");
}

TEST_F(StoreTest, UnknownNamesAreNotFound) {
  auto store = open();
  EXPECT_EQ(store->thread("local", "no").error().kind, "unknown_conversation");
  EXPECT_EQ(store->rename("local", "no", "t", 1).error().kind, "unknown_conversation");
  EXPECT_EQ(store->remove("local", "no").error().kind, "unknown_conversation");
  EXPECT_EQ(store->add_turn("local", turn("no", "r"), "t").error().kind, "unknown_conversation");
  EXPECT_EQ(store->run("local", "no").error().kind, "unknown_run");
}

TEST_F(StoreTest, DeletingAConversationTakesItsEventsAndLateOnesAreDropped) {
  auto store = open();
  ASSERT_TRUE(store->add_conversation(conversation("c", 10)));
  ASSERT_TRUE(store->add_turn("local", turn("c", "r"), "t"));
  ASSERT_TRUE(store->write({events("r", {event(1, R"("type":"delta","text":"a")")})}));
  ASSERT_TRUE(store->remove("local", "c"));
  ASSERT_TRUE(store->write({events("r", {event(2, R"("type":"done")")})}));
  EXPECT_EQ(store->run("local", "r").error().kind, "unknown_run");
}

// A process that is killed in the middle of an answer leaves what it delivered.
TEST_F(StoreTest, AKilledProcessLeavesAFailedRunWithWhatWasDelivered) {
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    auto store = Store::open(path());
    if (!store) ::_exit(1);
    if (!(*store)->add_conversation(conversation("c", 10))) ::_exit(2);
    if (!(*store)->add_turn("local", turn("c", "r"), "t")) ::_exit(3);
    if (!(*store)->write({events("r", {event(1, R"("type":"start","mode":"chat","model":"m")"),
                                       event(2, R"("type":"delta","text":"half an ans")")})}))
      ::_exit(4);
    ::kill(::getpid(), SIGKILL);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status)) << "the child ended by itself: " << WEXITSTATUS(status);

  auto store = open();
  const auto run = store->run("local", "r");
  ASSERT_TRUE(run);
  EXPECT_EQ(run->state, State::kFailed);
  ASSERT_EQ(run->events.size(), 3u);
  EXPECT_NE(run->events[2].json.find("\"code\":\"interrupted\""), std::string::npos);
  const auto thread = store->thread("local", "c");
  ASSERT_TRUE(thread);
  EXPECT_NE(thread->turns[0].answer.find("half an ans"), std::string::npos);
  EXPECT_NE(thread->turns[0].answer.find("interrupted"), std::string::npos);

  store = open();  // recovered once, not again
  EXPECT_EQ(store->run("local", "r")->events.size(), 3u);
}

}  // namespace
}  // namespace interposer::runs
