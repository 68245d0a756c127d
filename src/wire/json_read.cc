#include "wire/json_read.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cmath>

namespace interposer::wire {

namespace bj = boost::json;

Error field_error(std::string_view path, std::string_view what, std::string_view remedy) {
  return make_error(Code::kInvalidArgument, fmt::format("field '{}': {}", path, what),
                    std::string(remedy), "invalid_field");
}

Result<std::shared_ptr<const JsonValue>> parse_json(std::string_view text, std::string_view what) {
  constexpr std::size_t kDepthMax = 64;  // levels
  bj::parse_options options;
  options.max_depth = kDepthMax;
  bj::parser parser({}, options);
  bj::error_code failure;
  const std::size_t at = parser.write_some(text.data(), text.size(), failure);
  std::size_t end = at;
  while (!failure && end < text.size() &&
         std::string_view(" \t\r\n").find(text[end]) != std::string_view::npos)
    ++end;
  if (!failure && end < text.size()) failure = bj::error::extra_data;
  if (failure) {
    return make_error(Code::kInvalidArgument,
                      fmt::format("{}: malformed JSON at byte {}: {}", what, at, failure.message()),
                      "send valid JSON, UTF-8", "malformed_json");
  }
  return std::shared_ptr<const JsonValue>(std::make_shared<JsonValue>(parser.release()));
}

std::string json_text(const JsonValue& value) { return bj::serialize(value); }

Result<ObjectReader> ObjectReader::open(const JsonValue& value, std::string path) {
  if (const bj::object* object = value.if_object()) return ObjectReader(object, std::move(path));
  return field_error(path.empty() ? "(body)" : path, "it must be an object");
}

std::string ObjectReader::path_of(std::string_view key) const {
  return path_.empty() ? std::string(key) : fmt::format("{}.{}", path_, key);
}

const JsonValue* ObjectReader::find(std::string_view key) {
  known_.push_back(key);
  const bj::value* value = object_->if_contains(key);
  return value == nullptr || value->is_null() ? nullptr : value;
}

Status ObjectReader::text(std::string_view key, std::string* out) {
  const bj::value* value = find(key);
  if (value == nullptr) return {};
  if (!value->is_string()) return error(key, "it must be a string");
  *out = std::string(value->get_string());
  return {};
}

Status ObjectReader::need_text(std::string_view key, std::string* out) {
  if (find(key) == nullptr) return error(key, "it is missing");
  return text(key, out);
}

Status ObjectReader::integer(std::string_view key, std::optional<std::int64_t>* out,
                             std::int64_t min) {
  const bj::value* value = find(key);
  if (value == nullptr) return {};
  bj::error_code failure;
  // A double without a fraction (8.0) is taken: some clients write every number that way.
  const auto number = value->to_number<std::int64_t>(failure);
  if (failure || !value->is_number()) return error(key, "it must be a whole number");
  if (number < min) return error(key, fmt::format("it must be {} or more", min));
  *out = number;
  return {};
}

Status ObjectReader::number(std::string_view key, std::optional<double>* out) {
  const bj::value* value = find(key);
  if (value == nullptr) return {};
  if (!value->is_number()) return error(key, "it must be a number");
  *out = value->to_number<double>();
  return {};
}

Status ObjectReader::boolean(std::string_view key, std::optional<bool>* out) {
  const bj::value* value = find(key);
  if (value == nullptr) return {};
  if (!value->is_bool()) return error(key, "it must be true or false");
  *out = value->get_bool();
  return {};
}

Status ObjectReader::boolean(std::string_view key, bool* out) {
  std::optional<bool> value;
  IP_OK(boolean(key, &value));
  if (value) *out = *value;
  return {};
}

void ObjectReader::raw(std::string_view key, std::string* out) {
  if (const bj::value* value = find(key)) *out = json_text(*value);
}

std::vector<std::pair<std::string, std::string>> ObjectReader::rest() const {
  std::vector<std::pair<std::string, std::string>> out;
  for (const auto& member : *object_) {
    const std::string_view key = member.key();
    if (std::find(known_.begin(), known_.end(), key) != known_.end()) continue;
    out.emplace_back(std::string(key), json_text(member.value()));
  }
  return out;
}

}  // namespace interposer::wire
