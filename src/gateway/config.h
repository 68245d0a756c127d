// The gateway's part of interposer.yaml: providers, routes, keys. The names under `models` and
// `bases` are only looked at to check that targets exist and that no cycle leads through an
// assistant.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/config.h"
#include "base/result.h"
#include "routing/route.h"

namespace interposer::gateway {

struct ProviderEntry {
  std::string name;
  std::string base_url;
  std::string key_env;  // empty: no key is sent
};

struct KeyEntry {
  std::string name;
  std::string key_env;
  std::vector<std::string> models;  // empty: all
};

struct GatewayConfig {
  std::vector<ProviderEntry> providers;
  std::vector<routing::Route> routes;
  std::vector<KeyEntry> keys;
  bool has_keys = false;  // the section is there: every request needs a key
};

// Reads the sections of the root map. Errors name file, line and the nearest name; a cycle is
// named. Marks "providers", "routes" and "keys" as known in `top`.
Status read_config(config::Section* top, const config::Node& root, GatewayConfig* out);

}  // namespace interposer::gateway
