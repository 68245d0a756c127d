#include "evals/tools/python_calls.h"

#include <cmath>

#include "evals/tools/python_expression.h"

namespace interposer::evals::tools {
namespace {

using Kind = Expression::Kind;

Error refused(std::string what) {
  return make_error(Code::kInvalidArgument, "the calls: " + std::move(what),
                    "write [name(parameter=value)]");
}

bool is_numeric(const Value& v) { return v.is_number() || v.kind == Value::Kind::kBool; }
double real_of(const Value& v) {
  if (v.kind == Value::Kind::kFloat) return v.real;
  return v.kind == Value::Kind::kBool ? (v.boolean ? 1 : 0) : static_cast<double>(v.whole);
}
std::int64_t whole_of(const Value& v) {
  return v.kind == Value::Kind::kBool ? (v.boolean ? 1 : 0) : v.whole;
}

Result<Value> negated(const Value& v) {
  if (v.kind == Value::Kind::kFloat) return Value::of(-v.real);
  if (!is_numeric(v) || whole_of(v) == INT64_MIN) return refused("a sign before no number");
  return Value::of(-whole_of(v));
}

Result<Value> floored(const Value& a, const Value& b, bool quotient) {
  if (real_of(b) == 0) return refused("a division by zero");
  if (a.kind == Value::Kind::kFloat || b.kind == Value::Kind::kFloat) {
    const double down = std::floor(real_of(a) / real_of(b));
    return Value::of(quotient ? down : real_of(a) - down * real_of(b));
  }
  const std::int64_t x = whole_of(a);
  const std::int64_t y = whole_of(b);
  if (y == -1) return quotient ? negated(Value::of(x)) : Result<Value>(Value::of(std::int64_t{0}));
  const bool rounds_down = x % y != 0 && (x < 0) != (y < 0);
  return Value::of(quotient ? x / y - (rounds_down ? 1 : 0) : x % y + (rounds_down ? y : 0));
}

Result<Value> power(const Value& a, const Value& b) {
  const double value = std::pow(real_of(a), real_of(b));
  const bool real =
      a.kind == Value::Kind::kFloat || b.kind == Value::Kind::kFloat || whole_of(b) < 0;
  if (real || std::abs(value) > 9e18) return Value::of(value);
  std::int64_t out = 1;
  for (std::int64_t i = 0; i < whole_of(b) && out != 0 && whole_of(a) != 1; ++i) out *= whole_of(a);
  return Value::of(out);
}

Result<Value> compute(const std::string& sign, const Value& a, const Value& b) {
  if (sign == "+" && a.kind == Value::Kind::kText && b.kind == Value::Kind::kText) {
    return Value::of(std::string_view(a.text + b.text));
  }
  if (!is_numeric(a) || !is_numeric(b)) return refused("arithmetic without numbers");
  if (sign == "//" || sign == "%") return floored(a, b, sign == "//");
  if (sign == "**") {
    if (whole_of(b) > 64 && std::abs(real_of(a)) <= 1 && b.kind != Value::Kind::kFloat) {
      return Value::of(std::pow(real_of(a), real_of(b)));
    }
    return power(a, b);
  }
  if (sign == "/") {
    if (real_of(b) == 0) return refused("a division by zero");
    return Value::of(real_of(a) / real_of(b));
  }
  if (a.kind == Value::Kind::kFloat || b.kind == Value::Kind::kFloat) {
    const double x = real_of(a);
    const double y = real_of(b);
    return Value::of(sign == "+" ? x + y : sign == "-" ? x - y : x * y);
  }
  std::int64_t out = 0;
  const std::int64_t x = whole_of(a);
  const std::int64_t y = whole_of(b);
  const bool over = sign == "+"   ? __builtin_add_overflow(x, y, &out)
                    : sign == "-" ? __builtin_sub_overflow(x, y, &out)
                                  : __builtin_mul_overflow(x, y, &out);
  if (over) return refused("a number over 64 bits");
  return Value::of(out);
}

// Constants, signs and arithmetic, with Python's meaning of each.
Result<Value> evaluate(const Expression& e) {
  if (e.kind == Kind::kConstant) return e.value;
  if (e.kind == Kind::kUnary) {
    IP_TRY(const Value v, evaluate(e.children[0]));
    if (e.text == "-") return negated(v);
    if (e.text == "+" && v.is_number()) return v;
    return refused("'" + e.text + "' in arithmetic");
  }
  if (e.kind != Kind::kBinary) return refused("arithmetic with a variable");
  IP_TRY(const Value a, evaluate(e.children[0]));
  IP_TRY(const Value b, evaluate(e.children[1]));
  return compute(e.text, a, b);
}

Result<Value> resolve(const Expression& e);

Result<Value> resolve_call(const Expression& e) {
  std::string name;
  const Expression* part = &e.children[0];
  for (; part->kind == Kind::kAttribute; part = &part->children[0]) name = "." + part->text + name;
  if (part->kind == Kind::kName) {
    name = part->text + name;
  } else if (!name.empty()) {
    name.erase(0, 1);
  }
  Value arguments = Value::dict();
  const std::size_t from = e.children.size() - e.keywords.size();
  for (std::size_t i = 0; i < e.keywords.size(); ++i) {
    IP_TRY(Value value, resolve(e.children[from + i]));
    arguments.put(Value::of(std::string_view(e.keywords[i])), std::move(value));
  }
  Value call = Value::dict();
  call.put(Value::of(std::string_view(name)), std::move(arguments));
  return call;
}

Result<Value> resolve_dict(const Expression& e) {
  Value out = Value::dict();
  for (std::size_t i = 0; i + 1 < e.children.size(); i += 2) {
    IP_TRY(Value key, resolve(e.children[i]));
    if (key.kind == Value::Kind::kList || key.kind == Value::Kind::kDict) {
      return refused("a list or dict as a key");
    }
    IP_TRY(Value value, resolve(e.children[i + 1]));
    out.put(std::move(key), std::move(value));
  }
  return out;
}

Result<Value> resolve(const Expression& e) {
  switch (e.kind) {
    case Kind::kConstant:
      return e.value;
    case Kind::kEllipsis:
    case Kind::kName:
    case Kind::kSubscript:
      return Value::of(std::string_view(e.kind == Kind::kName ? e.text : unparse(e)));
    case Kind::kUnary:  // whatever the sign
      if (e.children[0].kind != Kind::kConstant) return refused("a sign before no constant");
      return negated(e.children[0].value);
    case Kind::kBinary:
      return evaluate(e);
    case Kind::kCall:
      if (e.keywords.empty()) return Value::of(std::string_view(unparse(e)));
      return resolve_call(e);
    case Kind::kDict:
      return resolve_dict(e);
    case Kind::kList:
    case Kind::kTuple: {
      Value out = Value::list({});
      if (e.kind == Kind::kTuple) out.kind = Value::Kind::kTuple;
      for (const Expression& child : e.children) {
        IP_TRY(Value item, resolve(child));
        out.items.push_back(std::move(item));
      }
      return out;
    }
    case Kind::kAttribute:
    case Kind::kSet:
    case Kind::kCompare:
      break;
  }
  return refused("an attribute, a set or a comparison as a value");
}

std::string_view stripped(std::string_view text, std::string_view unwanted) {
  const std::size_t from = text.find_first_not_of(unwanted);
  if (from == text.npos) return {};
  return text.substr(from, text.find_last_not_of(unwanted) - from + 1);
}

}  // namespace

Result<Value> decode_python_calls(std::string_view answer) {
  std::string text(stripped(answer, "`\n "));
  if (!text.starts_with('[')) text.insert(0, 1, '[');
  if (!text.ends_with(']')) text += ']';
  IP_TRY(const Expression parsed, parse_expression(stripped(stripped(text, " \t\r\n\f\v"), "'")));
  Value out = Value::list({});
  if (parsed.kind == Kind::kCall) {
    IP_TRY(Value call, resolve_call(parsed));
    out.items.push_back(std::move(call));
    return out;
  }
  const bool listed =
      parsed.kind == Kind::kList || parsed.kind == Kind::kTuple || parsed.kind == Kind::kSet;
  if (!listed) return refused("no list");
  for (const Expression& child : parsed.children) {
    if (child.kind != Kind::kCall)
      return refused("'" + unparse(child).substr(0, 40) + "' is no call");
    IP_TRY(Value call, resolve_call(child));
    out.items.push_back(std::move(call));
  }
  return out;
}

}  // namespace interposer::evals::tools
