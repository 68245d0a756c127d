#include "assistant/assistant.h"

#include <algorithm>

#include "assistant/grounded_stream.h"
#include "base/strings.h"
#include "net/loop.h"

namespace interposer::assistant {
namespace {

Result<std::string> base_of(const std::string& model) {
  if (model.starts_with(kModelPrefix) && model.size() > kModelPrefix.size()) {
    return model.substr(kModelPrefix.size());
  }
  return make_error(Code::kNotFound, "'" + model + "' is no assistant", "name one: assistant/BASE",
                    "model_not_found");
}

}  // namespace

Assistant::Assistant(const knowledge::Knowledge* knowledge, backends::Backend* models)
    : knowledge_(knowledge), models_(models) {}

void Assistant::set_bases(std::vector<BaseSettings> bases) {
  std::lock_guard lock(mutex_);
  bases_ = std::move(bases);
}

BaseSettings Assistant::settings(std::string_view base) const {
  std::lock_guard lock(mutex_);
  for (const BaseSettings& settings : bases_) {
    if (settings.name == base) return settings;
  }
  BaseSettings out;
  out.name = base;
  return out;
}

bool Assistant::capable(std::string_view model) const {
  if (models_ == nullptr || model.empty()) return false;
  for (const backends::ModelInfo& info : models_->models()) {
    if (info.name == model)
      return info.capable || info.parameters.value_or(0) >= kCapableParameters;
  }
  // A provider's model that its list does not name (provider/model): remote ones are capable unless
  // the configuration says otherwise, and then the list names them.
  return model.find('/') != std::string_view::npos && models_->capabilities(model).chat;
}

net::Task<Result<std::unique_ptr<backends::Answer>>> Assistant::serve(backends::RequestRef request,
                                                                      backends::CallRef call) {
  if (request->operation() != wire::Operation::kChat) {
    co_return make_error(
        Code::kUnsupported,
        "an assistant answers chats, no " + std::string(wire::operation_name(request->operation())),
        "use a model", "unsupported_operation");
  }
  Result<std::string> base = base_of(request->model());
  if (!base) co_return std::move(base).error();
  Result<const wire::Chat*> chat = request->chat();
  if (!chat) co_return std::move(chat).error();
  Result<Task> task = read_task(**chat, request->model(), settings(*base));
  if (!task) co_return std::move(task).error();
  // An unknown base is an error of the request, not of the answer.
  std::function<Result<knowledge::BaseInfo>()> work = [knowledge = knowledge_, name = *base] {
    return knowledge->base(name);
  };
  Result<knowledge::BaseInfo> info =
      co_await net::offload<Result<knowledge::BaseInfo>>(std::move(work));
  if (!info) co_return std::move(info).error();
  if (task->answer_with.starts_with(kModelPrefix)) {
    co_return make_error(Code::kInvalidArgument, "an assistant cannot write for an assistant",
                         "name a model in answer_with", "invalid_answer_with");
  }
  if (task->mode == Mode::kGenerate && (task->answer_with.empty() || models_ == nullptr)) {
    co_return make_error(Code::kFailedPrecondition,
                         "no model is named to write the answer of '" + *base + "'",
                         "set answer_with, or use mode extract", "no_writer");
  }
  const bool writes =
      task->mode == Mode::kGenerate || (task->mode == Mode::kAuto && capable(task->answer_with));
  co_return make_grounded_answer(knowledge_, writes ? models_ : nullptr, *std::move(task), call);
}

backends::Capabilities Assistant::capabilities(std::string_view model) const {
  backends::Capabilities out;
  out.chat = model.starts_with(kModelPrefix);
  return out;
}

std::vector<backends::ModelInfo> Assistant::models() const {
  std::vector<std::string> names;
  {
    std::lock_guard lock(mutex_);
    for (const BaseSettings& settings : bases_) names.push_back(settings.name);
  }
  for (const knowledge::BaseInfo& info : knowledge_->bases()) names.push_back(info.name);
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  std::vector<backends::ModelInfo> out;
  for (const std::string& name : names) {
    backends::ModelInfo info;
    info.name = std::string(kModelPrefix) + name;
    info.kind = "assistant";
    info.owner = "interposer";
    out.push_back(std::move(info));
  }
  return out;
}

}  // namespace interposer::assistant
