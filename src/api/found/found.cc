#include "api/found/found.h"

#include <algorithm>
#include <cstdlib>

#include "boards/catalogue.h"
#include "http/client.h"
#include "net/loop.h"
#include "net/nursery.h"

namespace interposer::api {
namespace {

constexpr std::size_t kModelListBytesMax = 1024 * 1024;
constexpr std::size_t kModelsOffered = 50;

struct Listing {
  std::string base_url, key;
  Duration patience{};
};

net::Task<Result<std::vector<std::string>>> list_models(Listing from) {
  http::ClientRequest request;
  request.method = "GET";
  IP_CO_TRY(request.url, http::Url::parse(from.base_url + "/models"));
  request.headers.add("Accept", "application/json");
  if (!from.key.empty()) request.headers.add("Authorization", "Bearer " + from.key);
  net::Loop* loop = net::Loop::current();
  request.deadlines.connect = from.patience;
  request.deadlines.headers = from.patience;
  request.deadlines.read = from.patience;
  request.deadlines.total = loop->now() + from.patience;
  const std::unique_ptr<http::Client> client = http::Client::create(loop, {});
  IP_CO_TRY(const auto response, co_await client->send(std::move(request)));
  const int status = response->head().status;
  IP_CO_TRY(const std::string text, co_await response->read_all(kModelListBytesMax));
  client->close_idle();
  if (status != 200)
    co_return make_error(Code::kUnavailable,
                         from.base_url + " answered with status " + std::to_string(status),
                         "look whether its key and address are right", "provider_refused");
  co_return parse_model_list(text);
}

net::Task<void> probe(Offer server, std::optional<Offer>* out) {
  const auto models = co_await list_models({server.base_url, "", Found::kProbe});
  if (!models || models->empty()) co_return;
  server.models = *models;
  if (server.models.size() > kModelsOffered) server.models.resize(kModelsOffered);
  *out = std::move(server);
}

std::vector<Offer> known_servers() {
  std::vector<Offer> out;
  for (const boards::LocalServer& server : boards::known_servers()) {
    Offer offer;
    offer.server = true;
    offer.provider = server.provider;
    offer.name = server.title;
    offer.base_url = server.base_url;
    out.push_back(std::move(offer));
  }
  return out;
}

}  // namespace

const char* Found::variable(const std::string& name) const {
  return options_.environment ? options_.environment(name.c_str()) : std::getenv(name.c_str());
}

std::vector<Offer> Found::keys() const {
  std::vector<Offer> out;
  for (const boards::Provider& provider : boards::known_providers()) {
    const std::string env(provider.key_env);
    if (env.empty() || options_.configured.contains(std::string(provider.name))) continue;
    const char* key = variable(env);
    if (key == nullptr || *key == '\0') continue;
    Offer offer;
    offer.provider = provider.name;
    offer.name = provider.title;
    offer.base_url = provider.base_url;
    offer.env = env;
    out.push_back(std::move(offer));
  }
  return out;
}

net::Task<std::vector<Offer>> Found::look_now() {
  const std::vector<Offer> servers = options_.servers.empty() ? known_servers() : options_.servers;
  std::vector<std::optional<Offer>> answers(servers.size());
  net::Nursery nursery;
  for (std::size_t i = 0; i < servers.size(); ++i) {
    const auto url = http::Url::parse(servers[i].base_url);
    if (!url || options_.own_ports.contains(url->port)) continue;
    nursery.spawn(probe(servers[i], &answers[i]));
  }
  co_await nursery.join();
  std::vector<Offer> out;
  for (std::optional<Offer>& answer : answers)
    if (answer) out.push_back(std::move(*answer));
  for (Offer& key : keys()) out.push_back(std::move(key));
  co_return out;
}

net::Task<std::vector<Offer>> Found::look() {
  const TimePoint now = net::Loop::current()->now();
  {
    const std::lock_guard lock(mutex_);
    if (looked_at_ && now - *looked_at_ < kFresh) co_return last_;
  }
  std::vector<Offer> offers = co_await look_now();
  const std::lock_guard lock(mutex_);
  last_ = offers;
  looked_at_ = now;
  co_return offers;
}

net::Task<Result<std::string>> Found::use(const Services* services, std::string provider,
                                          std::string model) {
  const std::vector<Offer> offers = co_await look();
  const auto offer = std::find_if(offers.begin(), offers.end(),
                                  [&](const Offer& o) { return o.provider == provider; });
  if (offer == offers.end())
    co_return make_error(Code::kNotFound, "no provider '" + provider + "' was found here",
                         "GET /api/v1/status lists under \"found\" what was", "unknown_provider");
  if (model.empty()) {
    std::vector<std::string> ids = offer->models;
    if (!offer->server) {
      // The person chose it: now, and not before, its key is used.
      const char* key = variable(offer->env);
      const Listing listing{offer->base_url, key == nullptr ? "" : key, kListing};
      IP_CO_TRY(ids, co_await list_models(listing));
    }
    const std::optional<std::string> first = first_chat_model(ids);
    if (!first)
      co_return make_error(Code::kNotFound, offer->name + " lists no chat model",
                           "name one: {\"model\":\"...\"}", "no_chat_model");
    model = *first;
  }
  IP_CO_OK(services->add_provider({offer->provider, offer->base_url, offer->env}));
  co_return provider + "/" + model;
}

}  // namespace interposer::api
