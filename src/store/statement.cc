#include <sqlite3.h>

#include "store/database_impl.h"

namespace interposer::store {
namespace {

// Statements of one text that are kept prepared; more than this are finalised.
constexpr std::size_t kIdlePerText = 4;
constexpr std::size_t kIdleTexts = 256;

}  // namespace

Statement::Impl::~Impl() {
  sqlite3_reset(statement);
  sqlite3_clear_bindings(statement);
  auto found = database->idle.find(sql);
  if (found == database->idle.end()) {
    if (database->idle.size() >= kIdleTexts) {
      sqlite3_finalize(statement);
      return;
    }
    found = database->idle.emplace(std::move(sql), std::vector<sqlite3_stmt*>{}).first;
  }
  if (found->second.size() >= kIdlePerText)
    sqlite3_finalize(statement);
  else
    found->second.push_back(statement);
}

Statement::Statement(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Statement::Statement(Statement&&) noexcept = default;
Statement& Statement::operator=(Statement&&) noexcept = default;
Statement::~Statement() = default;

namespace {

void note(int code, int& first) {
  if (code != SQLITE_OK && first == SQLITE_OK) first = code;
}

}  // namespace

Statement& Statement::bind(int position, std::int64_t value) {
  note(sqlite3_bind_int64(impl_->statement, position, value), impl_->bind_error);
  return *this;
}

Statement& Statement::bind(int position, double value) {
  note(sqlite3_bind_double(impl_->statement, position, value), impl_->bind_error);
  return *this;
}

Statement& Statement::bind(int position, std::string_view text) {
  // A null pointer would bind NULL; an empty text is a text.
  const char* data = text.data() ? text.data() : "";
  note(sqlite3_bind_text64(impl_->statement, position, data, text.size(), SQLITE_TRANSIENT,
                           SQLITE_UTF8),
       impl_->bind_error);
  return *this;
}

Statement& Statement::bind_blob(int position, std::span<const unsigned char> bytes) {
  if (bytes.empty())
    note(sqlite3_bind_zeroblob(impl_->statement, position, 0), impl_->bind_error);
  else
    note(sqlite3_bind_blob64(impl_->statement, position, bytes.data(), bytes.size(),
                             SQLITE_TRANSIENT),
         impl_->bind_error);
  return *this;
}

Statement& Statement::bind_null(int position) {
  note(sqlite3_bind_null(impl_->statement, position), impl_->bind_error);
  return *this;
}

Result<bool> Statement::step() {
  if (impl_->bind_error != SQLITE_OK) return impl_->database->error(impl_->bind_error, impl_->sql);
  if (!impl_->started) {
    impl_->started = true;
    impl_->database->steps = 0;
    impl_->database->step_limit_hit = false;
  }
  const int code = sqlite3_step(impl_->statement);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return impl_->database->error(code, impl_->sql);
}

Status Statement::run() {
  for (;;) {
    IP_TRY(const bool row, step());
    if (!row) return {};
  }
}

std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(impl_->statement, column);
}

double Statement::real(int column) const { return sqlite3_column_double(impl_->statement, column); }

std::string_view Statement::text_view(int column) const {
  const auto* data = sqlite3_column_text(impl_->statement, column);
  const int size = sqlite3_column_bytes(impl_->statement, column);
  if (data == nullptr) return {};
  return {reinterpret_cast<const char*>(data), static_cast<std::size_t>(size)};
}

std::string Statement::text(int column) const { return std::string(text_view(column)); }

std::vector<unsigned char> Statement::blob(int column) const {
  const auto* data =
      static_cast<const unsigned char*>(sqlite3_column_blob(impl_->statement, column));
  const int size = sqlite3_column_bytes(impl_->statement, column);
  if (data == nullptr) return {};
  return {data, data + size};
}

bool Statement::is_null(int column) const {
  return sqlite3_column_type(impl_->statement, column) == SQLITE_NULL;
}

int Statement::columns() const { return sqlite3_column_count(impl_->statement); }

std::string Statement::column_name(int column) const {
  const char* name = sqlite3_column_name(impl_->statement, column);
  return name ? name : "";
}

void Statement::reset() {
  sqlite3_reset(impl_->statement);
  sqlite3_clear_bindings(impl_->statement);
  impl_->bind_error = SQLITE_OK;
  impl_->started = false;
}

}  // namespace interposer::store
