// One configured model: its facts at once, its weights and threads when first needed.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "engine/config.h"
#include "engine/embed_worker.h"
#include "engine/llama/chat_template.h"
#include "engine/llama/model.h"
#include "engine/scheduler.h"

namespace interposer::engine {

struct ChatHost {
  std::shared_ptr<const llama::Model> model;
  std::shared_ptr<const llama::ChatTemplate> chat_template;
  std::unique_ptr<Scheduler> scheduler;
};

struct EmbedHost {
  std::shared_ptr<const llama::Model> model;
  std::unique_ptr<EmbedWorker> worker;
};

// Thread-safe. Loading blocks: call it at start-up or inside net::offload. A failed load is tried
// again by the next caller.
class ModelHost {
 public:
  ModelHost(ModelConfig config, int threads);

  const ModelConfig& config() const { return config_; }
  const Result<llama::ModelFacts>& facts() const { return facts_; }  // as of the start
  std::int64_t context_tokens() const;
  bool loaded() const { return loaded_; }

  // kUnsupported when the model is of another kind.
  Result<ChatHost*> chat(llama::LoadProgress progress = {});
  Result<EmbedHost*> embed(llama::LoadProgress progress = {});
  Status load(llama::LoadProgress progress);
  const ChatHost* loaded_chat() const { return loaded_ ? chat_.get() : nullptr; }

 private:
  Status load_locked(const llama::LoadProgress& progress);
  Error wrong_kind(std::string_view wanted) const;

  ModelConfig config_;
  int threads_;
  Result<llama::ModelFacts> facts_;
  std::mutex mutex_;
  std::unique_ptr<ChatHost> chat_;    // guarded by mutex_ until loaded_
  std::unique_ptr<EmbedHost> embed_;  // guarded by mutex_ until loaded_
  std::atomic<bool> loaded_{false};
};

}  // namespace interposer::engine
