#include "wire/openai/error_json.h"

#include <boost/json.hpp>
#include <charconv>

#include "base/json.h"

namespace interposer::wire::openai {
namespace {

namespace bj = boost::json;

// The names that OpenAI's SDKs know; they decide by status, people read the message.
std::string_view error_type(Code code) {
  switch (code) {
    case Code::kInvalidArgument:
    case Code::kNotFound:
    case Code::kAlreadyExists:
    case Code::kTooLarge:
    case Code::kUnsupported:
    case Code::kFailedPrecondition:
      return "invalid_request_error";
    case Code::kUnauthenticated:
      return "authentication_error";
    case Code::kPermissionDenied:
      return "permission_error";
    case Code::kResourceExhausted:
      return "rate_limit_error";
    case Code::kDeadlineExceeded:
      return "timeout_error";
    case Code::kUnavailable:
    case Code::kCancelled:
    case Code::kDataLoss:
    case Code::kInternal:
      return "server_error";
  }
  return "server_error";
}

// "field 'messages[0].role': ..." -> messages[0].role (the convention of json_read.h).
std::string_view field_of(std::string_view message) {
  const std::size_t at = message.find("field '");
  if (at == std::string_view::npos) return {};
  message.remove_prefix(at + 7);
  return message.substr(0, message.find('\''));
}

std::string text_of(const bj::object& object, std::string_view key) {
  const bj::value* value = object.if_contains(key);
  if (value == nullptr || value->is_null()) return {};
  if (value->is_string()) return std::string(value->get_string());
  return value->is_structured() ? std::string() : bj::serialize(*value);
}

// "12s", "7.66s", "250ms": the seconds in front of the unit.
std::optional<double> seconds(std::string_view text) {
  double value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc() || value < 0) return std::nullopt;
  const std::string_view unit = text.substr(static_cast<std::size_t>(end - text.data()));
  if (unit.starts_with("ms")) return value / 1000;
  if (unit.starts_with("s")) return value;
  if (!unit.starts_with("m")) return std::nullopt;
  const auto rest = seconds(unit.substr(1));
  return value * 60 + rest.value_or(0);
}

std::optional<double> retry_hint(const bj::object& error, std::string_view message) {
  const bj::value* details = error.if_contains("details");
  if (details != nullptr && details->is_array()) {
    for (const bj::value& item : details->get_array()) {
      if (!item.is_object()) continue;
      const std::string delay = text_of(item.get_object(), "retryDelay");
      if (auto value = seconds(delay)) return value;
    }
  }
  constexpr std::string_view kPhrase = "try again in ";
  const std::size_t at = message.find(kPhrase);
  if (at == std::string_view::npos) return std::nullopt;
  return seconds(message.substr(at + kPhrase.size()));
}

ProviderError read_object(const bj::object& error) {
  ProviderError out;
  out.message = text_of(error, "message");
  out.type = text_of(error, "type");
  if (out.type.empty()) out.type = text_of(error, "status");
  out.code = text_of(error, "code");
  int status = 0;
  const char* end = out.code.data() + out.code.size();
  const auto parsed = std::from_chars(out.code.data(), end, status);
  if (parsed.ec == std::errc() && parsed.ptr == end && status >= 400 && status < 600) {
    out.status = status;
  }
  out.retry_after_s = retry_hint(error, out.message);
  return out;
}

}  // namespace

std::string write_error(const Error& error) {
  JsonWriter json;
  json.begin_object().key("error").begin_object();
  json.field("message", error.to_string()).field("type", error_type(error.code));
  std::string_view param = field_of(error.message);
  if (param.empty() && error.kind == "model_not_found") param = "model";
  json.key("param");
  if (param.empty())
    json.null();
  else
    json.string(param);
  json.field("code", error.kind.empty() ? code_name(error.code) : std::string_view(error.kind));
  json.end_object().end_object();
  return json.take();
}

std::string write_error_frame(const Error& error) { return "data: " + write_error(error) + "\n\n"; }

std::optional<ProviderError> error_in(const JsonValue& body) {
  const bj::value* value = &body;
  if (value->is_array() && !value->get_array().empty()) value = &value->get_array().front();
  const bj::object* object = value->if_object();
  if (object == nullptr) return std::nullopt;
  if (const bj::value* error = object->if_contains("error");
      error != nullptr && !error->is_null()) {
    if (error->is_object()) return read_object(error->get_object());
    ProviderError out;
    out.message = error->is_string() ? std::string(error->get_string()) : bj::serialize(*error);
    return out;
  }
  ProviderError out;
  out.message = text_of(*object, "message");
  if (out.message.empty()) out.message = text_of(*object, "detail");
  if (out.message.empty() || object->contains("choices")) return std::nullopt;
  out.type = text_of(*object, "type");
  out.code = text_of(*object, "code");
  return out;
}

std::optional<ProviderError> read_error(std::string_view body) {
  const auto tree = parse_json(body, "the error");
  return tree ? error_in(**tree) : std::nullopt;
}

}  // namespace interposer::wire::openai
