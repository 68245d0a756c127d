// Inside of store: what Database and Statement share. Not for other libraries.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "store/database.h"

struct sqlite3;
struct sqlite3_stmt;

namespace interposer::store {

struct Database::Impl {
  ~Impl();

  sqlite3* handle = nullptr;
  std::string path;
  std::int64_t step_limit = 0;
  std::int64_t steps = 0;  // since the running statement began, in units of kStepUnit
  bool step_limit_hit = false;
  // Prepared once per text; a statement is out of the cache while somebody holds it.
  std::unordered_map<std::string, std::vector<sqlite3_stmt*>> idle;

  Error error(int code, std::string_view doing) const;
  void install_step_limit(std::int64_t limit);
};

struct Statement::Impl {
  Impl(Database::Impl* d, sqlite3_stmt* s, std::string text)
      : database(d), statement(s), sql(std::move(text)) {}
  ~Impl();
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  Database::Impl* database;
  sqlite3_stmt* statement;
  std::string sql;
  int bind_error = 0;  // the first failed bind; reported by step()
  bool started = false;
};

// SELECT only: installed on connections that run SQL which somebody else wrote.
void authorize_select_only(sqlite3* handle);

}  // namespace interposer::store
