#include "gateway/keyring.h"

#include <openssl/sha.h>

namespace interposer::gateway {

std::string sha256(std::string_view text) {
  // Not EVP: a digest alone need not set up OpenSSL with its providers (2 MiB at start-up), nor
  // look the algorithm up under a lock for each request.
  std::string out(SHA256_DIGEST_LENGTH, '\0');
  SHA256_CTX state;
  SHA256_Init(&state);
  SHA256_Update(&state, text.data(), text.size());
  SHA256_Final(reinterpret_cast<unsigned char*>(out.data()), &state);
  return out;
}

Result<Keyring> Keyring::build(const GatewayConfig& config, const Environment& environment) {
  Keyring ring;
  ring.required_ = config.has_keys;
  for (const KeyEntry& entry : config.keys) {
    const std::optional<std::string> value = environment(entry.key_env);
    if (!value || value->empty()) {
      return make_error(
          Code::kFailedPrecondition,
          "the key '" + entry.name + "': the variable " + entry.key_env + " is not set",
          "set it, or remove the key from interposer.yaml", "config");
    }
    backends::Principal principal;
    principal.name = entry.name;
    principal.models = entry.models;
    if (!ring.by_digest_.emplace(sha256(*value), std::move(principal)).second) {
      return make_error(Code::kFailedPrecondition,
                        "the key '" + entry.name + "' has the same value as another",
                        "give each key its own value", "config");
    }
  }
  return ring;
}

Result<backends::Principal> Keyring::admit(std::optional<std::string_view> key) const {
  if (!required_) {
    backends::Principal local;
    local.name = "local";
    return local;
  }
  if (!key || key->empty()) {
    return make_error(Code::kUnauthenticated, "this server needs a key",
                      "send it as 'Authorization: Bearer KEY'", "missing_key");
  }
  const auto found = by_digest_.find(sha256(*key));
  if (found == by_digest_.end()) {
    return make_error(Code::kUnauthenticated, "the key is not known here",
                      "check it with whoever runs this server", "wrong_key");
  }
  return found->second;
}

}  // namespace interposer::gateway
