#include "api/runs/handlers.h"

#include "api/common/events.h"
#include "api/reply.h"

namespace interposer::api {
namespace {

net::Task<void> events(Request* request) {
  const Result<std::int64_t> after = events_after(*request);
  if (!after) {
    co_await reply_error(request->exchange, after.error());
    co_return;
  }
  auto subscription = co_await request->services->runs->subscribe(request->principal.name,
                                                                  request->parameter("id"), *after);
  if (!subscription) {
    co_await reply_error(request->exchange, subscription.error());
    co_return;
  }
  co_await stream_events(request->exchange, std::move(*subscription));
}

net::Task<Result<Reply>> stop(Request* request) {
  const Status stopped =
      co_await request->services->runs->stop(request->principal.name, request->parameter("id"));
  if (!stopped) co_return stopped.error();
  co_return Reply{202, "{}"};
}

}  // namespace

void add_run_routes(Registrar* routes) {
  routes->raw("GET", "/api/v1/runs/{id}/events", events);
  routes->json("POST", "/api/v1/runs/{id}/stop", stop);
}

}  // namespace interposer::api
