#include "api/reply.h"

#include "base/json.h"
#include "wire/http_status.h"
#include "wire/openai/error_json.h"

namespace interposer::api {

ErrorShape error_shape(std::string_view path) {
  return path.starts_with("/v1/") || path == "/v1" ? ErrorShape::kOpenAi : ErrorShape::kOwn;
}

int status_of(const Error& error) {
  if (error.kind == "unsupported_media_type") return 415;
  if (error.kind == "method_not_allowed") return 405;
  // OpenAI's number for a prompt over the context, which its clients look for.
  if (error.kind == "context_length_exceeded") return 400;
  // The fault is a target's, not this server's.
  if (error.kind == "target_failed" || error.kind == "all_targets_failed") return 502;
  return wire::http_status(error.code);
}

std::string error_body(const Error& error, ErrorShape shape) {
  if (shape == ErrorShape::kOpenAi) return wire::openai::write_error(error);
  JsonWriter json;
  json.begin_object().key("error").begin_object();
  json.field("code", error.kind.empty() ? code_name(error.code) : std::string_view(error.kind));
  json.field("message", error.message).field("remedy", error.remedy);
  json.end_object().end_object();
  return json.take();
}

net::Task<void> reply_json(http::Exchange* exchange, int status, std::string body) {
  http::ResponseHead head;
  head.status = status;
  head.headers.add("content-type", "application/json");
  const Status sent = co_await exchange->respond(std::move(head), std::move(body));
  (void)sent;  // a client that has gone needs no answer
}

net::Task<void> reply_error(http::Exchange* exchange, Error error) {
  return reply_error_with(exchange, std::move(error), {});
}

net::Task<void> reply_error_with(http::Exchange* exchange, Error error, http::Headers headers) {
  http::ResponseHead head;
  head.status = status_of(error);
  head.headers = std::move(headers);
  head.headers.add("content-type", "application/json");
  if (head.status == 401) head.headers.add("www-authenticate", "Bearer");
  std::string body = error_body(error, error_shape(exchange->head().path()));
  const Status sent = co_await exchange->respond(std::move(head), std::move(body));
  (void)sent;
}

}  // namespace interposer::api
