#include "gateway/config.h"

#include <algorithm>
#include <set>

#include "base/strings.h"

namespace interposer::gateway {
namespace {

constexpr std::string_view kAssistant = "assistant";  // reserved: assistant/<base>

struct Names {
  std::vector<std::string> providers, models, routes, bases;

  std::vector<std::string> all() const {
    std::vector<std::string> out = routes;
    out.insert(out.end(), models.begin(), models.end());
    for (const std::string& base : bases) out.push_back(std::string(kAssistant) + "/" + base);
    for (const std::string& provider : providers) out.push_back(provider + "/...");
    return out;
  }
};

bool has(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

Status check_name(const std::string& name, const config::Node& node, std::string_view what) {
  if (!name.empty() && name.find('/') == std::string::npos) return {};
  return node.error("the name of a " + std::string(what) + " may not hold '/' nor be empty",
                    "rename '" + name + "'");
}

Result<ProviderEntry> read_provider(const std::string& name, const config::Node& node) {
  IP_OK(check_name(name, node, "provider"));
  if (name == kAssistant) {
    return node.error("'assistant' is reserved for assistant/<base>",
                      "name the provider otherwise");
  }
  ProviderEntry entry;
  entry.name = name;
  int dialect = 0;
  config::Section section(node);
  section.read_enum("dialect", {"openai"}, &dialect).read("base_url", &entry.base_url);
  section.read("key_env", &entry.key_env).require("base_url");
  IP_OK(section.finish());
  if (!entry.base_url.starts_with("http://") && !entry.base_url.starts_with("https://")) {
    return node["base_url"].error("'" + entry.base_url + "' is no http or https URL",
                                  "write it like \"https://api.example/v1\"");
  }
  return entry;
}

Result<routing::Route> read_route(const std::string& name, const config::Node& node) {
  IP_OK(check_name(name, node, "route"));
  routing::Route route;
  route.name = name;
  config::Node targets = node;
  if (node.kind() == config::Kind::kMap) {
    bool capable = false;
    config::Section section(node);
    section.read("targets", &route.targets).read("capable", &capable).require("targets");
    IP_OK(section.finish());
    if (node.has("capable")) route.capable = capable;
    targets = node["targets"];
  } else if (node.kind() == config::Kind::kScalar) {
    IP_TRY(std::string only, node.text());
    route.targets.push_back(std::move(only));
  } else {
    for (const config::Node& item : node.items()) {
      IP_TRY(std::string target, item.text());
      route.targets.push_back(std::move(target));
    }
  }
  if (route.targets.empty()) {
    return targets.error("the route '" + name + "' has no targets", "list at least one");
  }
  return route;
}

Status check_target(const std::string& target, const Names& names, const config::Node& node,
                    const std::string& where) {
  if (has(names.models, target) || has(names.routes, target)) return {};
  const auto parts = routing::split_target(target);
  if (parts && parts->provider == kAssistant) {
    if (names.bases.empty() || has(names.bases, parts->model)) return {};
    return node.error(where + ": there is no base '" + parts->model + "'",
                      did_you_mean(parts->model, names.bases));
  }
  if (parts && has(names.providers, parts->provider)) return {};
  if (parts) {
    return node.error(where + ": '" + parts->provider + "' is no provider",
                      did_you_mean(parts->provider, names.providers));
  }
  return node.error(where + ": '" + target + "' is neither a model nor a route",
                    did_you_mean(target, names.all()));
}

// A base answered by a route that asks the base is a cycle too.
Status check_cycles(const std::vector<routing::Route>& routes, const config::Node& root) {
  std::vector<routing::Route> all = routes;
  for (const auto& [base, node] : root["bases"].entries()) {
    const auto answer_with = node["answer_with"].text();
    if (answer_with) {
      all.push_back({std::string(kAssistant) + "/" + base, {*answer_with}, {}});
    }
  }
  auto table = routing::RouteTable::build(std::move(all));
  if (table) return {};
  Error error = std::move(table).error();
  // The line of the first route that the message names.
  for (const auto& [name, node] : root["routes"].entries()) {
    if (error.message.find(": " + name + " ->") != std::string::npos) {
      return node.error(error.message, error.remedy);
    }
  }
  return root["routes"].error(error.message, error.remedy);
}

Result<KeyEntry> read_key(const config::Node& node, const Names& names) {
  KeyEntry key;
  config::Section section(node);
  section.read("name", &key.name).read("key_env", &key.key_env).read("models", &key.models);
  section.require("name").require("key_env");
  IP_OK(section.finish());
  for (const std::string& model : key.models) {
    IP_OK(check_target(model, names, node["models"], "the key '" + key.name + "'"));
  }
  return key;
}

Names names_of(const config::Node& root) {
  return Names{root["providers"].keys(), root["models"].keys(), root["routes"].keys(),
               root["bases"].keys()};
}

void read_routes(config::Section* top, const Names& names, GatewayConfig* out) {
  top->each("routes", [&](const std::string& name, config::Node node) -> Status {
    if (has(names.models, name)) {
      return node.error("'" + name + "' is also a model's name", "name the route otherwise");
    }
    IP_TRY(routing::Route route, read_route(name, node));
    for (const std::string& target : route.targets) {
      IP_OK(check_target(target, names, node, "the route '" + name + "'"));
    }
    out->routes.push_back(std::move(route));
    return {};
  });
}

}  // namespace

Status read_config(config::Section* top, const config::Node& root, GatewayConfig* out) {
  const Names names = names_of(root);
  top->each("providers", [&](const std::string& name, config::Node node) -> Status {
    IP_TRY(ProviderEntry entry, read_provider(name, node));
    out->providers.push_back(std::move(entry));
    return {};
  });
  read_routes(top, names, out);
  out->has_keys = root.has("keys");
  top->each("keys", [&](const std::string&, config::Node node) -> Status {
    IP_TRY(KeyEntry key, read_key(node, names));
    for (const KeyEntry& other : out->keys) {
      if (other.name == key.name) return node.error("the key '" + key.name + "' stands twice");
    }
    out->keys.push_back(std::move(key));
    return {};
  });
  return check_cycles(out->routes, root);
}

}  // namespace interposer::gateway
