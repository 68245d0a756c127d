// The gateway: admit, route, call, settle. Itself a Backend, so that everything which asks a model
// (the API, assistants, runs) asks it the same way.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backends/backend.h"
#include "gateway/config.h"
#include "gateway/health.h"
#include "gateway/keyring.h"
#include "gateway/settle.h"
#include "routing/decide.h"
#include "routing/route.h"
#include "store/ledger.h"

namespace interposer::gateway {

class Gateway : public backends::Backend {
 public:
  // `ledger` outlives the gateway; null: nothing is kept.
  static Result<std::shared_ptr<Gateway>> create(GatewayConfig config,
                                                 const Keyring::Environment& environment,
                                                 store::Ledger* ledger);

  // A backend for one name: an engine model ("local-chat"), an assistant ("assistant/handbook"). It
  // is asked under that name. Any thread, also while serving; the same name again replaces it.
  void add_backend(std::string name, std::shared_ptr<backends::Backend> backend);
  void remove_backend(std::string_view name);
  // A backend for all names "NAME/...": it is asked for what follows the slash. Whoever composes
  // the program adds one for each entry of config.providers, and found ones later.
  void add_provider(std::string name, std::shared_ptr<backends::Backend> backend);

  // Who is asking. `trusted`: over the home's socket, where the peer's uid stands for a key.
  Result<backends::Principal> admit(std::optional<std::string_view> key, bool trusted) const;
  bool needs_key() const { return keys_.required(); }

  net::Task<Result<std::unique_ptr<backends::Answer>>> serve(backends::RequestRef request,
                                                             backends::CallRef call) override;
  backends::Capabilities capabilities(std::string_view model) const override;
  std::vector<backends::ModelInfo> models() const override;
  void leave(net::Loop* loop) override;
  // How long until a target of this name is worth asking again; nullopt: now.
  std::optional<Duration> retry_after(std::string_view model, TimePoint now) const;

 private:
  struct Target {
    std::string name;                            // as routes name it
    std::shared_ptr<backends::Backend> backend;  // null: unknown
    std::string model;                           // what the backend is asked for
    std::shared_ptr<const TargetMetrics> metrics;
    bool composite = false;  // its tokens are settled by whom it asks
  };
  struct Served {
    std::shared_ptr<backends::Backend> backend;
    std::shared_ptr<const TargetMetrics> metrics;
  };
  using Targets = std::shared_ptr<const std::vector<Target>>;
  struct Snapshot {  // immutable; swapped whole
    std::map<std::string, Served, std::less<>> by_name, providers;
    std::map<std::string, Targets, std::less<>> routes;  // what each stands for, worked out once
  };
  // Targets to try, best first: `all` in this order, or as it stands where `order` is empty.
  struct Choice {
    Targets all;
    std::vector<std::size_t> order;
  };
  Gateway(GatewayConfig config, Keyring keys, routing::RouteTable routes, store::Ledger* ledger);
  std::shared_ptr<const Snapshot> snapshot() const;
  void publish(std::shared_ptr<Snapshot> next);  // under mutex_
  Target target(const Snapshot& all, const std::string& name) const;
  Targets expand(const Snapshot& all, std::string_view model) const;
  Targets targets(std::string_view model) const;
  Error unknown_model(std::string_view model) const;
  // The targets to try, best first; an error where there is none to try.
  Result<Choice> choose(const wire::Request& request, const backends::Call& call,
                        TimePoint now) const;
  Error all_failed(std::string_view model, const std::vector<Error>& errors) const;
  net::Task<Result<std::unique_ptr<backends::Answer>>> attempt(const Target* target,
                                                               backends::RequestRef request,
                                                               backends::CallRef call);

  GatewayConfig config_;
  Keyring keys_;
  routing::RouteTable routes_;
  store::Ledger* ledger_;
  Health health_;
  mutable std::mutex mutex_;  // of snapshot_
  std::shared_ptr<const Snapshot> snapshot_;
};

}  // namespace interposer::gateway
