#include "engine/host.h"

#include <algorithm>

#include "base/log.h"
#include "engine/llama/memory.h"

namespace interposer::engine {
namespace {

constexpr std::int64_t kEmbedTokensMax = 2048;  // rows of one step of a long-context embedder
constexpr std::int64_t kEmbedTokensMin = 512;   // so that short texts share a step
constexpr int kEmbedSequences = 32;             // texts in one step

Result<std::unique_ptr<ChatHost>> make_chat(const ModelHost& host, int threads,
                                            std::shared_ptr<const llama::Model> model) {
  auto out = std::make_unique<ChatHost>();
  out->model = model;
  IP_TRY(out->chat_template, llama::ChatTemplate::create(model));
  llama::ContextOptions options;
  options.context_tokens = host.context_tokens();
  options.batch_rows = static_cast<int>(std::min<std::int64_t>(kBatchRows, options.context_tokens));
  options.sequences = kSequences;
  options.threads = threads;
  IP_TRY(auto context, llama::Context::create(model, options));
  out->scheduler =
      std::make_unique<Scheduler>(std::move(context), std::move(model), host.config().name);
  return out;
}

Result<std::unique_ptr<EmbedHost>> make_embed(const ModelHost& host, int threads,
                                              std::shared_ptr<const llama::Model> model) {
  auto out = std::make_unique<EmbedHost>();
  out->model = model;
  llama::ContextOptions options;
  std::int64_t most = std::max<std::int64_t>(model->facts().context_tokens, 1);
  options.context_tokens = std::min(most, kEmbedTokensMax);
  if (!model->facts().encoder_only) {
    options.context_tokens = std::max(options.context_tokens, kEmbedTokensMin);
  }
  options.batch_rows = static_cast<int>(options.context_tokens);
  options.sequences = kEmbedSequences;
  options.threads = threads;
  options.embeddings = true;
  IP_TRY(auto context, llama::Context::create(model, options));
  out->worker = std::make_unique<EmbedWorker>(std::move(context), host.config().name);
  return out;
}

}  // namespace

ModelHost::ModelHost(ModelConfig config, int threads)
    : config_(std::move(config)), threads_(threads), facts_(llama::read_facts(config_.path)) {}

std::int64_t ModelHost::context_tokens() const {
  std::int64_t asked = config_.context_tokens > 0 ? config_.context_tokens : kDefaultContext;
  if (!facts_ || facts_->context_tokens <= 0) return asked;
  return std::min(asked, facts_->context_tokens);
}

Error ModelHost::wrong_kind(std::string_view wanted) const {
  return make_error(Code::kUnsupported,
                    "model '" + config_.name + "' is of kind " +
                        std::string(kind_name(config_.kind)) + ", not " + std::string(wanted),
                    "choose a model of kind " + std::string(wanted), "wrong_model_kind");
}

Result<ChatHost*> ModelHost::chat(llama::LoadProgress progress) {
  if (config_.kind != ModelKind::kChat) return wrong_kind("chat");
  IP_OK(load(std::move(progress)));
  return chat_.get();
}

Result<EmbedHost*> ModelHost::embed(llama::LoadProgress progress) {
  if (config_.kind != ModelKind::kEmbed) return wrong_kind("embed");
  IP_OK(load(std::move(progress)));
  return embed_.get();
}

Status ModelHost::load(llama::LoadProgress progress) {
  if (loaded_) return {};
  std::lock_guard lock(mutex_);
  if (loaded_) return {};
  return load_locked(progress);
}

Status ModelHost::load_locked(const llama::LoadProgress& progress) {
  TimePoint begin = steady_now();
  IP_TRY(auto model, llama::Model::load(config_.path, progress));
  const llama::ModelFacts& facts = model->facts();
  if (config_.kind == ModelKind::kChat && facts.encoder_only) {
    return make_error(Code::kUnsupported,
                      "model '" + config_.name + "' (" + config_.path + ", " + facts.architecture +
                          ") cannot write text: it is an embedder",
                      "configure it with kind: embed", "wrong_model_kind");
  }
  switch (config_.kind) {
    case ModelKind::kChat: {
      IP_TRY(chat_, make_chat(*this, threads_, model));
      break;
    }
    case ModelKind::kEmbed: {
      IP_TRY(embed_, make_embed(*this, threads_, model));
      break;
    }
    case ModelKind::kRerank:
      return make_error(Code::kUnsupported,
                        "model '" + config_.name + "': the engine does not serve rerankers",
                        "remove it, or use a provider's reranker", "wrong_model_kind");
  }
  loaded_ = true;
  llama::release_file_pages(config_.path);
  log::info("model loaded", {{"model", config_.name},
                             {"path", config_.path},
                             {"architecture", facts.architecture},
                             {"parameters", facts.parameters},
                             {"milliseconds", to_ms(steady_now() - begin)}});
  return {};
}

}  // namespace interposer::engine
