#include "wire/routing_fields.h"

#include <fmt/format.h>
#include <simdjson.h>

namespace interposer::wire {
namespace {

namespace sj = simdjson::ondemand;

Error bad_field(std::string_view field, std::string_view what, std::string_view remedy) {
  return make_error(Code::kInvalidArgument, fmt::format("field '{}': {}", field, what),
                    std::string(remedy), "invalid_field");
}

class Reader {
 public:
  explicit Reader(std::string_view body) : body_(body) {}

  Result<RoutingFields> read(sj::document& document) {
    sj::object object;
    if (const auto failure = document.get_object().get(object)) {
      if (failure != simdjson::INCORRECT_TYPE) return malformed(failure, document);
      return make_error(Code::kInvalidArgument, "the body is not a JSON object",
                        "send {\"model\": \"...\", ...}", "malformed_json");
    }
    for (auto item : object) {
      sj::field field;
      if (const auto failure = std::move(item).get(field)) return malformed(failure, document);
      IP_OK(take(field, document));
    }
    if (document.current_location().error() != simdjson::OUT_OF_BOUNDS) {
      return make_error(Code::kInvalidArgument, "malformed JSON: text follows the object",
                        "send one JSON object", "malformed_json");
    }
    if (!has_model_) {
      return bad_field("model", "it is missing", "name a model; GET /v1/models lists them");
    }
    if (completion_tokens_) out_.max_tokens = completion_tokens_;
    return std::move(out_);
  }

  Error malformed(simdjson::error_code failure, sj::document& document) const {
    std::string where;
    const char* at = nullptr;
    if (document.current_location().get(at) == simdjson::SUCCESS && at >= body_.data() &&
        at <= body_.data() + body_.size()) {
      where = fmt::format(" near byte {}", at - body_.data());
    }
    return malformed(failure, where);
  }

  static Error malformed(simdjson::error_code failure, std::string_view where) {
    const char* what = "the text ends early, or brackets and quotes do not match";
    if (failure == simdjson::UTF8_ERROR) what = "it is not valid UTF-8";
    if (failure == simdjson::EMPTY) what = "the body is empty";
    if (failure == simdjson::UNCLOSED_STRING) what = "a string is not closed";
    if (failure == simdjson::UNESCAPED_CHARS) what = "a string holds a raw control character";
    if (failure == simdjson::STRING_ERROR) what = "a string holds a wrong escape";
    return make_error(Code::kInvalidArgument, fmt::format("malformed JSON{}: {}", where, what),
                      "send one JSON object, UTF-8", "malformed_json");
  }

 private:
  Status take(sj::field& field, sj::document& document) {
    std::string_view key;
    if (const auto failure = field.unescaped_key().get(key)) return malformed(failure, document);
    sj::value& value = field.value();
    if (key == "model") return take_model(value, document);
    if (key == "stream") return take_stream(value);
    if (key == "max_tokens") return take_count(value, key, &out_.max_tokens, &has_max_tokens_);
    if (key == "max_completion_tokens") {
      return take_count(value, key, &completion_tokens_, &has_completion_tokens_);
    }
    return {};
  }

  static Status once(std::string_view key, bool* seen) {
    if (*seen) return bad_field(key, "it stands twice", "remove one of them");
    *seen = true;
    return {};
  }

  Status take_model(sj::value& value, sj::document& document) {
    IP_OK(once("model", &has_model_));
    sj::json_type type{};
    if (value.type().get(type) || type != sj::json_type::string) {
      return bad_field("model", "it must be a string", "name a model; GET /v1/models lists them");
    }
    std::string_view token = value.raw_json_token();
    std::string_view text;
    if (const auto failure = value.get_string().get(text)) return malformed(failure, document);
    while (!token.empty() && token.back() != '"') token.remove_suffix(1);
    if (token.size() < 2) return malformed(simdjson::STRING_ERROR, document);
    if (text.empty()) {
      return bad_field("model", "it is empty", "name a model; GET /v1/models lists them");
    }
    out_.model = std::string(text);
    out_.model_span.begin = static_cast<std::size_t>(token.data() - body_.data()) + 1;
    out_.model_span.end = out_.model_span.begin + token.size() - 2;
    return {};
  }

  Status take_stream(sj::value& value) {
    IP_OK(once("stream", &has_stream_));
    if (is_null(value)) return {};
    if (value.get_bool().get(out_.stream)) {
      return bad_field("stream", "it must be true or false", "send \"stream\": true");
    }
    return {};
  }

  static Status take_count(sj::value& value, std::string_view key, std::optional<std::int64_t>* out,
                           bool* seen) {
    IP_OK(once(key, seen));
    if (is_null(value)) return {};
    std::int64_t count = 0;
    if (value.get_int64().get(count) || count < 0) {
      return bad_field(key, "it must be a whole number, 0 or more", "send a number of tokens");
    }
    *out = count;
    return {};
  }

  static bool is_null(sj::value& value) {
    sj::json_type type{};
    return !value.type().get(type) && type == sj::json_type::null;
  }

  std::string_view body_;
  RoutingFields out_;
  std::optional<std::int64_t> completion_tokens_;
  bool has_model_ = false, has_stream_ = false, has_max_tokens_ = false,
       has_completion_tokens_ = false;
};

}  // namespace

Result<RoutingFields> read_routing_fields(std::string* body) {
  if (body->capacity() < body->size() + simdjson::SIMDJSON_PADDING) {
    body->reserve(body->size() + simdjson::SIMDJSON_PADDING);
  }
  // One parser a thread: its buffers grow to the largest body seen and stay.
  thread_local sj::parser parser;
  const simdjson::padded_string_view text(body->data(), body->size(), body->capacity());
  sj::document document;
  if (const auto failure = parser.iterate(text).get(document)) {
    return Reader::malformed(failure, "");
  }
  return Reader(*body).read(document);
}

}  // namespace interposer::wire
