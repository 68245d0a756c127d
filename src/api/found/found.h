// What could be used and is offered by name: model servers that listen on this machine, and keys of
// known providers in the environment. Looking sends a GET to loopback ports and nothing else; a key
// is used only after a person chose its provider.
#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "api/services.h"
#include "base/result.h"
#include "base/time.h"
#include "net/task.h"

namespace interposer::api {

struct Offer {
  bool server = false;   // else a key
  std::string provider;  // "ollama"
  std::string name;      // "Ollama"
  std::string base_url;
  std::string env;                  // key: the variable's name
  std::vector<std::string> models;  // server: as it listed them
};

struct FoundOptions {
  // Looked at instead of boards::known_servers() when not empty: (provider, title, base URL).
  std::vector<Offer> servers;
  std::set<std::uint16_t> own_ports;  // this server's: not offered to itself
  std::set<std::string> configured;   // providers that interposer.yaml has already
  std::function<const char*(const char*)> environment;  // null: getenv
};

// Thread-safe.
class Found {
 public:
  static constexpr Duration kProbe = std::chrono::milliseconds(300);  // all of one server's answer
  static constexpr Duration kListing = std::chrono::seconds(10);      // a chosen provider's models
  static constexpr Duration kFresh = std::chrono::seconds(15);  // how long an answer is given again

  explicit Found(FoundOptions options) : options_(std::move(options)) {}

  net::Task<std::vector<Offer>> look();

  // Registers the provider with the gateway and gives the model's name ("ollama/qwen3:8b"). With an
  // empty `model` the first chat model that it lists. kNotFound: nothing of that name was found.
  net::Task<Result<std::string>> use(const Services* services, std::string provider,
                                     std::string model);

 private:
  net::Task<std::vector<Offer>> look_now();
  std::vector<Offer> keys() const;
  const char* variable(const std::string& name) const;

  const FoundOptions options_;
  std::mutex mutex_;
  std::vector<Offer> last_;
  std::optional<TimePoint> looked_at_;
};

// The ids in a model list ({"data":[{"id":...}]}); empty when the text is something else.
std::vector<std::string> parse_model_list(std::string_view text);
// The first id that does not look like an embedder, a speech or an image model; nullopt: none.
std::optional<std::string> first_chat_model(const std::vector<std::string>& ids);

}  // namespace interposer::api
