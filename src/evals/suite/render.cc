// Rendering a template over one item.
#include <boost/json.hpp>
#include <charconv>
#include <map>
#include <optional>

#include "base/json.h"
#include "base/strings.h"
#include "base/utf8.h"
#include "evals/suite/template_program.h"

namespace interposer::evals {
namespace {

namespace json = boost::json;
using Value = json::value;

Error error_at(const Expression& at, std::string what, std::string remedy = {}) {
  return make_error(Code::kInvalidArgument,
                    "line " + std::to_string(at.line) + ": " + std::move(what), std::move(remedy));
}

// Boost.JSON writes 1.5 as 1.5E0, which no prompt should hold.
void write(JsonWriter& w, const Value& value) {
  if (const json::object* object = value.if_object()) {
    w.begin_object();
    for (const auto& [key, inner] : *object) {
      w.key({key.data(), key.size()});
      write(w, inner);
    }
    w.end_object();
  } else if (const json::array* list = value.if_array()) {
    w.begin_array();
    for (const Value& inner : *list) write(w, inner);
    w.end_array();
  } else if (value.is_double()) {
    w.number(value.get_double());
  } else {
    w.raw(json::serialize(value));
  }
}

std::string json_text(const Value& value) {
  JsonWriter w;
  write(w, value);
  return w.take();
}

std::string text_of(const Value& value) {
  if (const json::string* text = value.if_string()) return std::string(*text);
  if (value.is_null()) return "";
  if (value.is_bool()) return value.get_bool() ? "True" : "False";  // as Python prints them
  return json_text(value);
}

bool truth(const Value& value) {
  switch (value.kind()) {
    case json::kind::null:
      return false;
    case json::kind::bool_:
      return value.get_bool();
    case json::kind::string:
      return !value.get_string().empty();
    case json::kind::array:
      return !value.get_array().empty();
    case json::kind::object:
      return !value.get_object().empty();
    default:
      return value.to_number<double>() != 0;
  }
}

class Renderer {
 public:
  explicit Renderer(const json::object& names) : names_(names) {}

  Status render(const std::vector<TemplateNode>& nodes, std::string& out) {
    for (const TemplateNode& node : nodes) {
      IP_OK(render_one(node, out));
      if (out.size() > kRenderedBytesMax)
        return make_error(Code::kTooLarge, "a prompt is longer than 16 MiB", "shorten the items");
    }
    return {};
  }

 private:
  Status render_one(const TemplateNode& node, std::string& out) {
    switch (node.kind) {
      case TemplateNode::Kind::kText:
        out += node.text;
        return {};
      case TemplateNode::Kind::kOutput: {
        IP_TRY(const Value value, value_of(node.expression));
        out += text_of(value);
        return {};
      }
      case TemplateNode::Kind::kIf:
        for (const TemplateNode::Branch& branch : node.branches) {
          if (branch.condition) {
            IP_TRY(const Value test, value_of(*branch.condition, true));
            if (!truth(test)) continue;
          }
          return render(branch.body, out);
        }
        return {};
      case TemplateNode::Kind::kFor:
        break;
    }
    return loop(node, out);
  }

  Status loop(const TemplateNode& node, std::string& out) {
    const TemplateNode::Branch& branch = node.branches.front();
    IP_TRY(const Value list, value_of(*branch.condition));
    const json::array* items = list.if_array();
    if (items == nullptr) return error_at(*branch.condition, "this is no list");
    const std::map<std::string, Value> outer = locals_;
    for (std::size_t i = 0; i < items->size(); ++i) {
      locals_[node.text] = (*items)[i];
      locals_["loop"] = {{"index", i + 1},
                         {"index0", i},
                         {"first", i == 0},
                         {"last", i + 1 == items->size()},
                         {"length", items->size()}};
      IP_OK(render(branch.body, out));
      if (out.size() > kRenderedBytesMax)
        return make_error(Code::kTooLarge, "a prompt is longer than 16 MiB", "shorten the items");
    }
    locals_ = outer;
    return {};
  }

  // `lenient`: a name that is not there is null (conditions and `default` ask for that).
  Result<Value> value_of(const Expression& e, bool lenient = false) {
    using Kind = Expression::Kind;
    switch (e.kind) {
      case Kind::kText:
        return Value(e.text);
      case Kind::kNumber:
        return number(e);
      case Kind::kName:
        return named(e, lenient);
      case Kind::kMember:
      case Kind::kIndex:
        return inside(e, lenient);
      case Kind::kFilter:
        return filtered(e, lenient);
      case Kind::kNot: {
        IP_TRY(const Value inner, value_of(e.parts[0], true));
        return Value(!truth(inner));
      }
      case Kind::kBinary:
        break;
    }
    return binary(e, lenient);
  }

  static Result<Value> number(const Expression& e) {
    json::error_code error;
    Value value = json::parse(e.text, error);
    if (error) return error_at(e, "'" + e.text + "' is no number");
    return value;
  }

  Result<Value> named(const Expression& e, bool lenient) const {
    if (const auto local = locals_.find(e.text); local != locals_.end()) return local->second;
    if (const Value* found = names_.if_contains(e.text)) return *found;
    if (e.text == "true" || e.text == "True") return Value(true);
    if (e.text == "false" || e.text == "False") return Value(false);
    if (e.text == "none" || e.text == "None") return Value(nullptr);
    if (lenient) return Value(nullptr);
    std::vector<std::string> known;
    for (const auto& [name, value] : names_) known.emplace_back(name);
    return error_at(e, "the item has no '" + e.text + "'", did_you_mean(e.text, known));
  }

