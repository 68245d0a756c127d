#include "runs/store.h"

#include "base/log.h"
#include "runs/answer.h"

namespace interposer::runs {
namespace {

const std::vector<std::string>& migrations() {
  static const std::vector<std::string> kMigrations = {R"sql(
    CREATE TABLE conversations(
      id TEXT PRIMARY KEY, title TEXT NOT NULL, base TEXT NOT NULL, model TEXT NOT NULL,
      created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL);
    CREATE INDEX conversations_by_time ON conversations(updated_at);
    CREATE TABLE turns(
      position INTEGER PRIMARY KEY AUTOINCREMENT,
      run TEXT NOT NULL UNIQUE,
      conversation TEXT NOT NULL REFERENCES conversations(id) ON DELETE CASCADE,
      question TEXT NOT NULL, target TEXT NOT NULL, state INTEGER NOT NULL,
      answer TEXT NOT NULL, created_at INTEGER NOT NULL);
    CREATE INDEX turns_of_conversation ON turns(conversation, position);
    CREATE INDEX turns_running ON turns(state) WHERE state = 0;
    CREATE TABLE events(
      run TEXT NOT NULL REFERENCES turns(run) ON DELETE CASCADE,
      n INTEGER NOT NULL, json TEXT NOT NULL, PRIMARY KEY(run, n)) WITHOUT ROWID;
  )sql",
                                                       R"sql(
    ALTER TABLE conversations ADD COLUMN owner TEXT NOT NULL DEFAULT 'local';
    DROP INDEX conversations_by_time;
    CREATE INDEX conversations_of_owner ON conversations(owner, updated_at);
  )sql"};
  return kMigrations;
}

constexpr std::string_view kInterrupted =
    R"({"type":"error","code":"interrupted","message":"the server ended while it answered this",)"
    R"("remedy":"ask again"})";

Conversation read_conversation(const store::Statement& row) {
  Conversation c;
  c.id = row.text(0);
  c.title = row.text(1);
  c.base = row.text(2);
  c.model = row.text(3);
  c.created_at = row.integer(4);
  c.updated_at = row.integer(5);
  c.owner = row.text(6);
  return c;
}

}  // namespace

Error unknown_conversation(std::string_view id) {
  return make_error(Code::kNotFound, "there is no conversation '" + std::string(id) + "'",
                    "list them with GET /api/v1/conversations", "unknown_conversation");
}

Error unknown_run(std::string_view id) {
  return make_error(Code::kNotFound, "there is no run '" + std::string(id) + "'",
                    "a run's id is in the answer to POST .../turns", "unknown_run");
}

Result<std::unique_ptr<Store>> Store::open(const std::string& path) {
  IP_TRY(auto db, store::Database::open(path));
  IP_OK(db->migrate(migrations()));
  std::unique_ptr<Store> out(new Store(std::move(db)));
  IP_OK(out->recover());
  return out;
}

Status Store::recover() {
  std::vector<std::string> interrupted;
  {
    IP_TRY(auto query, db_->prepare("SELECT run FROM turns WHERE state = 0 ORDER BY position"));
    while (true) {
      IP_TRY(const bool row, query.step());
      if (!row) break;
      interrupted.push_back(query.text(0));
    }
  }
  for (const std::string& run : interrupted) {
    IP_TRY(auto events, events_of(run));
    const std::int64_t n = events.empty() ? 1 : events.back().n + 1;
    LogEvent last{n, "{\"n\":" + std::to_string(n) + "," + std::string(kInterrupted.substr(1))};
    events.push_back(last);
    WriteOp op;
    op.run = run;
    op.events.push_back(std::move(last));
    op.finish = true;
    op.state = State::kFailed;
    op.answer = fold_answer(events);
    op.at = wall_now_ms();
    IP_OK(write({op}));
  }
  if (!interrupted.empty())
    log::warn("runs of an earlier process were interrupted", {{"runs", interrupted.size()}});
  return {};
}

Status Store::add_conversation(const Conversation& c) {
  const std::lock_guard lock(mutex_);
  IP_TRY(auto insert, db_->prepare("INSERT INTO conversations VALUES(?,?,?,?,?,?,?)"));
  return insert.bind(1, c.id)
      .bind(2, c.title)
      .bind(3, c.base)
      .bind(4, c.model)
      .bind(5, c.created_at)
      .bind(6, c.updated_at)
      .bind(7, c.owner)
      .run();
}

Result<std::vector<Conversation>> Store::conversations(const std::string& owner) {
  const std::lock_guard lock(mutex_);
  IP_TRY(auto query, db_->prepare("SELECT id,title,base,model,created_at,updated_at,owner FROM "
                                  "conversations WHERE owner = ? "
                                  "ORDER BY updated_at DESC, id DESC LIMIT ?"));
  query.bind(1, owner).bind(2, kConversationsListed);
  std::vector<Conversation> out;
  while (true) {
    IP_TRY(const bool row, query.step());
    if (!row) return out;
    out.push_back(read_conversation(query));
  }
}

Result<Conversation> Store::conversation(const std::string& owner, const std::string& id) {
  IP_TRY(auto query, db_->prepare("SELECT id,title,base,model,created_at,updated_at,owner FROM "
                                  "conversations WHERE id = ? AND owner = ?"));
  query.bind(1, id).bind(2, owner);
  IP_TRY(const bool row, query.step());
  if (!row) return unknown_conversation(id);
  return read_conversation(query);
}

