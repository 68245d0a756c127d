// What a result code of SQLite means to the person who can act.
#include <sqlite3.h>

#include "store/database_impl.h"

namespace interposer::store {
namespace {

struct Meaning {
  Code code;
  const char* what;
  const char* remedy;
};

Meaning meaning(int code, bool step_limit_hit) {
  switch (code & 0xff) {
    case SQLITE_FULL:
      return {Code::kResourceExhausted, "the disk is full",
              "free space there; nothing already committed is lost"};
    case SQLITE_NOMEM:
      return {Code::kResourceExhausted, "out of memory", "free memory and try again"};
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {Code::kUnavailable, "another process holds the database",
              "wait for it, or stop it, and try again"};
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return {Code::kDataLoss, "the database is damaged",
              "restore it from a backup, or move the file away to start with an empty one"};
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_CANTOPEN:
      return {Code::kPermissionDenied, "the database cannot be opened or written",
              "check that the folder exists and that this user may write there"};
    case SQLITE_IOERR:
      return {Code::kUnavailable, "the disk reported an error", "check the disk"};
    case SQLITE_AUTH:
      return {Code::kPermissionDenied, "only SELECT is allowed here", ""};
    case SQLITE_INTERRUPT:
      if (step_limit_hit)
        return {Code::kTooLarge, "the query takes more steps than allowed", "ask for less at once"};
      return {Code::kCancelled, "the query was interrupted", ""};
    case SQLITE_CONSTRAINT:
      return {(code == SQLITE_CONSTRAINT_UNIQUE || code == SQLITE_CONSTRAINT_PRIMARYKEY)
                  ? Code::kAlreadyExists
                  : Code::kInvalidArgument,
              "a constraint does not hold", ""};
    case SQLITE_TOOBIG:
      return {Code::kTooLarge, "a value or a query is too large", ""};
    case SQLITE_ERROR:
    case SQLITE_RANGE:
    case SQLITE_MISMATCH:
      return {Code::kInvalidArgument, "the SQL is wrong", ""};
    default:
      return {Code::kInternal, "SQLite failed", ""};
  }
}

}  // namespace

Error Database::Impl::error(int code, std::string_view doing) const {
  const Meaning m = meaning(code, step_limit_hit);
  std::string message = path + ": " + m.what;
  const char* detail = handle ? sqlite3_errmsg(handle) : sqlite3_errstr(code);
  message += " (";
  message += detail;
  if (!doing.empty()) {
    message += " in: ";
    message += doing.substr(0, 80);
  }
  message += ")";
  return make_error(m.code, std::move(message), m.remedy);
}

}  // namespace interposer::store
