// The embedded inference server as a Backend: the configured GGUF models, each on its own thread,
// loaded when first asked for.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "backends/backend.h"
#include "engine/config.h"
#include "engine/embedder.h"
#include "engine/llama/model.h"
#include "engine/scheduler.h"

namespace interposer::engine {

struct ModelStatus {
  std::string name, path, kind;
  bool loaded = false;
  std::string error;  // why it cannot be used, with the remedy; empty: nothing known against it
  llama::ModelFacts facts;
};

// Thread-safe. Must outlive its answers and embedders; its destructor ends all answers and joins.
class Engine final : public backends::Backend {
 public:
  // Reads the files' metadata, no weights. Never fails: a model whose file is missing or damaged is
  // listed, and its requests get the reason.
  explicit Engine(const EngineConfig& config);
  ~Engine() override;

  // Operations kChat, kComplete (raw prompt, no template), kEmbed. Errors: kNotFound with kind
  // "unknown_model" and the nearest names; kTooLarge with kind "context_length_exceeded" and
  // counts; kInvalidArgument naming the field; kResourceExhausted with kind "overloaded". The
  // answer's frames are kNative.
  net::Task<Result<std::unique_ptr<backends::Answer>>> serve(backends::RequestRef request,
                                                             backends::CallRef call) override;
  backends::Capabilities capabilities(std::string_view model) const override;
  std::vector<backends::ModelInfo> models() const override;

  // Blocks until the weights are there. `progress` may be empty.
  Status load(std::string_view model, llama::LoadProgress progress = {});
  std::vector<ModelStatus> status() const;
  // For bulk work; the engine must outlive it. kUnsupported when the model is no embedder.
  Result<std::shared_ptr<const Embedder>> embedder(std::string_view model);
  // Of a loaded chat model; zeros otherwise.
  SchedulerStats stats(std::string_view model) const;

 private:
  ModelHost* find(std::string_view model) const;
  Error unknown(std::string_view model) const;

  std::vector<std::unique_ptr<ModelHost>> hosts_;
};

// What the engine was built with and runs on, for `interposer doctor`.
struct BuildInfo {
  std::string library;  // llama.cpp, its version and CPU features
  int processors = 1;   // that this process may run on
  bool amx = false;     // matrix units found and used
};
BuildInfo build_info();

}  // namespace interposer::engine
