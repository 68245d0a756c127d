#include "app/wiring/product.h"

#include <future>
#include <utility>

#include "api/bases/uploads.h"
#include "app/wiring/embedder.h"
#include "app/wiring/providers.h"
#include "base/log.h"
#include "net/loop.h"

namespace interposer::app {
Product::~Product() {
  jobs_.reset();  // what ingests, first
}

std::shared_ptr<knowledge::Embedder> Product::embedder(const std::string& model) {
  if (model.empty()) return nullptr;
  std::lock_guard lock(embedders_mutex_);
  auto& kept = embedders_[model];
  if (kept) return kept;
  auto made = make_embedder(engine_.get(), model);
  if (!made) {
    log::warn("searching by words only",
              {{"embedder", model}, {"reason", made.error().to_string()}});
    return nullptr;
  }
  kept = std::move(*made);
  return kept;
}

std::string Product::default_chat() const {
  for (const engine::ModelConfig& model : settings_.engine.models) {
    if (model.kind == engine::ModelKind::kChat) return model.name;
  }
  return settings_.gateway.routes.empty() ? std::string() : settings_.gateway.routes.front().name;
}

// A base, and its assistant under the gateway.
Status Product::add_base(const knowledge::BaseConfig& base) {
  IP_OK(knowledge_->add_base(base));
  gateway_->add_backend(std::string(assistant::kModelPrefix) + base.name, assistant_);
  return {};
}

Status Product::add_bases() {
  for (const assistant::BaseSettings& base : settings_.bases) {
    const std::string model = base.embedder.empty() ? default_embedder(settings_) : base.embedder;
    IP_OK(add_base({base.name, base.sources, embedder(model)}));
  }
  // Bases that were made here by `ingest`, `ask PATH` or the page go on with the default embedder.
  const std::string model = default_embedder(settings_);
  for (const knowledge::BaseInfo& info : knowledge_->bases()) {
    if (find_base(settings_, info.name) == nullptr) {
      IP_OK(add_base({info.name, info.sources, embedder(model)}));
    }
  }
  return {};
}

api::BaseFacts Product::base_facts(std::string_view name) const {
  const assistant::BaseSettings* base = find_base(settings_, name);
  if (base == nullptr) return {};
  return {std::string(assistant::mode_name(base->mode)), base->about, base->samples};
}

Status Product::open_gateway() {
  IP_TRY(gateway_, gateway::Gateway::create(settings_.gateway, environment, ledger_.get()));
  for (const engine::ModelConfig& model : settings_.engine.models) {
    gateway_->add_backend(model.name, engine_);
  }
  for (const gateway::ProviderEntry& provider : settings_.gateway.providers) {
    IP_OK(add_provider(gateway_.get(), provider.name, provider.base_url, provider.key_env));
  }
  return {};
}

void Product::open_assistant() {
  assistant_ = std::make_shared<assistant::Assistant>(knowledge_.get(), gateway_.get());
  std::vector<assistant::BaseSettings> bases = settings_.bases;
  for (assistant::BaseSettings& base : bases) {
    if (base.answer_with.empty()) base.answer_with = default_chat();
  }
  assistant_->set_bases(std::move(bases));
}

void Product::look_for_servers() {
  api::FoundOptions options;
  const auto own = net::Endpoint::parse(settings_.listen);
  if (own) options.own_ports = {own->port};
  for (const auto& provider : settings_.gateway.providers) options.configured.insert(provider.name);
  found_ = std::make_unique<api::Found>(std::move(options));
}

void Product::fill_services() {
  services_.version = INTERPOSER_VERSION;
  services_.config_file = settings_.file;
  services_.config_digest = settings_.digest;
  services_.guard.hosts = settings_.hosts;
  services_.gateway = gateway_.get();
  services_.knowledge = knowledge_.get();
  services_.runs = runs_.get();
  services_.ledger = ledger_.get();
  services_.jobs = jobs_.get();
  services_.found = found_.get();
  services_.upload_dir = home_->file("uploads");
  services_.default_base = settings_.bases.size() == 1 ? settings_.bases.front().name : kSampleBase;
  services_.default_chat = default_chat();
  services_.base_facts = [this](std::string_view base) { return base_facts(base); };
  services_.create_base = [this](const std::string& name) {
    return add_base({name, {}, embedder(default_embedder(settings_))});
  };
  services_.add_provider = [this](const api::ChosenProvider& chosen) {
    return add_provider(gateway_.get(), chosen.name, chosen.base_url, chosen.key_env);
  };
  if (gateway_->needs_key()) {
    services_.authenticate = [this](std::optional<std::string_view> key) {
      return gateway_->admit(key, false);
    };
  }
}

Result<std::unique_ptr<Product>> Product::open(Settings settings, const std::string& home) {
  auto product = std::unique_ptr<Product>(new Product(std::move(settings)));
  IP_TRY(product->home_, store::Home::own(home));
  // Making a database waits for the device some times: the three of a new home wait together.
  auto knowledge = std::async(std::launch::async, [&] { return knowledge::Knowledge::open(home); });
  IP_TRY(product->ledger_, store::Ledger::open(home));
  product->engine_ = std::make_shared<engine::Engine>(product->settings_.engine);
  IP_OK(product->open_gateway());
  runs::Options runs;
  runs.backend = product->gateway_.get();
  IP_TRY(product->runs_, runs::Runs::open(product->home_->file("conversations.db"), runs));
  IP_TRY(product->knowledge_, knowledge.get());
  product->open_assistant();
  IP_OK(product->add_bases());
  product->jobs_ = std::make_unique<api::Jobs>();
  product->look_for_servers();
  product->fill_services();
  IP_TRY(const int uploads, api::recover_uploads(product->services_));
  if (uploads > 0) log::info("uploads of an earlier process go on", {{"files", uploads}});
  return product;
}

}  // namespace interposer::app
