// Remote providers from configuration or from a person's choice on the page.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "gateway/gateway.h"

namespace interposer::app {

std::optional<std::string> environment(const std::string& name);

// Adds `name` to the gateway; its key is read from the variable `key_env` (empty: none is sent).
// https_proxy and no_proxy of the environment are respected.
Status add_provider(gateway::Gateway* gateway, const std::string& name, const std::string& base_url,
                    const std::string& key_env);

}  // namespace interposer::app
