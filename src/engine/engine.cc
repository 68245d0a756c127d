#include "engine/engine.h"

#include "base/ids.h"
#include "base/strings.h"
#include "engine/answer.h"
#include "engine/host.h"
#include "engine/llama/log.h"
#include "engine/prepare.h"
#include "net/loop.h"

namespace interposer::engine {
namespace {

std::uint64_t fresh_seed() {
  std::uint64_t out = 0;
  fill_random({reinterpret_cast<unsigned char*>(&out), sizeof(out)});
  return out;
}

}  // namespace

Engine::Engine(const EngineConfig& config) {
  int threads = config.threads > 0 ? config.threads : llama::available_processors();
  for (const ModelConfig& model : config.models) {
    hosts_.push_back(std::make_unique<ModelHost>(model, threads));
  }
}

Engine::~Engine() = default;

ModelHost* Engine::find(std::string_view model) const {
  for (const auto& host : hosts_) {
    if (host->config().name == model) return host.get();
  }
  return nullptr;
}

Error Engine::unknown(std::string_view model) const {
  std::vector<std::string> names;
  for (const auto& host : hosts_) names.push_back(host->config().name);
  return make_error(Code::kNotFound, "the engine has no model '" + std::string(model) + "'",
                    did_you_mean(model, names), "unknown_model");
}

net::Task<Result<std::unique_ptr<backends::Answer>>> Engine::serve(backends::RequestRef request,
                                                                   backends::CallRef call) {
  ModelHost* host = find(request->model());
  if (host == nullptr) co_return unknown(request->model());
  if (call->stop.stop_requested()) {
    co_return make_error(Code::kCancelled, "the answer was cancelled", "", "cancelled");
  }
  std::string name = host->config().name;
  switch (request->operation()) {
    case wire::Operation::kChat:
    case wire::Operation::kComplete: {
      std::function<Result<Prepared>()> work = [host, request, call, seed = fresh_seed()] {
        return prepare_generation(host, *request, *call, seed);
      };
      Result<Prepared> prepared = co_await net::offload<Result<Prepared>>(std::move(work));
      if (!prepared) co_return std::move(prepared).error();
      co_return start_generation(*std::move(prepared), std::move(name), std::move(call));
    }
    case wire::Operation::kEmbed: {
      std::function<Result<PreparedEmbedding>()> work = [host, request] {
        return prepare_embedding(host, *request);
      };
      Result<PreparedEmbedding> prepared =
          co_await net::offload<Result<PreparedEmbedding>>(std::move(work));
      if (!prepared) co_return std::move(prepared).error();
      co_return start_embedding(*std::move(prepared), std::move(name), std::move(call));
    }
    default:
      co_return make_error(Code::kUnsupported,
                           "the engine does not do '" +
                               std::string(wire::operation_name(request->operation())) + "'",
                           "route this operation to a provider that does", "unsupported_operation");
  }
}

backends::Capabilities Engine::capabilities(std::string_view model) const {
  backends::Capabilities out;
  const ModelHost* host = find(model);
  if (host == nullptr) return out;
  out.chat = out.complete = host->config().kind == ModelKind::kChat;
  out.embed = host->config().kind == ModelKind::kEmbed;
  out.json_schema = out.logprobs = out.resume = out.chat;
  // Known only once the template has been read; until then a request finds out.
  const ChatHost* loaded = host->loaded_chat();
  out.tools = out.chat && (loaded == nullptr || loaded->chat_template->supports_tools());
  out.context_tokens = host->context_tokens();
  return out;
}

std::vector<backends::ModelInfo> Engine::models() const {
  std::vector<backends::ModelInfo> out;
  for (const auto& host : hosts_) {
    const ModelConfig& config = host->config();
    backends::ModelInfo info;
    info.name = config.name;
    info.kind = std::string(kind_name(config.kind));
    info.owner = "interposer";
    info.context_tokens = host->context_tokens();
    if (host->facts()) {
      info.parameters = host->facts()->parameters;
      bool chat = config.kind == ModelKind::kChat;
      info.self_test = chat && *info.parameters < kSelfTestParameters;
      info.capable = chat && config.capable.value_or(*info.parameters >= kCapableParameters);
    }
    out.push_back(std::move(info));
  }
  return out;
}

Status Engine::load(std::string_view model, llama::LoadProgress progress) {
  ModelHost* host = find(model);
  if (host == nullptr) return unknown(model);
  return host->load(std::move(progress));
}

std::vector<ModelStatus> Engine::status() const {
  std::vector<ModelStatus> out;
  for (const auto& host : hosts_) {
    ModelStatus status;
    status.name = host->config().name;
    status.path = host->config().path;
    status.kind = std::string(kind_name(host->config().kind));
    status.loaded = host->loaded();
    if (host->facts()) {
      status.facts = *host->facts();
    } else {
      status.error = host->facts().error().to_string();
    }
    out.push_back(std::move(status));
  }
  return out;
}

Result<std::shared_ptr<const Embedder>> Engine::embedder(std::string_view model) {
  ModelHost* host = find(model);
  if (host == nullptr) return unknown(model);
  if (host->config().kind != ModelKind::kEmbed) {
    return make_error(Code::kUnsupported,
                      "model '" + std::string(model) + "' is of kind " +
                          std::string(kind_name(host->config().kind)) + ", not embed",
                      "choose a model of kind embed", "wrong_model_kind");
  }
  return std::shared_ptr<const Embedder>(std::make_shared<Embedder>(host));
}

SchedulerStats Engine::stats(std::string_view model) const {
  const ModelHost* host = find(model);
  const ChatHost* chat = host == nullptr ? nullptr : host->loaded_chat();
  return chat == nullptr ? SchedulerStats{} : chat->scheduler->stats();
}

BuildInfo build_info() {
  return {llama::describe_build(), llama::available_processors(), llama::amx_in_use()};
}

}  // namespace interposer::engine
