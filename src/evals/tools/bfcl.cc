#include "evals/tools/bfcl.h"

#include <algorithm>
#include <map>
#include <optional>

#include "evals/scorers/unicode.h"

namespace interposer::evals::tools {
namespace {

using Kind = Value::Kind;

CallVerdict good() { return {true, {}, {}, false}; }
CallVerdict bad(std::string kind, std::string detail = {}) {
  return {false, std::move(kind), std::move(detail), false};
}
CallVerdict throws(std::string detail) {
  return {false, "reference_throws", std::move(detail), true};
}

std::optional<Kind> kind_by_name(std::string_view name) {
  static const std::map<std::string_view, Kind> kinds{
      {"string", Kind::kText},  {"integer", Kind::kInt}, {"float", Kind::kFloat},
      {"boolean", Kind::kBool}, {"array", Kind::kList},  {"tuple", Kind::kList},
      {"dict", Kind::kDict},    {"any", Kind::kText}};
  const auto found = kinds.find(name);
  return found == kinds.end() ? std::nullopt : std::optional(found->second);
}

std::string bare(std::string_view text) {
  std::string out;
  bool ascii = true;
  for (char c : text) {
    if (std::string_view(" ,./-_*^").find(c) != std::string_view::npos) continue;
    ascii = ascii && static_cast<unsigned char>(c) < 0x80;
    out += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  }
  if (!ascii) out = encode(lower(decode(out)));
  std::replace(out.begin(), out.end(), '\'', '"');
  return out;
}

Value bare_value(const Value& value) {
  return value.kind == Kind::kText ? Value::of(std::string_view(bare(value.text))) : value;
}

// The elements of what Python can index with 0, 1, ...: lists, and the characters of texts.
std::optional<std::vector<Value>> elements(const Value& value) {
  if (value.is_sequence()) return value.items;
  if (value.kind == Kind::kDict && value.items.empty()) return std::vector<Value>{};
  if (value.kind != Kind::kText) return std::nullopt;
  std::vector<Value> out;
  for (char32_t c : decode(value.text)) out.push_back(Value::of(std::string_view(encode({&c, 1}))));
  return out;
}

// `"" in value` of Python: a text contains the empty one.
bool is_optional(const Value& possible) {
  const Value empty = Value::of(std::string_view());
  if (possible.kind == Kind::kDict) return possible.find(empty) != nullptr;
  return possible.kind == Kind::kText || is_in(empty, possible.items);
}

struct TypeVerdict {
  bool valid = true;
  bool is_variable = false;
  const char* kind = "type_error:simple";
};

// A value of another type than described passes when it has the type of the possible answers: BFCL
// takes it for the name of a variable.
TypeVerdict check_type(const Value& value, const Value& possible, Kind expected,
                       std::optional<Kind> nested) {
  std::optional<Kind> possible_kind;
  for (const Value& answer : possible.items) {
    if (answer.is_text("")) continue;
    possible_kind = answer.kind;
    break;
  }
  const bool is_variable = possible_kind && *possible_kind != expected;
  TypeVerdict result;
  if (value.kind == expected) {
    if (!nested) return {true, is_variable};
    for (const Value& answer : possible.items) {
      const bool fits = answer.kind != Kind::kList ||
                        std::all_of(value.items.begin(), value.items.end(), [&](const Value& item) {
                          return check_type(item, answer, *nested, std::nullopt).valid;
                        });
      if (fits) return {true, is_variable};
    }
    result = {false, false, "type_error:nested"};
  }
  if (possible_kind && value.kind == *possible_kind) {
    result.is_variable = true;
    return result;
  }
  return {false, false, "type_error:simple"};
}

CallVerdict check_text(const Value& value, const Value& possible) {
  const std::string given = bare(value.text);
  const bool found = std::any_of(possible.items.begin(), possible.items.end(), [&](const Value& v) {
    return v.kind == Kind::kText && bare(v.text) == given;
  });
  return found ? good() : bad("value_error:string");
}

CallVerdict check_list(const Value& value, const Value& possible) {
  std::vector<Value> given;
  for (const Value& item : value.items) given.push_back(bare_value(item));
  bool found = false;
  for (const Value& answer : possible.items) {
    auto wanted = elements(answer);
    if (!wanted) return throws("a possible answer of a list is no list");
    for (Value& item : *wanted) item = bare_value(item);
    found = found || equal(Value::list(given), Value::list(*std::move(wanted)));
  }
  return found ? good() : bad("value_error:list/tuple");
}

// One dict against one possible answer; the last fault names the kind, as in the reference.
CallVerdict check_one_dict(const Value& value, const Value& answer) {
  if (value.kind != Kind::kDict || answer.kind != Kind::kDict) return throws("no dict");
  CallVerdict verdict = good();
  for (std::size_t i = 0; i < value.keys.size(); ++i) {
    const Value* const possible = answer.find(value.keys[i]);
    if (possible == nullptr) {
      verdict = bad("value_error:dict_key", "unexpected key " + repr(value.keys[i]));
      break;
    }
    auto wanted = elements(*possible);
    if (!wanted) return throws("a dict's possible values are no list");
    for (Value& item : *wanted) item = bare_value(item);
    if (!is_in(bare_value(value.items[i]), *wanted)) {
      verdict =
          bad("value_error:dict_value", repr(value.items[i]) + " for key " + repr(value.keys[i]));
      break;
    }
  }
  for (std::size_t i = 0; i < answer.keys.size(); ++i) {
    if (value.find(answer.keys[i]) != nullptr) continue;
    const Value& possible = answer.items[i];
    if (!elements(possible) && possible.kind != Kind::kDict) {
      return throws("a dict's possible values are no list");
    }
    if (is_optional(possible)) continue;
    return bad("value_error:dict_key", "missing key " + repr(answer.keys[i]));
  }
  return verdict;
}

CallVerdict check_dict(const Value& value, const std::vector<Value>& possible) {
  CallVerdict verdict = bad("dict_checker:unclear");
  for (const Value& answer : possible) {
    if (answer.is_text("")) continue;
    verdict = check_one_dict(value, answer);
    if (verdict.valid || verdict.reference_throws) return verdict;
  }
  return verdict;
}

CallVerdict check_dict_list(const Value& value, const Value& possible) {
  CallVerdict verdict = bad("list_dict_checker:unclear");
  for (const Value& answer : possible.items) {
    const auto wanted = elements(answer);
    if (!wanted) return throws("a possible answer of a list is no list");
    if (wanted->size() != value.items.size()) {
      verdict = bad("value_error:list_dict_count");
      continue;
    }
    bool all = true;
    for (std::size_t i = 0; all && i < wanted->size(); ++i) {
      verdict = check_dict(value.items[i], {(*wanted)[i]});
      if (verdict.reference_throws) return verdict;
      all = verdict.valid;
    }
    if (all) return good();
  }
  return verdict;
}

CallVerdict check_parameter(const Value& description, Value value, const Value& possible) {
  const Value* const type = description.find("type");
  const auto expected = type == nullptr ? std::nullopt : kind_by_name(type->text);
  if (!expected) return throws("a parameter's type is not one of Python's");
  std::optional<Kind> nested;
  if (type->text == "array" || type->text == "tuple") {
    const Value* const items = description.find("items");
    const Value* const inner = items == nullptr ? nullptr : items->find("type");
    nested = inner == nullptr ? std::nullopt : kind_by_name(inner->text);
    if (!nested) return throws("an array's items have no type of Python's");
  }
  if (possible.kind != Kind::kList) return throws("the possible answers are no list");
  if (type->text == "tuple" && value.kind == Kind::kTuple) value.kind = Kind::kList;
  if (type->text == "float" && value.kind == Kind::kInt) {
    value = Value::of(static_cast<double>(value.whole));
  }
  const TypeVerdict typed = check_type(value, possible, *expected, nested);
  if (!typed.valid) return bad(typed.kind, "wants " + type->text + ", got " + repr(value));
  if (!typed.is_variable) {
    if (*expected == Kind::kDict) return check_dict(value, possible.items);
    if (*expected == Kind::kList && nested == Kind::kDict) return check_dict_list(value, possible);
    if (*expected == Kind::kText) return check_text(value, possible);
    if (*expected == Kind::kList) return check_list(value, possible);
  }
  return is_in(value, possible.items) ? good() : bad("value_error:others");
}

CallVerdict check_call(const Value* function, const Value& call, const Value& answer,
                       const BfclOptions& options) {
  const Value* const name = function == nullptr ? nullptr : function->find("name");
  const Value* const parameters = function == nullptr ? nullptr : function->find("parameters");
  const Value* const properties = parameters == nullptr ? nullptr : parameters->find("properties");
  const Value* const required = parameters == nullptr ? nullptr : parameters->find("required");
  if (name == nullptr || properties == nullptr || required == nullptr || answer.items.empty()) {
    return throws("no description of the function, or no answer");
  }
  const Value& possible = answer.items.front();
  std::string wanted_name = name->text;
  if (options.dots_become_underscores)
    std::replace(wanted_name.begin(), wanted_name.end(), '.', '_');
  const Value* const given = call.find(wanted_name);
  if (given == nullptr) {
    return bad("simple_function_checker:wrong_func_name", "no call of '" + wanted_name + "'");
  }
  if (given->kind != Kind::kDict) return throws("a call's parameters are no dict");
  for (const Value& needed : required->items) {
    if (given->find(needed) != nullptr) continue;
    return bad("simple_function_checker:missing_required", "no parameter " + repr(needed));
  }
  for (std::size_t i = 0; i < given->keys.size(); ++i) {
    const Value* const description = properties->find(given->keys[i]);
    const Value* const values = possible.find(given->keys[i]);
    if (description == nullptr || values == nullptr) {
      return bad("simple_function_checker:unexpected_param", repr(given->keys[i]));
    }
    CallVerdict verdict = check_parameter(*description, given->items[i], *values);
    if (verdict.valid) continue;
    verdict.detail = "parameter " + repr(given->keys[i]) + ": " + verdict.detail;
    return verdict;
  }
  for (std::size_t i = 0; i < possible.keys.size(); ++i) {
    if (given->find(possible.keys[i]) == nullptr && !is_optional(possible.items[i])) {
      return bad("simple_function_checker:missing_optional", repr(possible.keys[i]));
    }
  }
  return good();
}

const Value* description_of(const Value& functions, const Value& answer) {
  if (answer.keys.empty()) return nullptr;
  for (const Value& function : functions.items) {
    const Value* const name = function.find("name");
    if (name != nullptr && equal(*name, answer.keys.front())) return &function;
  }
  return nullptr;
}

// First fit: each answer in turn takes the first call that is still free and passes.
CallVerdict check_parallel(const BfclItem& item, const Value& calls, const BfclOptions& options) {
  std::vector<bool> taken(calls.items.size(), false);
  for (const Value& answer : item.answers.items) {
    const Value* const function = description_of(item.functions, answer);
    bool matched = false;
    for (std::size_t i = 0; i < calls.items.size() && !matched; ++i) {
      if (taken[i]) continue;
      const CallVerdict verdict = check_call(function, calls.items[i], answer, options);
      if (verdict.reference_throws) return verdict;
      matched = taken[i] = verdict.valid;
    }
    if (!matched) {
      return bad("parallel_function_checker_no_order:cannot_find_match",
                 "no call matches " + repr(answer));
    }
  }
  return good();
}

}  // namespace

bool is_call_list(const Value& calls) {
  return calls.kind == Kind::kList &&
         std::all_of(calls.items.begin(), calls.items.end(), [](const Value& call) {
           return call.kind == Kind::kDict && call.items.size() == 1 &&
                  call.items.front().kind == Kind::kDict;
         });
}

CallVerdict bfcl_check(const BfclItem& item, const Value& calls, const BfclOptions& options) {
  static constexpr const char* kCounts[] = {"simple_function_checker:wrong_count",
                                            "multiple_function_checker:wrong_count",
                                            "parallel_function_checker_no_order:wrong_count"};
  const std::size_t wanted = item.category == BfclCategory::kSimple ? 1 : item.answers.items.size();
  if (calls.items.size() != wanted) {
    return bad(kCounts[static_cast<int>(item.category)],
               std::to_string(calls.items.size()) + " calls, wanted " + std::to_string(wanted));
  }
  if (item.answers.items.empty() || item.functions.items.empty()) return throws("an empty item");
  if (item.category == BfclCategory::kParallel) return check_parallel(item, calls, options);
  const Value& answer = item.answers.items.front();
  const Value* const function = item.category == BfclCategory::kMultiple
                                    ? description_of(item.functions, answer)
                                    : &item.functions.items.front();
  return check_call(function, calls.items.front(), answer, options);
}

Result<Value> decode_json_calls(std::string_view json) {
  IP_TRY(Value calls, parse_json_value(json, "the calls"));
  if (!is_call_list(calls)) {
    return make_error(Code::kInvalidArgument, "the calls are not a list of {name: {parameters}}",
                      "write [{\"name\": {\"parameter\": value}}]");
  }
  return calls;
}

}  // namespace interposer::evals::tools
