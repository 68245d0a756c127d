#include <fmt/format.h>

#include <array>
#include <boost/json.hpp>

#include "base/json.h"
#include "base/strings.h"
#include "charts/spec.h"

namespace interposer::charts {
namespace {

namespace bj = boost::json;

constexpr std::array<std::string_view, 3> kMarks = {"bar", "line", "point"};
constexpr std::array<std::string_view, 4> kTypes = {"nominal", "ordinal", "quantitative",
                                                    "temporal"};

Error wrong(std::string_view path, std::string_view what, std::string remedy = {}) {
  return make_error(Code::kInvalidArgument, fmt::format("chart: '{}' {}", path, what),
                    std::move(remedy), "invalid_chart");
}

std::string listed(const auto& words) {
  return fmt::format("use one of: {}", fmt::join(words, ", "));
}

template <std::size_t N>
Result<std::size_t> word_index(const bj::value& value, std::string_view path,
                               const std::array<std::string_view, N>& words) {
  if (!value.is_string()) return wrong(path, "must be a text", listed(words));
  for (std::size_t i = 0; i < N; ++i) {
    if (words[i] == std::string_view(value.get_string())) return i;
  }
  return wrong(path, fmt::format("cannot be '{}'", std::string_view(value.get_string())),
               listed(words));
}

Status only_keys(const bj::object& object, std::string_view path,
                 std::initializer_list<std::string_view> allowed) {
  for (const auto& member : object) {
    const std::string_view key = member.key();
    if (std::find(allowed.begin(), allowed.end(), key) != allowed.end()) continue;
    const std::string where = path.empty() ? std::string(key) : fmt::format("{}.{}", path, key);
    return wrong(where, "is not part of the chart language", listed(allowed));
  }
  return {};
}

Result<std::string> text_at(const bj::object& object, std::string_view key, std::string_view path) {
  const bj::value* value = object.if_contains(key);
  if (value == nullptr || value->is_null()) return std::string();
  if (!value->is_string()) return wrong(path, "must be a text");
  return std::string(value->get_string());
}

// Vega-Lite lets an axis leave zero; a bar that does so lies about proportions.
Status check_scale(const bj::object& encoding, std::string_view path) {
  const bj::value* scale = encoding.if_contains("scale");
  if (scale == nullptr) return {};
  const std::string where = fmt::format("{}.scale", path);
  if (!scale->is_object()) return wrong(where, "must be an object");
  IP_OK(only_keys(scale->get_object(), where, {"zero"}));
  const bj::value* zero = scale->get_object().if_contains("zero");
  if (zero != nullptr && !(zero->is_bool() && zero->get_bool())) {
    return wrong(where + ".zero", "must be true", "leave it out: axes of bars start at zero");
  }
  return {};
}

Result<Encoding> parse_encoding(const bj::value& value, std::string_view path) {
  if (!value.is_object()) return wrong(path, "must be an object with 'field' and 'type'");
  const bj::object& object = value.get_object();
  IP_OK(only_keys(object, path, {"field", "type", "title", "scale"}));
  IP_OK(check_scale(object, path));
  Encoding out;
  IP_TRY(out.field, text_at(object, "field", fmt::format("{}.field", path)));
  if (out.field.empty()) return wrong(fmt::format("{}.field", path), "is missing");
  IP_TRY(out.title, text_at(object, "title", fmt::format("{}.title", path)));
  const bj::value* type = object.if_contains("type");
  if (type == nullptr) return wrong(fmt::format("{}.type", path), "is missing", listed(kTypes));
  IP_TRY(const std::size_t index, word_index(*type, fmt::format("{}.type", path), kTypes));
  out.type = static_cast<FieldType>(index);
  return out;
}

Status parse_encodings(const bj::object& top, ChartSpec& spec) {
  const bj::value* encoding = top.if_contains("encoding");
  if (encoding == nullptr || !encoding->is_object()) {
    return wrong("encoding", "must be an object with 'x' and 'y'");
  }
  const bj::object& object = encoding->get_object();
  IP_OK(only_keys(object, "encoding", {"x", "y", "color", "row"}));
  if (!object.contains("x")) return wrong("encoding.x", "is missing");
  if (!object.contains("y")) return wrong("encoding.y", "is missing");
  IP_TRY(spec.x, parse_encoding(object.at("x"), "encoding.x"));
  IP_TRY(spec.y, parse_encoding(object.at("y"), "encoding.y"));
  if (const bj::value* color = object.if_contains("color")) {
    IP_TRY(spec.color, parse_encoding(*color, "encoding.color"));
  }
  if (const bj::value* row = object.if_contains("row")) {
    IP_TRY(spec.row, parse_encoding(*row, "encoding.row"));
  }
  return {};
}

void write_encoding(JsonWriter& json, std::string_view name, const Encoding& encoding) {
  json.key(name).begin_object();
  json.field("field", encoding.field);
  json.field("type", kTypes[static_cast<std::size_t>(encoding.type)]);
  if (!encoding.title.empty()) json.field("title", encoding.title);
  json.end_object();
}

}  // namespace

Result<ChartSpec> parse_spec(std::string_view json) {
  if (json.size() > kSpecBytesMax) {
    return make_error(Code::kTooLarge, fmt::format("chart: the spec has {} bytes", json.size()),
                      fmt::format("at most {} bytes are allowed", kSpecBytesMax));
  }
  boost::system::error_code failed;
  const bj::value value = bj::parse(json, failed);
  if (failed || !value.is_object()) {
    return make_error(Code::kInvalidArgument, "chart: the spec is not a JSON object",
                      "write {\"mark\": ..., \"encoding\": {...}}", "invalid_chart");
  }
  const bj::object& top = value.get_object();
  IP_OK(only_keys(top, "", {"$schema", "title", "description", "data", "mark", "encoding"}));
  ChartSpec spec;
  IP_TRY(spec.title, text_at(top, "title", "title"));
  IP_TRY(spec.description, text_at(top, "description", "description"));
  if (const bj::value* data = top.if_contains("data")) {
    if (!data->is_object()) return wrong("data", "must be {\"name\": ...}");
    IP_OK(only_keys(data->get_object(), "data", {"name"}));
    IP_TRY(spec.data, text_at(data->get_object(), "name", "data.name"));
  }
  const bj::value* mark = top.if_contains("mark");
  if (mark == nullptr) return wrong("mark", "is missing", listed(kMarks));
  IP_TRY(const std::size_t index, word_index(*mark, "mark", kMarks));
  spec.mark = static_cast<Mark>(index);
  IP_OK(parse_encodings(top, spec));
  return spec;
}

std::string to_json(const ChartSpec& spec) {
  JsonWriter json;
  json.begin_object();
  if (!spec.title.empty()) json.field("title", spec.title);
  if (!spec.description.empty()) json.field("description", spec.description);
  if (!spec.data.empty()) json.key("data").begin_object().field("name", spec.data).end_object();
  json.field("mark", kMarks[static_cast<std::size_t>(spec.mark)]);
  json.key("encoding").begin_object();
  write_encoding(json, "x", spec.x);
  write_encoding(json, "y", spec.y);
  if (spec.color) write_encoding(json, "color", *spec.color);
  if (spec.row) write_encoding(json, "row", *spec.row);
  json.end_object();
  return json.end_object().take();
}

}  // namespace interposer::charts
