// Reading a JSON tree with errors that name the field's path: "field 'messages[2].role': ...".
// The tree is Boost.JSON's, which only the .cc files of this library see.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace boost::json {
class value;
class object;
}  // namespace boost::json

namespace interposer::wire {

using JsonValue = boost::json::value;

Error field_error(std::string_view path, std::string_view what, std::string_view remedy = {});

// Depth 64. Errors name the byte. `what` names the text in them ("the body").
Result<std::shared_ptr<const JsonValue>> parse_json(std::string_view text, std::string_view what);

std::string json_text(const JsonValue& value);  // serialised, members in their order

// One object's members. Reading a member marks it as known; a member that is null counts as absent.
class ObjectReader {
 public:
  static Result<ObjectReader> open(const JsonValue& value, std::string path);

  const std::string& path() const { return path_; }
  std::string path_of(std::string_view key) const;
  // nullptr: absent or null.
  const JsonValue* find(std::string_view key);
  Error error(std::string_view key, std::string_view what, std::string_view remedy = {}) const {
    return field_error(path_of(key), what, remedy);
  }

  Status text(std::string_view key, std::string* out);
  Status need_text(std::string_view key, std::string* out);
  Status integer(std::string_view key, std::optional<std::int64_t>* out, std::int64_t min);
  Status number(std::string_view key, std::optional<double>* out);
  Status boolean(std::string_view key, std::optional<bool>* out);
  Status boolean(std::string_view key, bool* out);
  // The member's JSON text as it will be written again.
  void raw(std::string_view key, std::string* out);
  // What nobody asked for.
  std::vector<std::pair<std::string, std::string>> rest() const;

 private:
  ObjectReader(const boost::json::object* object, std::string path)
      : object_(object), path_(std::move(path)) {}

  const boost::json::object* object_;
  std::string path_;
  std::vector<std::string_view> known_;
};

}  // namespace interposer::wire
