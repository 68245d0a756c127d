#include "evals/tools/schema_check.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "evals/scorers/unicode.h"

namespace interposer::evals::tools {
namespace {

using Kind = Value::Kind;

bool has_type(const Value& value, std::string_view type) {
  if (type == "any" || type == "Any" || type.empty()) return true;
  if (type == "string") return value.kind == Kind::kText;
  if (type == "boolean" || type == "bool") return value.kind == Kind::kBool;
  if (type == "null") return value.kind == Kind::kNone;
  if (type == "array" || type == "list" || type == "tuple") return value.is_sequence();
  if (type == "object" || type == "dict") return value.kind == Kind::kDict;
  if (type == "number" || type == "float") return value.is_number();
  if (type == "integer") {
    return value.kind == Kind::kInt ||
           (value.kind == Kind::kFloat && std::floor(value.real) == value.real);
  }
  return false;
}

double number_of(const Value& v) {
  return v.kind == Kind::kFloat ? v.real : static_cast<double>(v.whole);
}

// True and 1 are different values here, 1 and 1.0 are not.
bool same_value(const Value& a, const Value& b) {
  if ((a.kind == Kind::kBool) != (b.kind == Kind::kBool)) return false;
  return equal(a, b);
}

std::string bound_fault(const Value& schema, const Value& value, const std::string& where) {
  const auto bound = [&](const char* name) {
    const Value* const found = schema.find(name);
    return found != nullptr && found->is_number() ? found : nullptr;
  };
  if (value.is_number()) {
    const Value* const low = bound("minimum");
    const Value* const high = bound("maximum");
    if (low != nullptr && number_of(value) < number_of(*low)) return where + ": below its minimum";
    if (high != nullptr && number_of(value) > number_of(*high)) return where + ": over its maximum";
  }
  const bool text = value.kind == Kind::kText;
  if (!text && !value.is_sequence()) return {};
  const double size = static_cast<double>(text ? decode(value.text).size() : value.items.size());
  const Value* const low = bound(text ? "minLength" : "minItems");
  const Value* const high = bound(text ? "maxLength" : "maxItems");
  if (low != nullptr && size < number_of(*low)) return where + ": too short";
  if (high != nullptr && size > number_of(*high)) return where + ": too long";
  return {};
}

std::string fault(const Value& schema, const Value& value, const std::string& where);

std::string object_fault(const Value& schema, const Value& value, const std::string& where) {
  if (const Value* const required = schema.find("required")) {
    for (const Value& name : required->items) {
      if (value.find(name) == nullptr) return where + ": '" + name.text + "' is missing";
    }
  }
  const Value* const properties = schema.find("properties");
  const Value* const more = schema.find("additionalProperties");
  const bool closed =
      properties != nullptr && more != nullptr && more->kind == Kind::kBool && !more->boolean;
  for (std::size_t i = 0; i < value.keys.size(); ++i) {
    const Value* const inner = properties == nullptr ? nullptr : properties->find(value.keys[i]);
    if (inner == nullptr) {
      if (closed) return where + ": '" + value.keys[i].text + "' is not in the schema";
      continue;
    }
    std::string found = fault(*inner, value.items[i], where + "." + value.keys[i].text);
    if (!found.empty()) return found;
  }
  return {};
}

std::string fault(const Value& schema, const Value& value, const std::string& where) {
  if (const Value* const type = schema.find("type")) {
    const bool fits = type->is_sequence()
                          ? std::any_of(type->items.begin(), type->items.end(),
                                        [&](const Value& t) { return has_type(value, t.text); })
                          : has_type(value, type->text);
    if (!fits) return where + ": " + repr(value, 60) + " is no " + repr(*type, 60);
  }
  if (const Value* const allowed = schema.find("enum")) {
    if (std::none_of(allowed->items.begin(), allowed->items.end(),
                     [&](const Value& v) { return same_value(v, value); })) {
      return where + ": " + repr(value, 60) + " is not among the allowed values";
    }
  }
  if (const Value* const only = schema.find("const")) {
    if (!same_value(*only, value)) return where + ": not its one allowed value";
  }
  std::string found = bound_fault(schema, value, where);
  if (!found.empty()) return found;
  if (value.kind == Kind::kDict) return object_fault(schema, value, where);
  const Value* const items = schema.find("items");
  if (!value.is_sequence() || items == nullptr) return {};
  for (std::size_t i = 0; i < value.items.size(); ++i) {
    found = fault(*items, value.items[i], where + "[" + std::to_string(i) + "]");
    if (!found.empty()) return found;
  }
  return {};
}

std::u32string bare(const Value& text) {
  std::u32string out;
  for (char32_t c : decode(text.text)) {
    if (std::u32string_view(U" ,./-_*^").find(c) == std::u32string_view::npos) out += c;
  }
  return lower(out);
}

// An answer's dict holds lists of possible values at its first level of nesting; deeper, and in
// lists, values stand for themselves.
bool matches(const Value& given, const Value& wanted) {
  if (given.kind == Kind::kText && wanted.kind == Kind::kText) return bare(given) == bare(wanted);
  if (given.is_sequence() && wanted.is_sequence()) {
    return std::equal(given.items.begin(), given.items.end(), wanted.items.begin(),
                      wanted.items.end(), matches);
  }
  if (given.kind == Kind::kDict && wanted.kind == Kind::kDict) {
    const auto one_of = [](const Value& value, const Value& possible) {
      if (!possible.is_sequence()) return matches(value, possible);
      return matches(value, possible) ||
             std::any_of(possible.items.begin(), possible.items.end(),
                         [&](const Value& v) { return matches(value, v); });
    };
    for (std::size_t i = 0; i < given.keys.size(); ++i) {
      const Value* const possible = wanted.find(given.keys[i]);
      if (possible == nullptr || !one_of(given.items[i], *possible)) return false;
    }
    const Value empty = Value::of(std::string_view());
    for (std::size_t i = 0; i < wanted.keys.size(); ++i) {
      if (given.find(wanted.keys[i]) == nullptr && !is_in(empty, wanted.items[i].items))
        return false;
    }
    return true;
  }
  return same_value(given, wanted);
}

bool call_matches(const Value& call, const Value& answer) {
  if (call.keys.size() != 1 || answer.keys.size() != 1) return false;
  return equal(call.keys[0], answer.keys[0]) && matches(call.items[0], answer.items[0]);
}

std::string call_fault(const Value& functions, const Value& call) {
  if (call.keys.size() != 1 || call.items[0].kind != Kind::kDict) return "a call is malformed";
  for (const Value& function : functions.items) {
    const Value* const name = function.find("name");
    const Value* const parameters = function.find("parameters");
    if (name == nullptr || parameters == nullptr || !equal(*name, call.keys[0])) continue;
    Value closed = *parameters;  // an argument that no description names is a fault
    if (closed.find("additionalProperties") == nullptr) {
      closed.put(Value::of(std::string_view("additionalProperties")), Value::of(false));
    }
    return fault(closed, call.items[0], name->text);
  }
  return "there is no function '" + call.keys[0].text + "'";
}

// Kuhn's augmenting paths over "call fits answer".
class Matching {
 public:
  Matching(const Value& calls, const Value& answers)
      : fits_(answers.items.size()), answer_of_(calls.items.size(), kFree) {
    for (std::size_t a = 0; a < answers.items.size(); ++a) {
      for (std::size_t c = 0; c < calls.items.size(); ++c) {
        if (call_matches(calls.items[c], answers.items[a])) fits_[a].push_back(c);
      }
    }
  }
  // The first answer that cannot be matched, or none.
  std::optional<std::size_t> unmatched() {
    for (std::size_t a = 0; a < fits_.size(); ++a) {
      std::vector<bool> seen(answer_of_.size(), false);
      if (!augment(a, seen)) return a;
    }
    return std::nullopt;
  }

