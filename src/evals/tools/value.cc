#include "evals/tools/value.h"

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>
#include <cmath>

#include "base/utf8.h"

namespace interposer::evals::tools {
namespace {

namespace json = boost::json;
using Kind = Value::Kind;

bool is_numeric(const Value& v) { return v.is_number() || v.kind == Kind::kBool; }

// Exact on x86-64, whose long double holds every int64 and every double.
long double number_of(const Value& v) {
  if (v.kind == Kind::kFloat) return v.real;
  if (v.kind == Kind::kBool) return v.boolean ? 1 : 0;
  return static_cast<long double>(v.whole);
}

Value from_json(const json::value& given) {
  switch (given.kind()) {
    case json::kind::null:
      return Value::none();
    case json::kind::bool_:
      return Value::of(given.get_bool());
    case json::kind::int64:
      return Value::of(given.get_int64());
    case json::kind::uint64:
      return Value::of(static_cast<double>(given.get_uint64()));
    case json::kind::double_:
      return Value::of(given.get_double());
    case json::kind::string:
      return Value::of(std::string_view(given.get_string().data(), given.get_string().size()));
    case json::kind::array: {
      std::vector<Value> items;
      for (const json::value& item : given.get_array()) items.push_back(from_json(item));
      return Value::list(std::move(items));
    }
    case json::kind::object: {
      Value dict = Value::dict();
      for (const auto& [key, value] : given.get_object()) {
        dict.keys.push_back(Value::of(std::string_view(key.data(), key.size())));
        dict.items.push_back(from_json(value));
      }
      return dict;
    }
  }
  return {};
}

void append_text(std::string& out, std::string_view text) {
  const char quote = text.find('\'') != text.npos && text.find('"') == text.npos ? '"' : '\'';
  out += quote;
  for (char c : text) {
    if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (c == '\r') {
      out += "\\r";
    } else {
      if (c == quote || c == '\\') out += '\\';
      out += c;
    }
  }
  out += quote;
}

// Python's shortest form, with ".0" where it would look like an integer.
void append_float(std::string& out, double value) {
  char buffer[40];
  const double size = std::abs(value);
  const bool plain = size == 0 || (size >= 1e-4 && size < 1e16);
  const auto format = plain ? std::chars_format::fixed : std::chars_format::scientific;
  const auto [end, error] = std::to_chars(buffer, buffer + sizeof buffer, value, format);
  const std::string_view digits(buffer, static_cast<std::size_t>(end - buffer));
  if (error != std::errc()) {
    out += std::to_string(value);
    return;
  }
  out += digits;
  if (plain && std::isfinite(value) && digits.find('.') == digits.npos) out += ".0";
}

void append_items(std::string& out, const Value& v, std::size_t bytes_max);

void append(std::string& out, const Value& v, std::size_t bytes_max) {
  if (out.size() > bytes_max) return;
  switch (v.kind) {
    case Kind::kNone:
      out += "None";
      return;
    case Kind::kBool:
      out += v.boolean ? "True" : "False";
      return;
    case Kind::kInt:
      out += std::to_string(v.whole);
      return;
    case Kind::kFloat:
      return append_float(out, v.real);
    case Kind::kText:
      return append_text(out, v.text);
    case Kind::kList:
    case Kind::kTuple:
    case Kind::kDict:
      return append_items(out, v, bytes_max);
  }
}

void append_items(std::string& out, const Value& v, std::size_t bytes_max) {
  out += v.kind == Kind::kDict ? '{' : v.kind == Kind::kList ? '[' : '(';
  for (std::size_t i = 0; i < v.items.size() && out.size() <= bytes_max; ++i) {
    if (i > 0) out += ", ";
    if (v.kind == Kind::kDict) {
      append(out, v.keys[i], bytes_max);
      out += ": ";
    }
    append(out, v.items[i], bytes_max);
  }
  if (v.kind == Kind::kTuple && v.items.size() == 1) out += ',';
  out += v.kind == Kind::kDict ? '}' : v.kind == Kind::kList ? ']' : ')';
}

}  // namespace

Value Value::of(bool value) {
  Value out;
  out.kind = Kind::kBool;
  out.boolean = value;
  return out;
}

Value Value::of(std::int64_t value) {
  Value out;
  out.kind = Kind::kInt;
  out.whole = value;
  return out;
}

Value Value::of(double value) {
  Value out;
  out.kind = Kind::kFloat;
  out.real = value;
  return out;
}

Value Value::of(std::string_view value) {
  Value out;
  out.kind = Kind::kText;
  out.text = value;
  return out;
}

Value Value::list(std::vector<Value> items) {
  Value out;
  out.kind = Kind::kList;
  out.items = std::move(items);
  return out;
}

Value Value::dict() {
  Value out;
  out.kind = Kind::kDict;
  return out;
}

const Value* Value::find(const Value& key) const {
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (equal(keys[i], key)) return &items[i];
  }
  return nullptr;
}

const Value* Value::find(std::string_view key) const {
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (keys[i].is_text(key)) return &items[i];
  }
  return nullptr;
}

void Value::put(Value key, Value value) {
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (equal(keys[i], key)) {
      items[i] = std::move(value);
      return;
    }
  }
  keys.push_back(std::move(key));
  items.push_back(std::move(value));
}

bool equal(const Value& a, const Value& b) {
  if (is_numeric(a) && is_numeric(b)) return number_of(a) == number_of(b);
  if (a.kind != b.kind) return false;
  switch (a.kind) {
    case Kind::kText:
      return a.text == b.text;
    case Kind::kList:
    case Kind::kTuple:
      return std::equal(a.items.begin(), a.items.end(), b.items.begin(), b.items.end(), equal);
    case Kind::kDict: {
      if (a.keys.size() != b.keys.size()) return false;
      for (std::size_t i = 0; i < a.keys.size(); ++i) {
        const Value* const other = b.find(a.keys[i]);
        if (other == nullptr || !equal(a.items[i], *other)) return false;
      }
      return true;
    }
    default:
      return true;  // None
  }
}

bool is_in(const Value& value, const std::vector<Value>& list) {
  return std::any_of(list.begin(), list.end(), [&](const Value& v) { return equal(v, value); });
}

Result<Value> parse_json_value(std::string_view text, std::string_view where) {
  boost::system::error_code failed;
  json::parse_options options;
  options.max_depth = kValueDepthMax;
  const json::value parsed =
      json::parse(json::string_view(text.data(), text.size()), failed, {}, options);
  if (failed) {
    return make_error(Code::kInvalidArgument, std::string(where) + ": " + failed.message(),
                      "write it as JSON");
  }
  return from_json(parsed);
}

std::string repr(const Value& value, std::size_t bytes_max) {
  std::string out;
  append(out, value, bytes_max);
  if (out.size() > bytes_max) out = out.substr(0, utf8_floor(out, bytes_max)) + "...";
  return out;
}

}  // namespace interposer::evals::tools
