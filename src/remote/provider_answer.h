// The answers of an OpenAiProvider.
#pragma once

#include <memory>
#include <string>

#include "backends/backend.h"
#include "http/client.h"
#include "http/sse.h"
#include "remote/usage_tap.h"
#include "wire/openai/chat_reader.h"

namespace interposer::remote {

struct AnswerContext {
  std::string target;  // named in errors
  wire::Operation operation = wire::Operation::kChat;
  bool native = false;            // the caller wants events
  std::size_t request_bytes = 0;  // for estimates
  std::size_t body_bytes_max = 0;
  Duration first_byte{}, between{};  // waits before the first data frame, and between two reads
};

// `response` has a head of success. A body of type text/event-stream is streamed.
std::unique_ptr<backends::Answer> make_answer(std::unique_ptr<http::ClientResponse> response,
                                              std::shared_ptr<http::Client> client,
                                              AnswerContext context);

}  // namespace interposer::remote
