#include "api/ops/handlers.h"

#include "base/metrics.h"

namespace interposer::api {
namespace {

net::Task<void> reply_text(http::Exchange* exchange, int status, std::string type,
                           std::string body) {
  http::ResponseHead head;
  head.status = status;
  head.headers.add("content-type", std::move(type));
  head.headers.add("cache-control", "no-store");
  (void)co_await exchange->respond(std::move(head), std::move(body));
}

net::Task<void> metrics_page(Request* request) {
  return reply_text(request->exchange, 200, "text/plain; version=0.0.4; charset=utf-8",
                    metrics::render());
}

net::Task<void> health(Request* request) {
  return reply_text(request->exchange, 200, "text/plain", "ok\n");
}

net::Task<void> readiness(Request* request) {
  const bool ready = !request->services->ready || request->services->ready();
  return reply_text(request->exchange, ready ? 200 : 503, "text/plain",
                    ready ? "ready\n" : "not ready yet\n");
}

}  // namespace

void add_ops_routes(Registrar* routes) {
  routes->raw("GET", "/metrics", metrics_page);
  routes->raw("GET", "/healthz", health, Access::kOpen);
  routes->raw("GET", "/readyz", readiness, Access::kOpen);
}

}  // namespace interposer::api
