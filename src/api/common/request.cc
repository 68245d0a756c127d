#include "api/common/request.h"

#include <unistd.h>

#include <charconv>

#include "api/reply.h"
#include "base/ids.h"
#include "base/metrics.h"

namespace interposer::api {
namespace {

// A key over TCP where keys are configured; the socket's peer stands for itself.
Status authenticate(Request* request, Access access) {
  request->principal.name = "local";
  const int uid = request->exchange->peer_uid();
  request->local = uid >= 0 && uid == static_cast<int>(::geteuid());
  if (uid >= 0 && !request->local && uid != 0)
    return make_error(Code::kPermissionDenied, "this socket belongs to another user",
                      "run the command as the user who runs the server", "foreign_user");
  if (uid >= 0 || access == Access::kOpen || !request->services->authenticate) return {};
  IP_TRY(request->principal, request->services->authenticate(bearer_key(request->head())));
  return {};
}

Request make_request(const Services* services, http::Exchange* exchange, Parameters parameters) {
  Request request;
  request.services = services;
  request.exchange = exchange;
  request.parameters = std::move(parameters);
  request.trace_id = new_trace_id();
  return request;
}

metrics::Counter* requests_of(std::string_view method, std::string_view pattern) {
  return &metrics::counter(
      "interposer_api_requests_total", "Requests to the server's own API, by route",
      metrics::label("route", std::string(method) + " " + std::string(pattern)));
}

net::Task<void> run_json(const Services* services, http::Exchange* exchange, Parameters parameters,
                         JsonHandler handler) {
  Request request = make_request(services, exchange, std::move(parameters));
  const Status allowed = authenticate(&request, Access::kKey);
  if (!allowed) {
    co_await reply_error(exchange, allowed.error());
    co_return;
  }
  Result<Reply> reply = co_await handler(&request);
  http::ResponseHead head;
  head.headers.add("x-interposer-trace", request.trace_id);
  if (!reply) {
    co_await reply_error_with(exchange, reply.error(), std::move(head.headers));
    co_return;
  }
  head.status = reply->status;
  if (reply->status != 204) head.headers.add("content-type", "application/json");
  head.headers.add("cache-control", "no-store");
  (void)co_await exchange->respond(std::move(head), std::move(reply->body));
}

net::Task<void> run_raw(const Services* services, http::Exchange* exchange, Parameters parameters,
                        RawHandler handler, Access access) {
  Request request = make_request(services, exchange, std::move(parameters));
  const Status allowed = authenticate(&request, access);
  if (!allowed) {
    co_await reply_error(exchange, allowed.error());
    co_return;
  }
  co_await handler(&request);
}

}  // namespace

void Registrar::json(std::string_view method, std::string_view pattern, JsonHandler handler) {
  routes_.emplace_back(method, pattern);
  router_->add(method, pattern,
               [services = services_, handler, count = requests_of(method, pattern)](
                   http::Exchange* exchange, Parameters parameters) {
                 count->add();
                 return run_json(services, exchange, std::move(parameters), handler);
               });
}

void Registrar::raw(std::string_view method, std::string_view pattern, RawHandler handler,
                    Access access) {
  routes_.emplace_back(method, pattern);
  router_->add(method, pattern,
               [services = services_, handler, access, count = requests_of(method, pattern)](
                   http::Exchange* exchange, Parameters parameters) {
                 count->add();
                 return run_raw(services, exchange, std::move(parameters), handler, access);
               });
}

void Registrar::fallback(RawHandler handler) {
  router_->set_fallback(
      [services = services_, handler](http::Exchange* exchange, Parameters parameters) {
        return run_raw(services, exchange, std::move(parameters), handler, Access::kOpen);
      });
}

Result<std::int64_t> query_number(const Request& request, std::string_view name,
                                  std::int64_t otherwise, std::int64_t min, std::int64_t max) {
  const std::string text = request.query(name);
  if (text.empty()) return otherwise;
  std::int64_t value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed == std::errc() && end == text.data() + text.size() && value >= min && value <= max)
    return value;
  return make_error(
      Code::kInvalidArgument, "parameter '" + std::string(name) + "' is '" + text + "'",
      "give a whole number from " + std::to_string(min) + " to " + std::to_string(max),
      "invalid_parameter");
}

}  // namespace interposer::api
