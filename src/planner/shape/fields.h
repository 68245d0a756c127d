// Typed access to the fields of a config.json, each error with the file and the field.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace boost::json {
class object;
class value;
}  // namespace boost::json

namespace interposer::planner {

// A JSON object under a path ("text_config."). Absent and null are the same. A field that is there
// with the wrong type is an error that Fields remembers: check ok() once, after reading.
// The object outlives it. Not for several threads.
class Fields {
 public:
  Fields(const boost::json::object& object, std::string file, std::string path)
      : object_(&object), file_(std::move(file)), path_(std::move(path)) {}

  bool has(std::string_view name) const;
  // Counts: finite, >= 0 and at most kLargestCount. The first of `names` that is there.
  std::optional<double> number(std::initializer_list<std::string_view> names);
  double number_or(std::initializer_list<std::string_view> names, double otherwise);
  double required(std::initializer_list<std::string_view> names);  // must be > 0
  bool flag(std::string_view name, bool otherwise);
  std::string text(std::string_view name);
  std::vector<std::string> words(std::string_view name);
  std::vector<double> numbers(std::string_view name);  // an array; empty when absent
  bool is_array(std::string_view name) const;
  std::optional<Fields> object(std::string_view name) const;
  std::vector<Fields> objects(std::string_view name);

  void fail(std::string_view name, std::string_view what);
  bool ok() const { return !error_.has_value(); }
  Error error() const { return *error_; }

 private:
  const boost::json::value* find(std::string_view name) const;

  const boost::json::object* object_;
  std::string file_;
  std::string path_;
  std::optional<Error> error_;
};

inline constexpr double kLargestCount = 1e15;

}  // namespace interposer::planner
