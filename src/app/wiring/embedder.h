// The engine's embedder as knowledge wants it.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "engine/engine.h"
#include "knowledge/knowledge.h"

namespace interposer::app {

// `engine` outlives it. Reads the model's metadata, no weights.
Result<std::shared_ptr<knowledge::Embedder>> make_embedder(engine::Engine* engine,
                                                           const std::string& model);

}  // namespace interposer::app
