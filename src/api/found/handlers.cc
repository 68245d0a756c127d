#include "api/found/handlers.h"

#include "api/access.h"
#include "api/common/body.h"
#include "api/found/found.h"
#include "base/json.h"

namespace interposer::api {
namespace {

net::Task<Result<Reply>> use(Request* request) {
  IP_CO_OK(need_manager(request->principal, "adding providers"));
  IP_CO_TRY(Body body, co_await Body::read(request));
  IP_CO_TRY(const std::string model, body.text("model"));
  const Services* services = request->services;
  if (services->found == nullptr)
    co_return make_error(Code::kUnavailable, "this server does not look for providers",
                         "name the provider in interposer.yaml", "not_looking");
  IP_CO_TRY(const std::string name,
            co_await services->found->use(services, request->parameter("provider"), model));
  JsonWriter w;
  w.begin_object().field("model", name).end_object();
  co_return Reply{200, w.take()};
}

}  // namespace

void add_found_routes(Registrar* routes) {
  routes->json("POST", "/api/v1/found/{provider}/use", use);
}

}  // namespace interposer::api
