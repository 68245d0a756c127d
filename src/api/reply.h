// Answers in the shape that the path's dialect gives them.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "http/server.h"

namespace interposer::api {

enum class ErrorShape : char { kOpenAi, kOwn };
ErrorShape error_shape(std::string_view path);  // /v1/... is OpenAI's, everything else our own

int status_of(const Error& error);  // wire's map, and 415 and 405 by kind
// kOpenAi: {"error":{"message","type","param","code"}}; kOwn:
// {"error":{"code","message","remedy"}}.
std::string error_body(const Error& error, ErrorShape shape);

net::Task<void> reply_json(http::Exchange* exchange, int status, std::string body);
net::Task<void> reply_error(http::Exchange* exchange, Error error);
// The same with more headers ("x-interposer-trace").
net::Task<void> reply_error_with(http::Exchange* exchange, Error error, http::Headers headers);

}  // namespace interposer::api
