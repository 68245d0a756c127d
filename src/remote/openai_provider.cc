#include "remote/openai_provider.h"

#include <cstring>

#include "backends/disposition.h"
#include "net/loop.h"
#include "remote/provider_answer.h"
#include "remote/retry_after.h"
#include "wire/openai/chat_request.h"
#include "wire/openai/embedding_request.h"
#include "wire/openai/error_json.h"
#include "wire/openai/models_json.h"

namespace interposer::remote {
namespace {

constexpr std::size_t kErrorBytesMax = 64 * 1024;  // of a refusal's body

http::Url with_path(http::Url base, std::string_view path) {
  base.path.append(path);
  return base;
}

}  // namespace

Result<std::shared_ptr<OpenAiProvider>> OpenAiProvider::create(ProviderConfig config) {
  IP_TRY(http::Url base, http::Url::parse(config.base_url));
  if (base.scheme != "http" && base.scheme != "https") {
    return make_error(Code::kInvalidArgument,
                      "the base_url of '" + config.name + "' is no http or https URL",
                      "write it like \"https://api.example/v1\"");
  }
  while (base.path.ends_with('/')) base.path.pop_back();
  return std::shared_ptr<OpenAiProvider>(new OpenAiProvider(std::move(config), std::move(base)));
}

OpenAiProvider::OpenAiProvider(ProviderConfig config, http::Url base)
    : config_(std::move(config)),
      base_(std::move(base)),
      chat_(with_path(base_, "/chat/completions")),
      complete_(with_path(base_, "/completions")),
      embed_(with_path(base_, "/embeddings")) {
  if (!config_.key.empty()) authorization_ = "Bearer " + config_.key.reveal();
  known_ = boards::find_provider_by_url(config_.base_url);
}

OpenAiProvider::~OpenAiProvider() { explicit_bzero(authorization_.data(), authorization_.size()); }

std::shared_ptr<http::Client> OpenAiProvider::client(net::Loop* loop) {
  std::lock_guard lock(mutex_);
  std::shared_ptr<http::Client>& slot = clients_[loop];
  if (!slot) {
    http::ClientOptions options;
    options.limits = config_.limits;
    options.proxy = config_.proxy;
    options.no_proxy = config_.no_proxy;
    slot = http::Client::create(loop, std::move(options));
  }
  return slot;
}

void OpenAiProvider::leave(net::Loop* loop) {
  std::shared_ptr<http::Client> gone;
  std::lock_guard lock(mutex_);
  const auto found = clients_.find(loop);
  if (found == clients_.end()) return;
  gone = std::move(found->second);
  clients_.erase(found);
}

std::optional<TimePoint> OpenAiProvider::leave_alone_until(std::string_view model) const {
  std::lock_guard lock(mutex_);
  const auto found = paused_.find(model);
  if (found == paused_.end()) return std::nullopt;
  return found->second;
}

backends::Capabilities OpenAiProvider::capabilities(std::string_view) const {
  backends::Capabilities out;
  out.chat = out.complete = out.embed = out.stream = out.tools = true;
  out.json_schema = out.images = out.logprobs = true;
  out.dialects = {wire::Dialect::kOpenAi};
  return out;
}

const http::Url* OpenAiProvider::url_of(wire::Operation operation) const {
  switch (operation) {
    case wire::Operation::kChat:
      return &chat_;
    case wire::Operation::kComplete:
      return &complete_;
    case wire::Operation::kEmbed:
      return &embed_;
    default:
      return nullptr;
  }
}

http::ClientRequest OpenAiProvider::prepare(const wire::Request& request,
                                            const backends::Call& call,
                                            std::string_view body) const {
  http::ClientRequest out;
  out.url = *url_of(request.operation());
  out.headers.reserve(4);
  out.headers.add("Content-Type", "application/json");
  out.headers.add("Accept", request.stream() ? "text/event-stream" : "application/json");
  if (!authorization_.empty()) out.headers.add("Authorization", authorization_);
  if (!call.trace.trace_id.empty()) {
    std::string parent;
    parent.reserve(55);
    parent.append("00-").append(call.trace.trace_id).append("-");
    parent.append(call.trace.span_id).append("-01");
    out.headers.add("traceparent", std::move(parent));
  }
  out.body.push_back(body);
  out.deadlines.connect = call.deadlines.connect;
  out.deadlines.headers = call.deadlines.first_byte;
  out.deadlines.read = call.deadlines.between;
  out.deadlines.total = call.deadlines.total;
  out.stop = call.stop;
  return out;
}

// A native request in this dialect's bytes; what another dialect's request would need is not there
// yet, and said so.
std::string OpenAiProvider::encode(const wire::Request& request, Error* error) const {
  if (request.operation() == wire::Operation::kEmbed) {
    auto input = request.embed();
    if (input) return wire::openai::encode_embedding(**input, request.model());
    *error = input.error();
    return {};
  }
  auto chat = request.chat();
  if (!chat) {
    *error = chat.error();
    return {};
  }
  wire::openai::ChatEncoding encoding;
  if (known_ != nullptr) {
    encoding.sampling_extensions = known_->sampling_extensions;
    encoding.max_completion_tokens = known_->max_completion_tokens;
    encoding.stream_options = known_->stream_options;
    encoding.developer_role = known_->developer_role;
  } else {
    encoding.grammar = true;  // an own server: llama-server takes it, others say so
  }
  return wire::openai::encode_chat(**chat, request.model(), encoding, nullptr);
}

Error OpenAiProvider::failure(const Error& error, std::string_view phase) const {
  Error out = error;
  if (out.code == Code::kCancelled) return out;
  const char* remedy = "check that it runs and that base_url is right";
  if (out.code == Code::kDeadlineExceeded) remedy = "it is slow or stalled; add another target";
  if (out.remedy.empty()) out.remedy = remedy;
  out.message =
      config_.name + " (" + base_.host + ":" + std::to_string(base_.port) + "): " + out.message;
  if (out.kind.empty()) out.kind = std::string(phase);
  return out;
}

net::Task<Error> OpenAiProvider::refusal(http::ClientResponse* response, std::string model) {
  const http::ResponseHead head = response->head();
  Result<std::string> body = co_await response->read_all(kErrorBytesMax);
  const std::string text = std::move(body).value_or("");
  Error error = backends::from_http(config_.name, head.status, text);
  std::optional<Duration> wait = retry_after(head.headers, wall_now_ms());
  if (const auto said = wire::openai::read_error(text); said && said->retry_after_s) {
    const auto told = std::chrono::duration_cast<Duration>(
        std::chrono::duration<double>(std::min(*said->retry_after_s, 3600.0)));
    wait = std::max(wait.value_or(Duration{}), told);
  }
  const backends::Disposition disposition = backends::classify(error);
  const bool pauses = disposition == backends::Disposition::kThrottle ||
                      disposition == backends::Disposition::kOverload;
  if (wait && pauses) {
    const TimePoint until = net::Loop::current()->now() + *wait;
    std::lock_guard lock(mutex_);
    TimePoint& slot = paused_[model];
    slot = std::max(slot, until);  // the longest hint wins
  }
  if (error.kind == "provider_auth" && !config_.key_env.empty()) {
    error.remedy = "check the key in " + config_.key_env;
  }
  co_return error;
}

net::Task<Result<std::unique_ptr<backends::Answer>>> OpenAiProvider::serve(
    backends::RequestRef request, backends::CallRef call) {
  if (url_of(request->operation()) == nullptr) {
    co_return make_error(Code::kUnsupported,
                         config_.name + " is not asked to " +
                             std::string(wire::operation_name(request->operation())) + " here");
  }
  const bool same_dialect = request->dialect() == wire::Dialect::kOpenAi;
  std::string encoded;
  if (!same_dialect) {
    Error error;
    error.message.clear();
    encoded = encode(*request, &error);
    if (encoded.empty()) co_return error;
  }
  const std::string_view body = same_dialect ? std::string_view(request->bytes()) : encoded;
  std::shared_ptr<http::Client> http = client(net::Loop::current());
  http::ClientRequest out = prepare(*request, *call, body);
  Result<std::unique_ptr<http::ClientResponse>> response = co_await http->send(std::move(out));
  if (!response) co_return failure(response.error(), "connect");
  const int status = (*response)->head().status;
  if (status < 200 || status >= 300) {
    Error error = co_await refusal(response->get(), request->model());
    co_return error;
  }
  AnswerContext context;
  context.target = config_.name;
  context.operation = request->operation();
  context.native = !same_dialect;
  context.request_bytes = body.size();
  context.body_bytes_max = config_.limits.body_bytes;
  context.first_byte = call->deadlines.first_byte;
  context.between = call->deadlines.between;
  co_return make_answer(std::move(*response), std::move(http), std::move(context));
}

net::Task<Result<std::vector<std::string>>> OpenAiProvider::list_models(backends::CallRef call) {
  std::shared_ptr<http::Client> http = client(net::Loop::current());
  http::ClientRequest out;
  out.method = "GET";
  out.url = base_;
  out.url.path.append("/models");
  if (!authorization_.empty()) out.headers.add("Authorization", authorization_);
  out.deadlines.connect = call->deadlines.connect;
  out.deadlines.headers = call->deadlines.first_byte;
  out.deadlines.read = call->deadlines.between;
  out.deadlines.total = call->deadlines.total;
  out.stop = call->stop;
  Result<std::unique_ptr<http::ClientResponse>> response = co_await http->send(std::move(out));
  if (!response) co_return failure(response.error(), "connect");
  if ((*response)->head().status != 200) {
    Error error = co_await refusal(response->get(), "");
    co_return error;
  }
  Result<std::string> body = co_await (*response)->read_all(config_.limits.body_bytes);
  if (!body) co_return failure(body.error(), "read");
  co_return wire::openai::read_model_ids(*body);
}

}  // namespace interposer::remote
