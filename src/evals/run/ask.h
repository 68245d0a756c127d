// One request to a target, read to its end. On a net::Loop.
#pragma once

#include <stop_token>
#include <string>

#include "base/secret.h"
#include "evals/record/response.h"
#include "evals/run/plan.h"
#include "http/client.h"
#include "net/task.h"

namespace interposer::evals {

struct Asked {
  Response response;   // status, text, timings; identity is the caller's
  bool retry = false;  // the same request may succeed later
  Duration wait{};     // what the target asked to wait; zero: nothing
};

struct AskContext {
  http::Client* client = nullptr;
  Endpoint endpoint;
  Secret key;  // sent as a bearer token when not empty
  Duration timeout = std::chrono::seconds(120);
  std::stop_token stop;
};

// Never fails: what went wrong is the response's status and error. `unit` must live until it ends.
net::Task<Asked> ask(const AskContext* context, const Unit* unit, RunnerKind kind,
                     std::string idempotency_key);

// For tests and fuzzing: what a body of /api/v1 becomes.
void read_search_body(std::string_view body, Response* out);
void read_grounded_body(std::string_view body, Response* out);

}  // namespace interposer::evals
