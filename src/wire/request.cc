#include "wire/request.h"

#include <utility>

#include "base/json.h"
#include "wire/openai/chat_request.h"
#include "wire/openai/completion_request.h"
#include "wire/openai/embedding_request.h"
#include "wire/routing_fields.h"

namespace interposer::wire {

std::string_view operation_name(Operation op) {
  switch (op) {
    case Operation::kChat:
      return "chat";
    case Operation::kComplete:
      return "complete";
    case Operation::kEmbed:
      return "embed";
    case Operation::kRerank:
      return "rerank";
    case Operation::kScore:
      return "score";
    case Operation::kCountTokens:
      return "count_tokens";
    case Operation::kAudio:
      return "audio";
    case Operation::kImage:
      return "image";
  }
  return "unknown";
}

std::string_view dialect_name(Dialect dialect) {
  switch (dialect) {
    case Dialect::kNative:
      return "native";
    case Dialect::kOpenAi:
      return "openai";
    case Dialect::kOpenAiResponses:
      return "openai_responses";
    case Dialect::kAnthropic:
      return "anthropic";
    case Dialect::kGemini:
      return "gemini";
    case Dialect::kOllama:
      return "ollama";
    case Dialect::kMistral:
      return "mistral";
    case Dialect::kCohere:
      return "cohere";
  }
  return "unknown";
}

std::string Message::text() const {
  std::string out;
  for (const ContentPart& part : content) {
    if (part.kind == ContentPart::Kind::kText) out.append(part.text);
  }
  return out;
}

Result<RequestRef> Request::parse(Operation operation, Dialect dialect, std::string body) {
  if (dialect != Dialect::kOpenAi) {
    return make_error(
        Code::kUnsupported,
        "requests of the dialect '" + std::string(dialect_name(dialect)) + "' are not understood",
        "use the OpenAI paths under /v1");
  }
  std::shared_ptr<Request> request(new Request);
  request->bytes_ = std::move(body);
  IP_TRY(RoutingFields fields, read_routing_fields(&request->bytes_));
  request->operation_ = operation;
  request->dialect_ = dialect;
  request->model_ = std::move(fields.model);
  request->model_span_ = fields.model_span;
  request->stream_ = fields.stream;
  request->max_tokens_ = fields.max_tokens;
  return RequestRef(std::move(request));
}

RequestRef Request::from_chat(std::string model, Chat chat) {
  std::shared_ptr<Request> request(new Request);
  request->operation_ = Operation::kChat;
  request->model_ = std::move(model);
  request->stream_ = chat.stream;
  request->max_tokens_ = chat.sampling.max_tokens;
  request->chat_ = std::make_shared<const Result<Chat>>(std::move(chat));
  return request;
}

RequestRef Request::from_embed(std::string model, EmbedInput input) {
  std::shared_ptr<Request> request(new Request);
  request->operation_ = Operation::kEmbed;
  request->model_ = std::move(model);
  request->embed_ = std::make_shared<const Result<EmbedInput>>(std::move(input));
  return request;
}

Result<const Chat*> Request::chat() const {
  std::lock_guard lock(mutex_);
  if (!chat_) {
    Result<Chat> decoded = make_error(Code::kUnsupported, "this request holds no chat",
                                      "send it to /v1/chat/completions");
    if (operation_ == Operation::kChat) decoded = openai::decode_chat(bytes_);
    if (operation_ == Operation::kComplete) decoded = openai::decode_completion(bytes_);
    chat_ = std::make_shared<const Result<Chat>>(std::move(decoded));
  }
  if (!chat_->ok()) return chat_->error();
  return &**chat_;
}

Result<const EmbedInput*> Request::embed() const {
  std::lock_guard lock(mutex_);
  if (!embed_) {
    Result<EmbedInput> decoded = make_error(
        Code::kUnsupported, "this request holds no texts to embed", "send it to /v1/embeddings");
    if (operation_ == Operation::kEmbed) decoded = openai::decode_embedding(bytes_);
    embed_ = std::make_shared<const Result<EmbedInput>>(std::move(decoded));
  }
  if (!embed_->ok()) return embed_->error();
  return &**embed_;
}

RequestRef Request::copy_with(std::string bytes) const {
  std::shared_ptr<Request> copy(new Request);
  copy->operation_ = operation_;
  copy->dialect_ = dialect_;
  copy->bytes_ = std::move(bytes);
  copy->model_ = model_;
  copy->model_span_ = model_span_;
  copy->stream_ = stream_;
  copy->max_tokens_ = max_tokens_;
  copy->resume_ = resume_;
  std::lock_guard lock(mutex_);
  copy->chat_ = chat_;  // neither canonical form holds the model
  copy->embed_ = embed_;
  return copy;
}

RequestRef Request::with_model(std::string_view model) const {
  std::string bytes;
  std::size_t inside = 0;
  if (!bytes_.empty()) {
    bytes.reserve(bytes_.size() + model.size() + 16);
    bytes.append(bytes_, 0, model_span_.begin - 1);
    append_json_string(bytes, model);
    inside = bytes.size() - 1;
    bytes.append(bytes_, model_span_.end + 1);
  }
  auto copy = std::const_pointer_cast<Request>(copy_with(std::move(bytes)));
  copy->model_ = std::string(model);
  copy->model_span_.end = inside;
  return copy;
}

RequestRef Request::with_resume(Resume resume) const {
  auto copy = std::const_pointer_cast<Request>(copy_with(bytes_));
  copy->resume_ = std::move(resume);
  return copy;
}

}  // namespace interposer::wire
