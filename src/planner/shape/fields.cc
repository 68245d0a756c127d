#include "planner/shape/fields.h"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <cmath>

namespace interposer::planner {

namespace bj = boost::json;

const bj::value* Fields::find(std::string_view name) const {
  const bj::value* value = object_->if_contains(bj::string_view(name.data(), name.size()));
  return value == nullptr || value->is_null() ? nullptr : value;
}

void Fields::fail(std::string_view name, std::string_view what) {
  if (error_) return;
  error_ = make_error(
      Code::kInvalidArgument, fmt::format("{}: field '{}{}' {}", file_, path_, name, what),
      "give the model's config.json as Hugging Face has it", "invalid_model_config");
}

bool Fields::has(std::string_view name) const { return find(name) != nullptr; }

bool Fields::is_array(std::string_view name) const {
  const bj::value* value = find(name);
  return value != nullptr && value->is_array();
}

std::optional<double> Fields::number(std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    const bj::value* value = find(name);
    if (value == nullptr) continue;
    if (!value->is_number()) {
      fail(name, "must be a number");
      return std::nullopt;
    }
    const double number = value->to_number<double>();
    if (!std::isfinite(number) || number < 0 || number > kLargestCount) {
      fail(name, fmt::format("is {}, which is no count", number));
      return std::nullopt;
    }
    return number;
  }
  return std::nullopt;
}

double Fields::number_or(std::initializer_list<std::string_view> names, double otherwise) {
  return number(names).value_or(otherwise);
}

double Fields::required(std::initializer_list<std::string_view> names) {
  const auto value = number(names);
  if (!value) {
    fail(*names.begin(), "is missing");
    return 1;
  }
  if (*value <= 0) {
    fail(*names.begin(), "must be more than 0");
    return 1;
  }
  return *value;
}

bool Fields::flag(std::string_view name, bool otherwise) {
  const bj::value* value = find(name);
  if (value == nullptr) return otherwise;
  if (!value->is_bool()) {
    fail(name, "must be true or false");
    return otherwise;
  }
  return value->get_bool();
}

std::string Fields::text(std::string_view name) {
  const bj::value* value = find(name);
  if (value == nullptr) return {};
  if (!value->is_string()) {
    fail(name, "must be a text");
    return {};
  }
  return std::string(value->get_string());
}

std::vector<std::string> Fields::words(std::string_view name) {
  std::vector<std::string> out;
  const bj::value* value = find(name);
  if (value == nullptr) return out;
  if (!value->is_array()) {
    fail(name, "must be a list of words");
    return out;
  }
  for (const bj::value& item : value->get_array()) {
    if (!item.is_string()) {
      fail(name, "must hold words only");
      return out;
    }
    out.emplace_back(item.get_string());
  }
  return out;
}

std::vector<double> Fields::numbers(std::string_view name) {
  std::vector<double> out;
  const bj::value* value = find(name);
  if (value == nullptr) return out;
  if (!value->is_array()) {
    fail(name, "must be a list of numbers");
    return out;
  }
  for (const bj::value& item : value->get_array()) {
    const double number = item.is_number() ? item.to_number<double>() : -1;
    if (!(number >= 0) || number > kLargestCount) {
      fail(name, "must hold counts only");
      return out;
    }
    out.push_back(number);
  }
  return out;
}

std::optional<Fields> Fields::object(std::string_view name) const {
  const bj::value* value = find(name);
  if (value == nullptr || !value->is_object()) return std::nullopt;
  return Fields(value->get_object(), file_, fmt::format("{}{}.", path_, name));
}

std::vector<Fields> Fields::objects(std::string_view name) {
  std::vector<Fields> out;
  const bj::value* value = find(name);
  if (value == nullptr) return out;
  if (!value->is_array()) {
    fail(name, "must be a list of objects");
    return out;
  }
  std::size_t i = 0;
  for (const bj::value& item : value->get_array()) {
    if (!item.is_object()) {
      fail(name, "must hold objects only");
      return out;
    }
    out.emplace_back(item.get_object(), file_, fmt::format("{}{}[{}].", path_, name, i++));
  }
  return out;
}

}  // namespace interposer::planner
