// Structured logs: one JSON object a line on stderr, written by the calling thread in one write().
// Secrets are never passed to it; request and answer bodies neither.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace interposer::log {

enum class Level : std::uint8_t { kDebug, kInfo, kWarn, kError };

// A field keeps its type: numbers stay numbers in the output.
struct Field {
  Field(std::string_view k, std::string_view v) : key(k), text(v) {}
  Field(std::string_view k, const char* v) : key(k), text(v) {}
  Field(std::string_view k, const std::string& v) : key(k), text(v) {}
  Field(std::string_view k, std::int64_t v) : key(k), integer(v), kind(Kind::kInteger) {}
  Field(std::string_view k, int v) : Field(k, static_cast<std::int64_t>(v)) {}
  Field(std::string_view k, std::size_t v) : Field(k, static_cast<std::int64_t>(v)) {}
  Field(std::string_view k, double v) : key(k), real(v), kind(Kind::kReal) {}
  Field(std::string_view k, bool v) : key(k), integer(v), kind(Kind::kBoolean) {}

  enum class Kind : std::uint8_t { kText, kInteger, kReal, kBoolean };
  std::string_view key;
  std::string_view text;
  std::int64_t integer = 0;
  double real = 0;
  Kind kind = Kind::kText;
};

void set_level(Level level);  // default kInfo; set once at start
bool enabled(Level level);
void write(Level level, std::string_view message, std::initializer_list<Field> fields = {});

inline void debug(std::string_view m, std::initializer_list<Field> f = {}) {
  if (enabled(Level::kDebug)) write(Level::kDebug, m, f);
}
inline void info(std::string_view m, std::initializer_list<Field> f = {}) {
  if (enabled(Level::kInfo)) write(Level::kInfo, m, f);
}
inline void warn(std::string_view m, std::initializer_list<Field> f = {}) {
  if (enabled(Level::kWarn)) write(Level::kWarn, m, f);
}
inline void error(std::string_view m, std::initializer_list<Field> f = {}) {
  write(Level::kError, m, f);
}

}  // namespace interposer::log
