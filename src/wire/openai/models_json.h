// GET /v1/models and /v1/models/{id}.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace interposer::wire::openai {

struct ModelEntry {
  std::string id, owned_by;
  std::int64_t created_s = 0;
  std::string kind;                         // in the "interposer" object: chat, embed, ...
  std::optional<std::int64_t> parameters;   // "
  std::int64_t context_tokens = 0;          // ", 0: unknown
  bool self_test = false, capable = false;  // "
};

std::string write_model(const ModelEntry& model);
std::string write_models(const std::vector<ModelEntry>& models);
// The ids of a provider's list. kUnavailable, kind "broken_stream", when it is none.
Result<std::vector<std::string>> read_model_ids(std::string_view body);

}  // namespace interposer::wire::openai
