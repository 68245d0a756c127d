// SQLite as the record store: WAL, one writer, checked statements. All calls block: use them on a
// thread that may (start-up, net::offload). A Database is one connection and belongs to one thread
// at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace interposer::store {

class Statement;

struct OpenOptions {
  bool read_only = false;
  bool authorize_read_only_sql =
      false;  // SELECT only, no attach, no pragma, no functions with effects
  int busy_timeout_ms = 5000;
  std::int64_t step_limit = 0;  // virtual machine steps a statement may take; 0: no limit
};

class Database {
 public:
  static Result<std::unique_ptr<Database>> open(const std::string& path, OpenOptions options = {});
  static Result<std::unique_ptr<Database>> memory();
  ~Database();

  Status execute(std::string_view sql);  // one or more statements without results
  // Prepared once per text and kept; reset when the returned handle dies.
  Result<Statement> prepare(std::string_view sql);
  // BEGIN IMMEDIATE; f; COMMIT, or ROLLBACK when f fails.
  Status transaction(const std::function<Status()>& f);
  std::int64_t last_insert_id() const;
  std::int64_t changes() const;
  // user_version-based: migrations[i] takes version i to i+1, each in a transaction. A database of
  // a newer version is kFailedPrecondition.
  Status migrate(const std::vector<std::string>& migrations);
  Status checkpoint();
  // From now on this connection runs only SELECTs over pure functions, each of at most `step_limit`
  // virtual machine steps (0: no limit; over it: kTooLarge). For an in-memory database that was
  // filled first. There is no way back.
  void restrict_to_select(std::int64_t step_limit);

  struct Impl;

 private:
  friend class Statement;
  explicit Database(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// Bind by position (from 1), step, read columns (from 0).
class Statement {
 public:
  // A statement must die before its Database.
  Statement(Statement&&) noexcept;
  Statement& operator=(Statement&&) noexcept;
  ~Statement();
  Statement& bind(int position, std::int64_t value);
  Statement& bind(int position, int value) {
    return bind(position, static_cast<std::int64_t>(value));
  }
  Statement& bind(int position, double value);
  Statement& bind(int position, std::string_view text);  // copied
  Statement& bind(int position, const char* text) { return bind(position, std::string_view(text)); }
  Statement& bind_blob(int position, std::span<const unsigned char> bytes);
  Statement& bind_null(int position);
  Result<bool> step();  // true: a row
  Status run();         // step to the end; no rows expected
  std::int64_t integer(int column) const;
  double real(int column) const;
  std::string text(int column) const;
  std::string_view text_view(int column) const;  // valid until the next step
  std::vector<unsigned char> blob(int column) const;
  bool is_null(int column) const;
  int columns() const;
  std::string column_name(int column) const;
  void reset();  // to run again with new values

  struct Impl;

 private:
  friend class Database;
  explicit Statement(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace interposer::store
