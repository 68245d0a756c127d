// Values of tool calls with Python's types and equality: BFCL's reference checker tells 1 from 1.0
// and from True by type, and takes them for equal by value.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace interposer::evals::tools {

struct Value {
  enum class Kind : std::uint8_t { kNone, kBool, kInt, kFloat, kText, kList, kTuple, kDict };

  Kind kind = Kind::kNone;
  bool boolean = false;
  std::int64_t whole = 0;  // integers beyond 64 bits are kept as floats
  double real = 0;
  std::string text;
  std::vector<Value> keys;   // of a dict, beside items
  std::vector<Value> items;  // of a list, tuple or dict

  static Value none() { return {}; }
  static Value of(bool value);
  static Value of(std::int64_t value);
  static Value of(double value);
  static Value of(std::string_view value);
  static Value list(std::vector<Value> items);
  static Value dict();

  bool is_text(std::string_view other) const { return kind == Kind::kText && text == other; }
  bool is_sequence() const { return kind == Kind::kList || kind == Kind::kTuple; }
  bool is_number() const { return kind == Kind::kInt || kind == Kind::kFloat; }
  // The value of a dict's key, or null.
  const Value* find(const Value& key) const;
  const Value* find(std::string_view key) const;
  // Replaces the value of a key that is there already, as a Python dict does.
  void put(Value key, Value value);
};

// Python's ==: numbers and booleans by value, a list never equals a tuple.
bool equal(const Value& a, const Value& b);
bool is_in(const Value& value, const std::vector<Value>& list);

inline constexpr std::size_t kValueDepthMax = 64;
// JSON text. `where` names it in errors.
Result<Value> parse_json_value(std::string_view json, std::string_view where);

// For messages: Python's repr, cut at `bytes_max`.
std::string repr(const Value& value, std::size_t bytes_max = 200);

}  // namespace interposer::evals::tools
