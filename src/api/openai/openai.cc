#include "api/openai/openai.h"

#include <algorithm>
#include <cmath>

#include "api/openai/answer.h"
#include "api/reply.h"
#include "api/trace.h"
#include "base/strings.h"
#include "net/loop.h"
#include "wire/openai/models_json.h"

namespace interposer::api {
namespace {

using gateway::Gateway;

struct Shared {  // by all handlers of this folder, as long as the router
  Gateway* gateway;
  OpenAiOptions options;
};
using Served = const Shared*;

Result<backends::Principal> admit(const Gateway& gateway, http::Exchange* exchange) {
  return gateway.admit(bearer_key(exchange->head()), exchange->peer_uid() >= 0);
}

// An error of a call, with how long to wait where that is known, and its trace.
net::Task<void> refuse(Served served, http::Exchange* exchange, Error error, std::string model,
                       std::string trace_id) {
  http::Headers headers;
  if (!trace_id.empty()) headers.add("x-interposer-trace", std::move(trace_id));
  if (error.kind == "throttled" || error.kind == "overloaded") {
    const auto wait = served->gateway->retry_after(model, net::Loop::current()->now());
    if (wait) {
      const auto seconds = static_cast<std::int64_t>(std::ceil(to_ms(*wait) / 1000));
      headers.add("Retry-After", std::to_string(seconds));
    }
  }
  return reply_error_with(exchange, std::move(error), std::move(headers));
}

net::Task<void> answer(Served served, http::Exchange* exchange, wire::Operation operation) {
  Result<backends::Principal> principal = admit(*served->gateway, exchange);
  if (!principal) {
    co_await reply_error(exchange, std::move(principal).error());
    co_return;
  }
  Result<std::string> body = co_await exchange->read_body(served->options.body_bytes_max);
  if (!body) {
    co_await reply_error(exchange, std::move(body).error());
    co_return;
  }
  Result<backends::RequestRef> request =
      wire::Request::parse(operation, wire::Dialect::kOpenAi, std::move(*body));
  if (!request) {
    co_await reply_error(exchange, std::move(request).error());
    co_return;
  }
  const std::shared_ptr<backends::Call> call =
      call_of(exchange, std::move(*principal), net::Loop::current()->now(), served->options.total);
  Result<std::unique_ptr<backends::Answer>> got = co_await served->gateway->serve(*request, call);
  if (!got) {
    co_await refuse(served, exchange, std::move(got).error(), (*request)->model(),
                    call->trace.trace_id);
    co_return;
  }
  Delivery to;
  to.exchange = exchange;
  to.request = *std::move(request);
  to.scheme = served->options.scheme;
  co_await deliver(std::move(to), std::move(*got));
}

wire::openai::ModelEntry entry_of(const backends::ModelInfo& info) {
  wire::openai::ModelEntry entry;
  entry.id = info.name;
  entry.owned_by = info.owner;
  entry.kind = info.kind;
  entry.parameters = info.parameters;
  entry.context_tokens = info.context_tokens;
  entry.self_test = info.self_test;
  entry.capable = info.capable;
  return entry;
}

net::Task<void> list_models(Served served, http::Exchange* exchange) {
  const Result<backends::Principal> principal = admit(*served->gateway, exchange);
  if (!principal) return reply_error(exchange, principal.error());
  std::vector<wire::openai::ModelEntry> entries;
  for (const backends::ModelInfo& info : served->gateway->models()) {
    if (principal->may_use(info.name)) entries.push_back(entry_of(info));
  }
  return reply_json(exchange, 200, wire::openai::write_models(entries));
}

net::Task<void> one_model(Served served, http::Exchange* exchange, std::string id) {
  const Result<backends::Principal> principal = admit(*served->gateway, exchange);
  if (!principal) return reply_error(exchange, principal.error());
  std::vector<std::string> names;
  for (const backends::ModelInfo& info : served->gateway->models()) {
    if (info.name == id && principal->may_use(id)) {
      return reply_json(exchange, 200, wire::openai::write_model(entry_of(info)));
    }
    if (principal->may_use(info.name)) names.push_back(info.name);
  }
  return reply_error(exchange, make_error(Code::kNotFound, "there is no model '" + id + "'",
                                          did_you_mean(id, names), "model_not_found"));
}

}  // namespace

void register_openai(Router& router, Gateway& gateway, OpenAiOptions options) {
  const auto served = std::make_shared<const Shared>(Shared{&gateway, std::move(options)});
  const auto post = [&](std::string_view path, wire::Operation operation) {
    router.add("POST", path, [served, operation](http::Exchange* exchange, Parameters) {
      return answer(served.get(), exchange, operation);
    });
  };
  post("/v1/chat/completions", wire::Operation::kChat);
  post("/v1/completions", wire::Operation::kComplete);
  post("/v1/embeddings", wire::Operation::kEmbed);
  router.add("GET", "/v1/models", [served](http::Exchange* exchange, Parameters) {
    return list_models(served.get(), exchange);
  });
  router.add("GET", "/v1/models/{id*}", [served](http::Exchange* exchange, Parameters parameters) {
    return one_model(served.get(), exchange, std::string(parameters.get("id")));
  });
}

}  // namespace interposer::api
