// For tests: a whole /api/v1 over fakes, on a real loop.
#pragma once

#include <cstdlib>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "api/found/found.h"
#include "api/jobs/jobs.h"
#include "api/routes.h"
#include "api/testing/fake_exchange.h"
#include "api/testing/fake_knowledge.h"
#include "base/temp_dir.h"
#include "runs/test_support.h"

namespace interposer::api::testing {

class FakeLedger : public store::Ledger {
 public:
  bool append(const store::UsageEntry&) override { return true; }
  Status flush() override { return {}; }
  Result<std::vector<store::UsageTotal>> totals() override {
    store::UsageTotal total;
    total.model = "tiny";
    total.requests = 2;
    total.input_tokens = 10;
    return std::vector<store::UsageTotal>{total};
  }
  Result<std::vector<store::UsageRecord>> recent(int) override {
    return std::vector<store::UsageRecord>();
  }
};

class World {
 public:
  explicit World(runs::testing::ScriptedBackend::Script script, FoundOptions found_options = {})
      : backend(std::move(script)), found(with_environment(std::move(found_options), this)) {
    runs::Options options;
    options.backend = &backend;
    runs = std::move(*runs::Runs::open(dir.file("conversations.db"), options));
    services.version = "1.2.3";
    services.gateway = &backend;
    services.knowledge = &knowledge;
    services.runs = runs.get();
    services.ledger = &ledger;
    services.jobs = &jobs;
    services.found = &found;
    services.create_base = [this](const std::string& base) {
      return knowledge.add_base({base, {}, nullptr});
    };
    services.add_provider = [this](const ChosenProvider& chosen) -> Status {
      chosen_providers.push_back(chosen.name + " " + chosen.base_url + " " + chosen.key_env);
      return {};
    };
    knowledge.put("handbook", "hbm.md", "HBM is stacked.");
    router = std::make_unique<Router>(build_router(&services, &routes));
  }

  // The request through guard, router and handler; then all that it left behind runs to its end.
  void send(FakeExchange* exchange) {
    play([this, exchange] { return router->handle(exchange); });
    if (exchange->ends != 1) std::abort();  // a handler answers exactly once
  }
  void play(std::function<net::Task<void>()> task) {
    const auto loop = net::make_loop();
    runs::testing::run_on(loop.get(), std::move(task));
  }

  TempDir dir;  // goes last
  runs::testing::ScriptedBackend backend;
  FakeKnowledge knowledge;
  FakeLedger ledger;
  Jobs jobs;
  std::map<std::string, std::string> environment;
  Found found;
  std::unique_ptr<runs::Runs> runs;
  Services services;
  std::vector<std::string> chosen_providers;
  std::vector<std::pair<std::string, std::string>> routes;
  std::unique_ptr<Router> router;

 private:
  static FoundOptions with_environment(FoundOptions options, World* self) {
    if (options.servers.empty()) {  // nobody listens on port 1
      Offer nobody;
      nobody.base_url = "http://127.0.0.1:1/v1";
      options.servers.push_back(nobody);
    }
    options.environment = [self](const char* name) -> const char* {
      const auto found = self->environment.find(name);
      return found == self->environment.end() ? nullptr : found->second.c_str();
    };
    return options;
  }
};

}  // namespace interposer::api::testing
