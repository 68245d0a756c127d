#include "store/database.h"

#include <sqlite3.h>

#include "store/database_impl.h"

namespace interposer::store {
namespace {

// The progress handler runs every so many steps of the virtual machine.
constexpr int kStepUnit = 1000;
// Text of a statement, columns, terms: bounds for SQL that somebody else wrote.
constexpr int kMaxSqlBytes = 64 * 1024;
constexpr int kMaxValueBytes = 4 * 1024 * 1024;
constexpr int kMaxExpressionDepth = 100;

// Functions that depend on nothing but their arguments and change nothing.
constexpr const char* kPureFunctions[] = {
    "abs",          "avg",       "cast", "ceil",   "coalesce", "count",  "floor",
    "group_concat", "ifnull",    "iif",  "instr",  "length",   "like",   "lower",
    "ltrim",        "max",       "min",  "nullif", "replace",  "round",  "rtrim",
    "substr",       "substring", "sum",  "total",  "trim",     "typeof", "upper"};

int progress(void* context) {
  auto* impl = static_cast<Database::Impl*>(context);
  impl->steps += kStepUnit;
  impl->step_limit_hit = impl->steps > impl->step_limit;
  return impl->step_limit_hit ? 1 : 0;
}

int select_only(void*, int action, const char*, const char* name, const char*, const char*) {
  if (action == SQLITE_SELECT || action == SQLITE_READ) return SQLITE_OK;
  if (action == SQLITE_FUNCTION && name != nullptr) {
    for (const char* pure : kPureFunctions)
      if (sqlite3_stricmp(pure, name) == 0) return SQLITE_OK;
  }
  return SQLITE_DENY;
}

}  // namespace

void authorize_select_only(sqlite3* handle) {
  sqlite3_limit(handle, SQLITE_LIMIT_SQL_LENGTH, kMaxSqlBytes);
  sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, kMaxValueBytes);
  sqlite3_limit(handle, SQLITE_LIMIT_EXPR_DEPTH, kMaxExpressionDepth);
  sqlite3_limit(handle, SQLITE_LIMIT_ATTACHED, 0);
  sqlite3_set_authorizer(handle, select_only, nullptr);
}

Database::Impl::~Impl() {
  for (auto& [text, statements] : idle)
    for (sqlite3_stmt* s : statements) sqlite3_finalize(s);
  sqlite3_close_v2(handle);
}

void Database::Impl::install_step_limit(std::int64_t limit) {
  step_limit = limit;
  if (limit > 0)
    sqlite3_progress_handler(handle, kStepUnit, progress, this);
  else
    sqlite3_progress_handler(handle, 0, nullptr, nullptr);
}