 private:
  static constexpr std::size_t kFree = static_cast<std::size_t>(-1);

  bool augment(std::size_t answer, std::vector<bool>& seen) {
    for (std::size_t call : fits_[answer]) {
      if (seen[call]) continue;
      seen[call] = true;
      if (answer_of_[call] == kFree || augment(answer_of_[call], seen)) {
        answer_of_[call] = answer;
        return true;
      }
    }
    return false;
  }

  std::vector<std::vector<std::size_t>> fits_;
  std::vector<std::size_t> answer_of_;
};

}  // namespace

std::string schema_fault(const Value& schema, const Value& value) {
  return fault(schema, value, "value");
}

CallVerdict schema_check(const BfclItem& item, const Value& calls) {
  if (calls.items.size() != item.answers.items.size()) {
    return {false, "count",
            std::to_string(calls.items.size()) + " calls, wanted " +
                std::to_string(item.answers.items.size()),
            false};
  }
  for (const Value& call : calls.items) {
    std::string found = call_fault(item.functions, call);
    if (!found.empty()) return {false, "schema", std::move(found), false};
  }
  if (const auto missing = Matching(calls, item.answers).unmatched()) {
    return {false, "value", "no call matches " + repr(item.answers.items[*missing]), false};
  }
  return {true, {}, {}, false};
}

}  // namespace interposer::evals::tools
