// OpenAI's paths under /v1: chat/completions, completions, embeddings, models. Answers of a target
// that speaks this dialect pass frame by frame, untouched; all others are written from events.
#pragma once

#include <string>

#include "api/router.h"
#include "gateway/gateway.h"

namespace interposer::api {

struct OpenAiOptions {
  std::string scheme = "http";  // of the links to the page in citations; "https" behind TLS
  std::size_t body_bytes_max = 32 * 1024 * 1024;
  Duration total = std::chrono::minutes(30);  // of one answer, from its request to its end
};

// `gateway` outlives the router's last exchange.
void register_openai(Router& router, gateway::Gateway& gateway, OpenAiOptions options = {});

}  // namespace interposer::api
