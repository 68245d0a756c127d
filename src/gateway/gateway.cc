#include "gateway/gateway.h"

#include <algorithm>
#include <cmath>

#include "backends/disposition.h"
#include "base/log.h"
#include "base/strings.h"
#include "gateway/answer.h"
#include "net/loop.h"

namespace interposer::gateway {
namespace {

constexpr std::string_view kAssistantPrefix = "assistant/";

bool can(const backends::Capabilities& capabilities, wire::Operation operation) {
  switch (operation) {
    case wire::Operation::kChat:
      return capabilities.chat;
    case wire::Operation::kComplete:
      return capabilities.complete;
    case wire::Operation::kEmbed:
      return capabilities.embed;
    case wire::Operation::kRerank:
      return capabilities.rerank;
    case wire::Operation::kScore:
      return capabilities.score;
    case wire::Operation::kCountTokens:
    case wire::Operation::kAudio:
    case wire::Operation::kImage:
      return false;
  }
  return false;
}

}  // namespace

Result<std::shared_ptr<Gateway>> Gateway::create(GatewayConfig config,
                                                 const Keyring::Environment& environment,
                                                 store::Ledger* ledger) {
  IP_TRY(Keyring keys, Keyring::build(config, environment));
  IP_TRY(routing::RouteTable routes, routing::RouteTable::build(config.routes));
  return std::shared_ptr<Gateway>(
      new Gateway(std::move(config), std::move(keys), std::move(routes), ledger));
}

Gateway::Gateway(GatewayConfig config, Keyring keys, routing::RouteTable routes,
                 store::Ledger* ledger)
    : config_(std::move(config)),
      keys_(std::move(keys)),
      routes_(std::move(routes)),
      ledger_(ledger) {
  std::lock_guard lock(mutex_);
  publish(std::make_shared<Snapshot>());
}

std::shared_ptr<const Gateway::Snapshot> Gateway::snapshot() const {
  std::lock_guard lock(mutex_);
  return snapshot_;
}

void Gateway::publish(std::shared_ptr<Snapshot> next) {
  next->routes.clear();
  for (const routing::Route& route : routes_.routes()) {
    next->routes.emplace(route.name, expand(*next, route.name));
  }
  snapshot_ = std::move(next);
}

void Gateway::add_backend(std::string name, std::shared_ptr<backends::Backend> backend) {
  Served served{std::move(backend), std::make_shared<const TargetMetrics>(name)};
  std::lock_guard lock(mutex_);
  auto next = std::make_shared<Snapshot>(*snapshot_);
  next->by_name.insert_or_assign(std::move(name), std::move(served));
  publish(std::move(next));
}

void Gateway::remove_backend(std::string_view name) {
  std::lock_guard lock(mutex_);
  auto next = std::make_shared<Snapshot>(*snapshot_);
  const auto found = next->by_name.find(name);
  if (found != next->by_name.end()) next->by_name.erase(found);
  publish(std::move(next));
}

void Gateway::add_provider(std::string name, std::shared_ptr<backends::Backend> backend) {
  Served served{std::move(backend), std::make_shared<const TargetMetrics>(name)};
  std::lock_guard lock(mutex_);
  auto next = std::make_shared<Snapshot>(*snapshot_);
  next->providers.insert_or_assign(std::move(name), std::move(served));
  publish(std::move(next));
}

Result<backends::Principal> Gateway::admit(std::optional<std::string_view> key,
                                           bool trusted) const {
  if (!trusted) return keys_.admit(key);
  backends::Principal local;
  local.name = "local";
  return local;
}

Gateway::Target Gateway::target(const Snapshot& all, const std::string& name) const {
  Target out;
  out.name = name;
  out.model = name;
  out.composite = name.starts_with(kAssistantPrefix);
  if (const auto found = all.by_name.find(name); found != all.by_name.end()) {
    out.backend = found->second.backend;
    out.metrics = found->second.metrics;
    return out;
  }
  const auto parts = routing::split_target(name);
  if (!parts) return out;
  const auto provider = all.providers.find(parts->provider);
  if (provider == all.providers.end()) return out;
  out.backend = provider->second.backend;
  out.metrics = provider->second.metrics;
  out.model = parts->model;
  return out;
}

Gateway::Targets Gateway::expand(const Snapshot& all, std::string_view model) const {
  auto out = std::make_shared<std::vector<Target>>();
  for (const std::string& leaf : routes_.expand(model)) out->push_back(target(all, leaf));
  return out;
}

Gateway::Targets Gateway::targets(std::string_view model) const {
  const std::shared_ptr<const Snapshot> all = snapshot();
  const auto found = all->routes.find(model);
  return found != all->routes.end() ? found->second : expand(*all, model);
}

Error Gateway::unknown_model(std::string_view model) const {
  std::vector<std::string> names;
  for (const backends::ModelInfo& info : models()) names.push_back(info.name);
  std::string remedy = did_you_mean(model, names);
  if (remedy.empty()) remedy = "no model is configured";
  return make_error(Code::kNotFound, "there is no model '" + std::string(model) + "'",
                    remedy + "; GET /v1/models lists them", "model_not_found");
}

Result<Gateway::Choice> Gateway::choose(const wire::Request& request, const backends::Call& call,
                                        TimePoint now) const {
  if (call.depth == 0 && !call.principal.may_use(request.model())) {
    return make_error(Code::kPermissionDenied,
                      "the key '" + call.principal.name + "' may not use '" + request.model() + "'",
                      "it may use: " + join(call.principal.models, ", "), "model_not_allowed");
  }
  Choice out{targets(request.model()), {}};
  const std::vector<Target>& all = *out.all;
  // With one target there is nothing to weigh: a cooling one is better than none.
  if (all.size() == 1 && all[0].backend &&
      can(all[0].backend->capabilities(all[0].model), request.operation())) {
    return out;
  }
  std::vector<routing::Candidate> candidates;
  for (const Target& one : all) {
    routing::Candidate candidate;
    candidate.target = one.name;
    candidate.exists = one.backend != nullptr;
    if (candidate.exists) {
      candidate.can = can(one.backend->capabilities(one.model), request.operation());
      const Health::State state = health_.of(one.name);
      candidate.cool_until = state.cool_until;
      candidate.failures = state.failures;
    }
    candidates.push_back(std::move(candidate));
  }
  routing::Decision decision = routing::decide(candidates, now);
  for (const routing::Loser& loser : decision.losers) {
    log::debug("target passed over", {{"trace", call.trace.trace_id},
                                      {"model", request.model()},
                                      {"target", loser.target},
                                      {"reason", loser.reason}});
  }
  if (decision.order.empty()) {
    const bool exists = std::any_of(candidates.begin(), candidates.end(),
                                    [](const routing::Candidate& one) { return one.exists; });
    if (!exists) return unknown_model(request.model());
    return make_error(Code::kUnsupported,
                      "'" + request.model() + "' cannot " +
                          std::string(wire::operation_name(request.operation())),
                      "take another model; GET /v1/models tells their kinds",
                      "operation_not_supported");
  }
  out.order = std::move(decision.order);
  return out;
}

Error Gateway::all_failed(std::string_view model, const std::vector<Error>& errors) const {
  const Error& last = errors.back();
  if (errors.size() == 1) {
    Error only = last;
    const backends::Disposition disposition = backends::classify(only);
    if (only.code == Code::kUnavailable && disposition != backends::Disposition::kOverload) {
      only.kind = "target_failed";
    }
    return only;
  }
  std::vector<std::string> reasons;
  for (const Error& error : errors) reasons.push_back(error.message);
  const bool throttled = std::all_of(errors.begin(), errors.end(), [](const Error& error) {
    return backends::classify(error) == backends::Disposition::kThrottle;
  });
  return make_error(throttled ? Code::kResourceExhausted : Code::kUnavailable,
                    "all targets of '" + std::string(model) + "' failed: " + join(reasons, "; "),
                    last.remedy, throttled ? "throttled" : "all_targets_failed");
}

net::Task<Result<std::unique_ptr<backends::Answer>>> Gateway::attempt(const Target* target,
                                                                      backends::RequestRef request,
                                                                      backends::CallRef call) {
  const TimePoint started = net::Loop::current()->now();
  IP_CO_TRY(backends::CallRef child, backends::Call::child(call, target->name));
  Settlement settlement(ledger_, target->metrics, request, child, target->name, target->composite,
                        started);
  backends::RequestRef asked = request;
  if (request->model() != target->model) asked = request->with_model(target->model);
  Result<std::unique_ptr<backends::Answer>> answer = co_await target->backend->serve(asked, child);
  if (!answer) {
    settlement.finish(wire::Usage{}, &answer.error(), net::Loop::current()->now());
    co_return std::move(answer).error();
  }
  Result<Primed> primed = co_await prime(std::move(*answer));
  if (!primed) {
    settlement.finish(wire::Usage{}, &primed.error(), net::Loop::current()->now());
    co_return std::move(primed).error();
  }
  settlement.delivered(net::Loop::current()->now());
  co_return make_answer(std::move(*primed), std::move(settlement), target->backend, target->name,
                        *child);
}

net::Task<Result<std::unique_ptr<backends::Answer>>> Gateway::serve(backends::RequestRef request,
                                                                    backends::CallRef call) {
  Result<Choice> chosen = choose(*request, *call, net::Loop::current()->now());
  if (!chosen) co_return std::move(chosen).error();
  const std::vector<Target>& all = *chosen->all;
  const std::vector<std::size_t>& order = chosen->order;
  std::vector<Error> errors;
  for (std::size_t i = 0; i < (order.empty() ? all.size() : order.size()); ++i) {
    const Target& target = all[order.empty() ? i : order[i]];
    Result<std::unique_ptr<backends::Answer>> answer = co_await attempt(&target, request, call);
    if (answer) {
      health_.success(target.name);
      co_return answer;
    }
    Error error = std::move(answer).error();
    const backends::Disposition disposition = backends::classify(error);
    health_.failure(target.name, disposition, net::Loop::current()->now(),
                    target.backend->leave_alone_until(target.model));
    const bool goes_on = backends::consequence(disposition).another_target;
    if (error.message.find(target.name) == std::string::npos) {
      error = std::move(error).within(target.name);
    }
    if (!goes_on || call->stop.stop_requested()) co_return error;
    errors.push_back(std::move(error));
  }
  co_return all_failed(request->model(), errors);
}

backends::Capabilities Gateway::capabilities(std::string_view model) const {
  backends::Capabilities out;
  bool first = true;
  const Targets all = targets(model);
  for (const Target& one : *all) {
    if (!one.backend) continue;
    const backends::Capabilities more = one.backend->capabilities(one.model);
    if (first) {
      out = more;
      first = false;
      continue;
    }
    out.chat |= more.chat;
    out.complete |= more.complete;
    out.embed |= more.embed;
    out.rerank |= more.rerank;
    out.score |= more.score;
    out.context_tokens = std::max(out.context_tokens, more.context_tokens);
  }
  return out;
}

std::vector<backends::ModelInfo> Gateway::models() const {
  const std::shared_ptr<const Snapshot> all = snapshot();
  std::vector<backends::ModelInfo> out;
  for (const auto& [name, served] : all->by_name) {
    backends::ModelInfo info;
    for (backends::ModelInfo& one : served.backend->models()) {
      if (one.name == name) info = std::move(one);
    }
    info.name = name;
    if (info.kind.empty()) info.kind = name.starts_with(kAssistantPrefix) ? "assistant" : "chat";
    if (info.owner.empty()) info.owner = "interposer";
    out.push_back(std::move(info));
  }
  for (const auto& [name, served] : all->providers) {
    for (backends::ModelInfo& one : served.backend->models()) {
      one.name = name + "/" + one.name;
      one.owner = name;
      out.push_back(std::move(one));
    }
  }
  for (const routing::Route& route : routes_.routes()) {
    backends::ModelInfo info;
    info.name = route.name;
    info.kind = "route";
    info.owner = "interposer";
    bool capable = false;  // as its first target is; a remote one is by default
    const Targets leaves = targets(route.name);
    if (!leaves->empty() && leaves->front().backend) {
      capable = leaves->front().model != leaves->front().name;
      for (const backends::ModelInfo& one : out) {
        if (one.name == leaves->front().name) capable = one.capable;
      }
    }
    info.capable = route.capable.value_or(capable);
    out.push_back(std::move(info));
  }
  return out;
}

void Gateway::leave(net::Loop* loop) {
  const std::shared_ptr<const Snapshot> all = snapshot();
  for (const auto& [name, served] : all->by_name) served.backend->leave(loop);
  for (const auto& [name, served] : all->providers) served.backend->leave(loop);
}

std::optional<Duration> Gateway::retry_after(std::string_view model, TimePoint now) const {
  std::optional<Duration> soonest;
  const Targets all = targets(model);
  for (const Target& one : *all) {
    if (!one.backend) continue;
    const TimePoint until = health_.of(one.name).cool_until;
    if (until <= now) return std::nullopt;
    if (!soonest || until - now < *soonest) soonest = until - now;
  }
  return soonest;
}

}  // namespace interposer::gateway
