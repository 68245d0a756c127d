#include "api/status/handlers.h"

#include "api/access.h"
#include "api/found/found.h"
#include "base/json.h"

namespace interposer::api {
namespace {

void write_model(JsonWriter& w, const backends::ModelInfo& model) {
  w.begin_object().field("name", model.name).field("kind", model.kind);
  if (model.parameters) w.field("parameters", *model.parameters);
  if (model.self_test) w.field("self_test", true);
  w.field("capable", model.capable).end_object();
}

void write_offer(JsonWriter& w, const Offer& offer) {
  w.begin_object().field("kind", offer.server ? "server" : "key").field("name", offer.name);
  if (offer.server) {
    w.field("base_url", offer.base_url).key("models").begin_array();
    for (const std::string& model : offer.models) w.string(model);
    w.end_array();
  } else {
    w.field("env", offer.env);
  }
  w.field("provider", offer.provider).end_object();
}

net::Task<Result<Reply>> status(Request* request) {
  const Services& services = *request->services;
  std::vector<Offer> offers;
  const bool manages = may_manage(request->principal);
  if (services.found != nullptr && manages) offers = co_await services.found->look();
  JsonWriter w;
  w.begin_object().field("version", services.version);
  w.field("ready", !services.ready || services.ready()).key("models").begin_array();
  for (const backends::ModelInfo& model : services.gateway->models())
    if (request->principal.may_use(model.name)) write_model(w, model);
  w.end_array().key("default_chat");
  if (services.default_chat.empty() || !request->principal.may_use(services.default_chat))
    w.null();
  else
    w.string(services.default_chat);
  w.field("default_base", services.default_base).key("found").begin_array();
  for (const Offer& offer : offers) write_offer(w, offer);
  w.end_array().field("page_needs_key", static_cast<bool>(services.authenticate));
  w.key("config").begin_object().field("file", services.config_file);
  w.field("digest", services.config_digest).end_object();
  co_return Reply{200, w.end_object().take()};
}

}  // namespace

void add_status_routes(Registrar* routes) { routes->json("GET", "/api/v1/status", status); }

}  // namespace interposer::api
