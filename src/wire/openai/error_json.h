// Errors in OpenAI's shape, from and to values: {"error":{"message","type","param","code"}}.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "wire/json_read.h"

namespace interposer::wire::openai {

// `param` is the field an error of this library names; the remedy stands in the message.
std::string write_error(const Error& error);
// The same as the data of a streamed frame ("data: {...}\n\n").
std::string write_error_frame(const Error& error);

// What a provider says in an error body or in an error inside a stream. Empty fields: not said.
struct ProviderError {
  std::string message, type, code;
  std::optional<int> status;            // some put it into "code"
  std::optional<double> retry_after_s;  // Gemini's RetryInfo, Groq's and OpenAI's "try again in"
};
// nullopt: the text holds no error. Understands {"error":{...}}, {"error":"text"}, [{"error":...}]
// (Gemini), {"message"|"detail":...}.
std::optional<ProviderError> read_error(std::string_view body);
std::optional<ProviderError> error_in(const JsonValue& body);

}  // namespace interposer::wire::openai
