#include "base/log.h"

#include <unistd.h>

#include <atomic>

#include "base/json.h"
#include "base/time.h"

namespace interposer::log {
namespace {

std::atomic<Level> g_level{Level::kInfo};

std::string_view level_name(Level level) {
  switch (level) {
    case Level::kDebug:
      return "debug";
    case Level::kInfo:
      return "info";
    case Level::kWarn:
      return "warn";
    case Level::kError:
      return "error";
  }
  return "error";
}

void append_field(JsonWriter& json, const Field& field) {
  json.key(field.key);
  switch (field.kind) {
    case Field::Kind::kText:
      json.string(field.text);
      break;
    case Field::Kind::kInteger:
      json.number(field.integer);
      break;
    case Field::Kind::kReal:
      json.number(field.real);
      break;
    case Field::Kind::kBoolean:
      json.boolean(field.integer != 0);
      break;
  }
}

}  // namespace

void set_level(Level level) { g_level.store(level, std::memory_order_relaxed); }

bool enabled(Level level) { return level >= g_level.load(std::memory_order_relaxed); }

void write(Level level, std::string_view message, std::initializer_list<Field> fields) {
  JsonWriter json;
  json.begin_object();
  json.field("time", rfc3339(wall_now_ms()));
  json.field("level", level_name(level));
  json.field("message", message);
  for (const Field& field : fields) append_field(json, field);
  json.end_object();
  std::string line = json.take();
  line.push_back('\n');
  // One write keeps lines whole between threads and processes (up to PIPE_BUF on a pipe). A log
  // that cannot be written has nobody left to tell.
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, line.data(), line.size());
}

}  // namespace interposer::log
