#include "app/settings.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "app/share.h"
#include "base/hex.h"
#include "base/strings.h"
#include "gateway/keyring.h"
#include "net/file.h"
#include "net/loop.h"

namespace interposer::app {
namespace {

constexpr std::uint64_t kConfigBytesMax = 1024 * 1024;
constexpr std::uint64_t kAboutBytesMax = 64 * 1024;
constexpr const char* kDefaultFile = "interposer.yaml";

std::vector<engine::ModelConfig> default_models() {
  engine::ModelConfig chat, embedder;
  chat.name = kDefaultChat;
  chat.path = share_file("models/smollm2-135m-instruct-q4_1.gguf");
  embedder.name = kDefaultEmbedder;
  embedder.path = share_file("models/all-minilm-l6-v2-q8_0.gguf");
  embedder.kind = engine::ModelKind::kEmbed;
  return {chat, embedder};
}

// What ships beside the sample base: where it comes from, and questions to begin with. Without the
// file the base is served all the same.
void read_about(assistant::BaseSettings* base) {
  auto text = net::FileSystem::real().read(share_file("handbook-about.yaml"), kAboutBytesMax);
  if (!text) return;
  auto document = config::parse(*text, "handbook-about.yaml");
  if (!document) return;
  config::Section(document->root()).read("about", &base->about).read("samples", &base->samples);
}

std::vector<assistant::BaseSettings> default_bases() {
  assistant::BaseSettings handbook;
  handbook.name = kSampleBase;
  handbook.sources = {share_file("handbook")};
  read_about(&handbook);
  return {handbook};
}

std::string from_file(const std::string& file, const std::string& path) {
  return (std::filesystem::path(file).parent_path() / path).lexically_normal().string();
}

Status read_model(const std::string& file, const std::string& name, const config::Node& node,
                  std::vector<engine::ModelConfig>* out) {
  engine::ModelConfig model;
  model.name = name;
  int kind = 0;
  bool capable = false;
  config::Section section(node);
  section.require("path").read("path", &model.path);
  section.read_enum("kind", {"chat", "embed", "rerank"}, &kind);
  section.read("capable", &capable);
  section.read("context", &model.context_tokens, 0, 1 << 24);
  IP_OK(section.finish());
  if (name.find('/') != std::string::npos) {
    return node.error("a model's name holds no slash", "slashes part a provider from its model");
  }
  model.kind = static_cast<engine::ModelKind>(kind);
  if (node.has("capable")) model.capable = capable;
  model.path = from_file(file, model.path);
  out->push_back(std::move(model));
  return {};
}

Status read_tls(const std::string& file, const config::Node& node, TlsFiles* out) {
  config::Section section(node);
  section.require("certificate").read("certificate", &out->certificate);
  section.require("key").read("key", &out->key);
  IP_OK(section.finish());
  out->certificate = from_file(file, out->certificate);
  out->key = from_file(file, out->key);
  return {};
}

// Anything but loopback is reachable by strangers.
Status check_exposure(const Settings& settings) {
  IP_TRY(net::Endpoint endpoint, net::Endpoint::parse(settings.listen));
  if (!endpoint.loopback() && !settings.gateway.has_keys) {
    return make_error(Code::kInvalidArgument,
                      "listen: " + settings.listen + " is not loopback, and there are no keys",
                      "add keys: to the configuration, or listen on 127.0.0.1");
  }
  return {};
}

// A base's embedder and writer have to exist under some name.
Status check_bases(const Settings& settings, const config::Node& root) {
  std::vector<std::string> embedders;
  for (const engine::ModelConfig& model : settings.engine.models) {
    if (model.kind == engine::ModelKind::kEmbed) embedders.push_back(model.name);
  }
  for (const assistant::BaseSettings& base : settings.bases) {
    const bool known = base.embedder.empty() || std::find(embedders.begin(), embedders.end(),
                                                          base.embedder) != embedders.end();
    if (!known) {
      return root["bases"][base.name]["embedder"].error(
          "no model of kind embed is called '" + base.embedder + "'",
          did_you_mean(base.embedder, embedders));
    }
  }
  return {};
}

Status read_sections(const config::Document& document, Settings* settings) {
  const config::Node root = document.root();
  const std::string& file = document.file();
  config::Section top(root);
  top.read("listen", &settings->listen);
  top.read("hosts", &settings->hosts);
  top.node("tls", [&](config::Node node) { return read_tls(file, node, &settings->tls); });
  if (root.has("models")) settings->engine.models.clear();
  top.each("models", [&](const std::string& name, config::Node node) {
    return read_model(file, name, node, &settings->engine.models);
  });
  IP_OK(gateway::read_config(&top, root, &settings->gateway));
  if (root.has("bases")) settings->bases.clear();
  top.each("bases", [&](const std::string& name, config::Node node) -> Status {
    IP_TRY(assistant::BaseSettings base, assistant::parse_base(name, node));
    for (std::string& source : base.sources) source = from_file(file, source);
    settings->bases.push_back(std::move(base));
    return {};
  });
  IP_OK(top.finish());
  if (Status exposed = check_exposure(*settings); !exposed) {
    return root["listen"].error(exposed.error().message, exposed.error().remedy);
  }
  return check_bases(*settings, root);
}

}  // namespace

Result<Settings> load_settings(const std::string& file) {
  Settings settings;
  settings.engine.models = default_models();
  settings.bases = default_bases();
  std::string path = file;
  if (path.empty() && net::FileSystem::real().exists(kDefaultFile)) path = kDefaultFile;
  if (path.empty()) return settings;
  std::error_code error;
  settings.file = std::filesystem::absolute(path, error).lexically_normal().string();
  IP_TRY(std::string text, net::FileSystem::real().read(path, kConfigBytesMax));
  settings.digest = to_hex(gateway::sha256(text));
  IP_TRY(config::Document document, config::parse(text, path));
  IP_OK(read_sections(document, &settings));
  return settings;
}

const assistant::BaseSettings* find_base(const Settings& settings, std::string_view name) {
  for (const assistant::BaseSettings& base : settings.bases) {
    if (base.name == name) return &base;
  }
  return nullptr;
}

Status set_listen(Settings* settings, const std::string& listen) {
  settings->listen = listen;
  return check_exposure(*settings);
}

std::string default_embedder(const Settings& settings) {
  for (const engine::ModelConfig& model : settings.engine.models) {
    if (model.kind == engine::ModelKind::kEmbed) return model.name;
  }
  return {};
}

}  // namespace interposer::app
