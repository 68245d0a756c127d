// The parts of the product, made in order and ended in reverse. Owns everything but the loops.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "api/found/found.h"
#include "api/jobs/jobs.h"
#include "api/services.h"
#include "app/settings.h"
#include "assistant/assistant.h"
#include "base/result.h"
#include "engine/engine.h"
#include "gateway/gateway.h"
#include "knowledge/knowledge.h"
#include "runs/runs.h"
#include "store/home.h"
#include "store/ledger.h"

namespace interposer::app {

class Product {
 public:
  // Takes the home and opens what is in it. Blocks; nothing is loaded that nobody asked for.
  static Result<std::unique_ptr<Product>> open(Settings settings, const std::string& home);
  ~Product();

  api::Services& services() { return services_; }
  knowledge::Knowledge& knowledge() { return *knowledge_; }
  gateway::Gateway& gateway() { return *gateway_; }
  runs::Runs& runs() { return *runs_; }
  const Settings& settings() const { return settings_; }
  const std::string& home() const { return home_->path(); }

 private:
  explicit Product(Settings settings) : settings_(std::move(settings)) {}
  Status open_gateway();
  Status add_bases();  // of the configuration, and those that were made in this home
  Status add_base(const knowledge::BaseConfig& base);
  void open_assistant();
  void look_for_servers();
  void fill_services();
  std::shared_ptr<knowledge::Embedder> embedder(const std::string& model);
  api::BaseFacts base_facts(std::string_view base) const;
  std::string default_chat() const;

  // In the order of making; destroyed from the last.
  Settings settings_;
  std::unique_ptr<store::Home> home_;
  std::unique_ptr<store::Ledger> ledger_;
  std::shared_ptr<engine::Engine> engine_;
  std::mutex embedders_mutex_;  // bases may be made while serving
  std::map<std::string, std::shared_ptr<knowledge::Embedder>> embedders_;
  std::unique_ptr<knowledge::Knowledge> knowledge_;
  std::shared_ptr<gateway::Gateway> gateway_;
  std::shared_ptr<assistant::Assistant> assistant_;
  std::unique_ptr<runs::Runs> runs_;
  std::unique_ptr<api::Jobs> jobs_;
  std::unique_ptr<api::Found> found_;
  api::Services services_;
};

}  // namespace interposer::app