Database::Database(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Database::~Database() = default;

Result<std::unique_ptr<Database>> Database::open(const std::string& path, OpenOptions options) {
  auto impl = std::make_unique<Impl>();
  impl->path = path;
  const int access =
      options.read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  const int opened = sqlite3_open_v2(path.c_str(), &impl->handle,
                                     access | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
  if (opened != SQLITE_OK) return impl->error(opened, "");
  sqlite3_busy_timeout(impl->handle, options.busy_timeout_ms);
  sqlite3_db_config(impl->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(impl->handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  std::unique_ptr<Database> db(new Database(std::move(impl)));
  if (!options.read_only) {
    // FULL: a commit is in the log on the device before it is reported, so that power loss takes
    // nothing that was reported. Writers that commit much group their work into transactions.
    IP_OK(db->execute("PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"));
    IP_TRY(auto mode, db->prepare("PRAGMA journal_mode=WAL"));
    IP_TRY(const bool row, mode.step());
    const std::string got = row ? mode.text(0) : "";
    if (got != "wal" && got != "memory")
      return make_error(Code::kUnsupported,
                        path + ": the file system cannot hold a write-ahead log",
                        "put the home on a local file system (--home)");
  }
  if (options.authorize_read_only_sql) authorize_select_only(db->impl_->handle);
  if (options.step_limit > 0) db->impl_->install_step_limit(options.step_limit);
  return db;
}

Result<std::unique_ptr<Database>> Database::memory() { return open(":memory:"); }

void Database::restrict_to_select(std::int64_t step_limit) {
  for (auto& [text, statements] : impl_->idle)
    for (sqlite3_stmt* s : statements) sqlite3_finalize(s);
  impl_->idle.clear();  // what was prepared before did not pass the authorizer
  authorize_select_only(impl_->handle);
  impl_->install_step_limit(step_limit);
}

Status Database::execute(std::string_view sql) {
  const std::string text(sql);
  impl_->steps = 0;
  impl_->step_limit_hit = false;
  const int code = sqlite3_exec(impl_->handle, text.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return impl_->error(code, sql);
  return {};
}

Result<Statement> Database::prepare(std::string_view sql) {
  std::string text(sql);
  auto found = impl_->idle.find(text);
  if (found != impl_->idle.end() && !found->second.empty()) {
    sqlite3_stmt* statement = found->second.back();
    found->second.pop_back();
    return Statement(std::make_unique<Statement::Impl>(impl_.get(), statement, std::move(text)));
  }
  sqlite3_stmt* statement = nullptr;
  const char* tail = nullptr;
  impl_->steps = 0;
  impl_->step_limit_hit = false;
  const int code = sqlite3_prepare_v3(impl_->handle, text.data(), static_cast<int>(text.size()),
                                      SQLITE_PREPARE_PERSISTENT, &statement, &tail);
  if (code != SQLITE_OK) return impl_->error(code, sql);
  const bool more =
      text.find_first_not_of(" \t\r\n;", static_cast<std::size_t>(tail - text.data())) != text.npos;
  if (statement == nullptr || more) {
    sqlite3_finalize(statement);
    return make_error(
        Code::kInvalidArgument,
        impl_->path + ": exactly one SQL statement is expected in: " + text.substr(0, 80));
  }
  return Statement(std::make_unique<Statement::Impl>(impl_.get(), statement, std::move(text)));
}

Status Database::transaction(const std::function<Status()>& f) {
  IP_OK(execute("BEGIN IMMEDIATE"));
  Status done = f();
  if (done) done = execute("COMMIT");
  // A failed COMMIT (a full disk) may leave the transaction open, or have closed it already.
  if (!done && sqlite3_get_autocommit(impl_->handle) == 0)
    sqlite3_exec(impl_->handle, "ROLLBACK", nullptr, nullptr, nullptr);
  return done;
}

std::int64_t Database::last_insert_id() const { return sqlite3_last_insert_rowid(impl_->handle); }
std::int64_t Database::changes() const { return sqlite3_changes64(impl_->handle); }

Status Database::migrate(const std::vector<std::string>& migrations) {
  std::int64_t version = 0;
  {
    IP_TRY(auto query, prepare("PRAGMA user_version"));
    IP_TRY(const bool row, query.step());
    if (row) version = query.integer(0);
  }
  const auto known = static_cast<std::int64_t>(migrations.size());
  if (version > known)
    return make_error(Code::kFailedPrecondition,
                      impl_->path + ": was written by a newer version of this program (format " +
                          std::to_string(version) + ", this one knows " + std::to_string(known) +
                          ")",
                      "use that version, or another --home", "newer_format");
  for (std::int64_t v = version; v < known; ++v) {
    IP_OK(transaction([&]() -> Status {
      IP_OK(execute(migrations[static_cast<std::size_t>(v)]));
      return execute("PRAGMA user_version=" + std::to_string(v + 1));
    }));
  }
  return {};
}

Status Database::checkpoint() {
  const int code = sqlite3_wal_checkpoint_v2(impl_->handle, nullptr, SQLITE_CHECKPOINT_TRUNCATE,
                                             nullptr, nullptr);
  if (code != SQLITE_OK) return impl_->error(code, "checkpoint");
  return {};
}

}  // namespace interposer::store
