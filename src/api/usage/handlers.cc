#include "api/usage/handlers.h"

#include "api/access.h"
#include "base/json.h"
#include "net/loop.h"

namespace interposer::api {
namespace {

void write_optional(JsonWriter& w, std::string_view name, const std::optional<double>& value) {
  w.key(name);
  if (value)
    w.number(*value);
  else
    w.null();
}

Result<Reply> totals(const Services& services) {
  // What was answered a moment ago counts too.
  IP_OK(services.ledger->flush());
  IP_TRY(const auto rows, services.ledger->totals());
  JsonWriter w;
  w.begin_object().key("totals").begin_array();
  for (const store::UsageTotal& row : rows) {
    w.begin_object().field("model", row.model).field("requests", row.requests);
    w.field("input_tokens", row.input_tokens).field("cached_tokens", row.cached_tokens);
    w.field("output_tokens", row.output_tokens);
    write_optional(w, "cost_usd", row.cost_usd);
    write_optional(w, "joules", row.joules);
    w.end_object();
  }
  return Reply{200, w.end_array().end_object().take()};
}

net::Task<Result<Reply>> usage(Request* request) {
  IP_CO_OK(need_manager(request->principal, "everybody's usage"));
  const Services* services = request->services;
  co_return co_await net::offload<Result<Reply>>([services] { return totals(*services); });
}

}  // namespace

void add_usage_routes(Registrar* routes) { routes->json("GET", "/api/v1/usage", usage); }

}  // namespace interposer::api
