#include "app/wiring/providers.h"

#include <cstdlib>
#include <utility>

#include "base/log.h"
#include "remote/openai_provider.h"

namespace interposer::app {
namespace {

std::string first_set(const char* lower, const char* upper) {
  return environment(lower).value_or(environment(upper).value_or(""));
}

}  // namespace

std::optional<std::string> environment(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  if (value == nullptr || *value == '\0') return std::nullopt;
  return std::string(value);
}

Status add_provider(gateway::Gateway* gateway, const std::string& name, const std::string& base_url,
                    const std::string& key_env) {
  remote::ProviderConfig config;
  config.name = name;
  config.base_url = base_url;
  config.key_env = key_env;
  config.proxy = first_set("https_proxy", "HTTPS_PROXY");
  config.no_proxy = first_set("no_proxy", "NO_PROXY");
  if (!key_env.empty()) {
    const auto key = environment(key_env);
    if (key) {
      config.key = Secret(*key);
    } else {
      log::warn("a provider's key is not set", {{"provider", name}, {"variable", key_env}});
    }
  }
  IP_TRY(auto provider, remote::OpenAiProvider::create(std::move(config)));
  gateway->add_provider(name, std::move(provider));
  return {};
}

}  // namespace interposer::app
