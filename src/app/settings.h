// One configuration file -> the structs of the libraries (docs/guide/configuration.md). A section
// that is present replaces the built-in one; without a file the built-in defaults apply.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "assistant/config.h"
#include "base/result.h"
#include "engine/config.h"
#include "gateway/config.h"

namespace interposer::app {

struct TlsFiles {
  std::string certificate, key;  // PEM files; both or neither
};

struct Settings {
  std::string file;                // absolute; empty: the built-in defaults
  std::string digest = "default";  // hex SHA-256 of the file's bytes
  std::string listen = "127.0.0.1:8080";
  std::vector<std::string> hosts;  // beside loopback, that may stand in Host
  TlsFiles tls;
  gateway::GatewayConfig gateway;  // providers, routes, keys
  engine::EngineConfig engine;
  std::vector<assistant::BaseSettings> bases;
};

inline constexpr const char* kDefaultChat = "local-chat";
inline constexpr const char* kDefaultEmbedder = "local-embed";
inline constexpr const char* kSampleBase = "handbook";

// `file` empty: ./interposer.yaml when it is there, else the defaults. Errors name file and line.
Result<Settings> load_settings(const std::string& file);

const assistant::BaseSettings* find_base(const Settings& settings, std::string_view name);

// --listen: the same rules as for the configured address.
Status set_listen(Settings* settings, const std::string& listen);

// The model that embeds what no base names an embedder for; empty: there is none.
std::string default_embedder(const Settings& settings);

}  // namespace interposer::app