  Result<Value> inside(const Expression& e, bool lenient) {
    IP_TRY(const Value outer, value_of(e.parts[0], lenient));
    Value key(e.text);
    if (e.kind == Expression::Kind::kIndex) {
      IP_TRY(key, value_of(e.parts[1]));
    }
    if (const json::object* object = outer.if_object()) {
      if (const json::string* name = key.if_string()) {
        if (const Value* found = object->if_contains(*name)) return *found;
      }
    } else if (const json::array* array = outer.if_array(); array != nullptr && key.is_number()) {
      json::error_code error;
      auto at = key.to_number<std::int64_t>(error);
      if (at < 0) at += static_cast<std::int64_t>(array->size());
      if (!error && at >= 0 && at < static_cast<std::int64_t>(array->size()))
        return (*array)[static_cast<std::size_t>(at)];
    }
    if (lenient) return Value(nullptr);
    return error_at(e, "there is no '" + text_of(key) + "' in it");
  }

  Result<Value> filtered(const Expression& e, bool lenient) {
    const bool defaulted = e.text == "default" || e.text == "d";
    IP_TRY(const Value in, value_of(e.parts[0], lenient || defaulted));
    std::vector<Value> given;
    for (std::size_t i = 1; i < e.parts.size(); ++i) {
      IP_TRY(Value argument, value_of(e.parts[i]));
      given.push_back(std::move(argument));
    }
    const auto argument = [&](std::size_t i) { return i < given.size() ? text_of(given[i]) : ""; };
    if (defaulted) return in.is_null() ? (given.empty() ? Value("") : given[0]) : in;
    if (e.text == "trim") return Value(trim(text_of(in)));
    if (e.text == "string") return Value(text_of(in));
    if (e.text == "lower") return Value(to_lower(text_of(in)));
    if (e.text == "upper") {
      std::string text = text_of(in);
      for (char& c : text) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c);
      return Value(text);
    }
    if (e.text == "tojson") return Value(json_text(in));
    if (e.text == "length" || e.text == "count") return length(in);
    if (e.text == "replace") return Value(replaced(text_of(in), argument(0), argument(1)));
    const json::array* list = in.if_array();
    if (e.text == "join" && list != nullptr) {
      std::vector<std::string> parts;
      for (const Value& item : *list) parts.push_back(text_of(item));
      return Value(join(parts, argument(0)));
    }
    if ((e.text == "first" || e.text == "last") && list != nullptr && !list->empty())
      return e.text == "first" ? list->front() : list->back();
    static const std::vector<std::string> kFilters = {"trim", "lower",   "upper",   "length",
                                                      "join", "replace", "default", "first",
                                                      "last", "string",  "tojson"};
    if (std::find(kFilters.begin(), kFilters.end(), e.text) != kFilters.end())
      return error_at(e, "'" + e.text + "' wants a list that is not empty");
    return error_at(e, "no filter '" + e.text + "'", did_you_mean(e.text, kFilters));
  }

  static Value length(const Value& in) {
    if (const json::array* list = in.if_array()) return Value(list->size());
    if (const json::object* object = in.if_object()) return Value(object->size());
    return Value(utf8_count(text_of(in)));
  }

  static std::string replaced(std::string text, const std::string& from, const std::string& to) {
    if (from.empty()) return text;
    std::string out;
    std::size_t at = 0;
    for (std::size_t found = 0; (found = text.find(from, at)) != std::string::npos;
         at = found + from.size())
      out += text.substr(at, found - at) + to;
    return out + text.substr(at);
  }

  Result<Value> binary(const Expression& e, bool lenient) {
    const bool logical = e.text == "and" || e.text == "or";
    IP_TRY(const Value left, value_of(e.parts[0], lenient || logical));
    if (e.text == "and" && !truth(left)) return left;
    if (e.text == "or" && truth(left)) return left;
    IP_TRY(const Value right, value_of(e.parts[1], lenient || logical));
    if (logical) return right;
    if (e.text == "~") return Value(text_of(left) + text_of(right));
    const bool numbers = left.is_number() && right.is_number();
    const double x = numbers ? left.to_number<double>() : 0;
    const double y = numbers ? right.to_number<double>() : 0;
    if (e.text == "+") {
      if (numbers && left.is_int64() && right.is_int64() && std::abs(x + y) < 9e15)
        return Value(left.get_int64() + right.get_int64());
      if (numbers) return Value(x + y);
      return Value(text_of(left) + text_of(right));
    }
    if (e.text == "==") return Value(numbers ? x == y : left == right);
    if (e.text == "!=") return Value(numbers ? x != y : left != right);
    if (e.text == "in") return contains(right, left);
    const int order = numbers ? (x < y   ? -1
                                 : x > y ? 1
                                         : 0)
                              : text_of(left).compare(text_of(right));
    if (e.text == "<") return Value(order < 0);
    if (e.text == "<=") return Value(order <= 0);
    if (e.text == ">") return Value(order > 0);
    return Value(order >= 0);
  }

  static Value contains(const Value& in, const Value& what) {
    if (const json::array* list = in.if_array())
      return Value(std::find(list->begin(), list->end(), what) != list->end());
    if (const json::object* object = in.if_object()) return Value(object->contains(text_of(what)));
    return Value(text_of(in).find(text_of(what)) != std::string::npos);
  }

  const json::object& names_;
  std::map<std::string, Value> locals_;
};

}  // namespace

Result<std::string> Template::render(std::string_view object) const {
  json::error_code error;
  const Value names = json::parse({object.data(), object.size()}, error);
  if (error || !names.is_object())
    return make_error(Code::kInvalidArgument, program_->file + ": the item is no JSON object");
  std::string out;
  Status done = Renderer(names.get_object()).render(program_->nodes, out);
  if (!done) return std::move(done).error().within(program_->file);
  return out;
}

}  // namespace interposer::evals