Result<Thread> Store::thread(const std::string& owner, const std::string& id) {
  const std::lock_guard lock(mutex_);
  Thread out;
  IP_TRY(out.conversation, conversation(owner, id));
  IP_TRY(auto query, db_->prepare("SELECT run,question,target,state,answer,created_at FROM turns "
                                  "WHERE conversation = ? ORDER BY position"));
  query.bind(1, id);
  while (true) {
    IP_TRY(const bool row, query.step());
    if (!row) return out;
    Turn turn;
    turn.run = query.text(0);
    turn.conversation = id;
    turn.question = query.text(1);
    turn.target = query.text(2);
    turn.state = static_cast<State>(query.integer(3));
    turn.answer = query.text(4);
    turn.created_at = query.integer(5);
    out.turns.push_back(std::move(turn));
  }
}

Status Store::rename(const std::string& owner, const std::string& id, const std::string& title,
                     WallMs at) {
  const std::lock_guard lock(mutex_);
  IP_TRY(auto update,
         db_->prepare(
             "UPDATE conversations SET title = ?, updated_at = ? WHERE id = ? AND owner = ?"));
  IP_OK(update.bind(1, title).bind(2, at).bind(3, id).bind(4, owner).run());
  if (db_->changes() == 0) return unknown_conversation(id);
  return {};
}

Status Store::remove(const std::string& owner, const std::string& id) {
  const std::lock_guard lock(mutex_);
  IP_TRY(auto erase, db_->prepare("DELETE FROM conversations WHERE id = ? AND owner = ?"));
  IP_OK(erase.bind(1, id).bind(2, owner).run());
  if (db_->changes() == 0) return unknown_conversation(id);
  return {};
}

Status Store::add_turn(const std::string& owner, const Turn& turn, const std::string& title) {
  const std::lock_guard lock(mutex_);
  return db_->transaction([&]() -> Status {
    IP_TRY(auto update, db_->prepare("UPDATE conversations SET updated_at = ?, title = CASE title "
                                     "WHEN '' THEN ? ELSE title END WHERE id = ? AND owner = ?"));
    update.bind(1, turn.created_at).bind(2, title).bind(3, turn.conversation).bind(4, owner);
    IP_OK(update.run());
    if (db_->changes() == 0) return unknown_conversation(turn.conversation);
    IP_TRY(auto insert,
           db_->prepare("INSERT INTO turns(run,conversation,question,target,state,answer,"
                        "created_at) VALUES(?,?,?,?,0,'',?)"));
    return insert.bind(1, turn.run)
        .bind(2, turn.conversation)
        .bind(3, turn.question)
        .bind(4, turn.target)
        .bind(5, turn.created_at)
        .run();
  });
}

Status Store::write(const std::vector<WriteOp>& ops) {
  const std::lock_guard lock(mutex_);
  return db_->transaction([&]() -> Status {
    for (const WriteOp& op : ops) {
      IP_OK(write_one(op));
    }
    return {};
  });
}

Status Store::write_one(const WriteOp& op) {
  // Of a conversation that was deleted meanwhile nothing is kept.
  IP_TRY(auto insert, db_->prepare("INSERT INTO events SELECT ?1, ?2, ?3 WHERE EXISTS "
                                   "(SELECT 1 FROM turns WHERE run = ?1)"));
  for (const LogEvent& event : op.events) {
    insert.reset();
    IP_OK(insert.bind(1, op.run).bind(2, event.n).bind(3, event.json).run());
  }
  if (!op.finish) return {};
  IP_TRY(auto end, db_->prepare("UPDATE turns SET state = ?, answer = ? WHERE run = ?"));
  IP_OK(end.bind(1, static_cast<int>(op.state)).bind(2, op.answer).bind(3, op.run).run());
  IP_TRY(auto touch, db_->prepare("UPDATE conversations SET updated_at = max(updated_at, ?) WHERE "
                                  "id = (SELECT conversation FROM turns WHERE run = ?)"));
  return touch.bind(1, op.at).bind(2, op.run).run();
}

Result<std::vector<LogEvent>> Store::events_of(const std::string& run) {
  IP_TRY(auto query, db_->prepare("SELECT n, json FROM events WHERE run = ? ORDER BY n"));
  query.bind(1, run);
  std::vector<LogEvent> out;
  while (true) {
    IP_TRY(const bool row, query.step());
    if (!row) return out;
    out.push_back(LogEvent{query.integer(0), query.text(1)});
  }
}

Result<Store::Stored> Store::run(const std::string& owner, const std::string& run) {
  const std::lock_guard lock(mutex_);
  Stored out;
  {
    IP_TRY(auto query,
           db_->prepare("SELECT state FROM turns JOIN conversations ON id = conversation "
                        "WHERE run = ? AND owner = ?"));
    query.bind(1, run).bind(2, owner);
    IP_TRY(const bool row, query.step());
    if (!row) return unknown_run(run);
    out.state = static_cast<State>(query.integer(0));
  }
  IP_TRY(out.events, events_of(run));
  return out;
}

}  // namespace interposer::runs
