// Virtual keys. Only their SHA-256 digests are kept; a candidate is looked up by its digest, so
// that neither time nor memory tells anything about a key, and the cost does not grow with their
// number.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "backends/call.h"
#include "base/result.h"
#include "gateway/config.h"

namespace interposer::gateway {

class Keyring {
 public:
  using Environment = std::function<std::optional<std::string>(const std::string&)>;

  // kFailedPrecondition: a key's variable is not set, or two keys are the same.
  static Result<Keyring> build(const GatewayConfig& config, const Environment& environment);

  bool required() const { return required_; }
  // `key` as the caller sent it. Without configured keys everybody is "local".
  // kUnauthenticated: none was sent, or it is unknown (the error does not say which it resembles).
  Result<backends::Principal> admit(std::optional<std::string_view> key) const;

 private:
  bool required_ = false;
  std::unordered_map<std::string, backends::Principal> by_digest_;
};

std::string sha256(std::string_view text);  // 32 bytes

}  // namespace interposer::gateway
