#include "api/common/body.h"

#include <boost/json.hpp>

#include <algorithm>
#include <optional>

#include "base/strings.h"

namespace interposer::api {

net::Task<Result<Body>> Body::read(Request* request) {
  IP_CO_TRY(const std::string text, co_await request->exchange->read_body(kBodyBytesMax));
  IP_CO_TRY(std::shared_ptr<const wire::JsonValue> json, wire::parse_json(text, "the body"));
  IP_CO_TRY(wire::ObjectReader reader, wire::ObjectReader::open(*json, ""));
  co_return Body(std::move(json), std::move(reader));
}

Result<std::string> Body::need_text(std::string_view key) {
  std::string out;
  IP_OK(reader_.need_text(key, &out));
  return out;
}

Result<std::string> Body::text(std::string_view key) {
  std::string out;
  IP_OK(reader_.text(key, &out));
  return out;
}

Result<bool> Body::boolean(std::string_view key, bool otherwise) {
  std::optional<bool> out;
  IP_OK(reader_.boolean(key, &out));
  return out.value_or(otherwise);
}

Result<std::vector<std::string>> Body::texts(std::string_view key) {
  std::vector<std::string> out;
  const wire::JsonValue* value = reader_.find(key);
  if (value == nullptr) return out;
  if (!value->is_array()) return reader_.error(key, "a list of texts is expected");
  for (const wire::JsonValue& item : value->get_array()) {
    if (!item.is_string()) return reader_.error(key, "a list of texts is expected");
    out.emplace_back(item.get_string());
  }
  return out;
}

Result<std::string> Body::word(std::string_view key, const std::vector<std::string>& allowed) {
  IP_TRY(std::string value, text(key));
  if (value.empty()) return allowed.front();
  IP_OK(check_word("field '" + std::string(key) + "'", value, allowed));
  return value;
}

Status check_word(std::string_view what, std::string_view value,
                  const std::vector<std::string>& allowed) {
  if (std::find(allowed.begin(), allowed.end(), value) != allowed.end()) return {};
  return make_error(Code::kInvalidArgument, std::string(what) + " is '" + std::string(value) + "'",
                    "use one of: " + join(allowed, ", "), "invalid_parameter");
}

}  // namespace interposer::api
