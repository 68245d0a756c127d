// A request as it came: its bytes, the few fields that routing needs with their offsets, and the
// canonical form, decoded only where somebody looks. Immutable and shared between threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "wire/chat.h"

namespace interposer::wire {

enum class Operation : std::uint8_t {
  kChat,
  kComplete,
  kEmbed,
  kRerank,
  kScore,
  kCountTokens,
  kAudio,
  kImage
};
std::string_view operation_name(Operation op);

enum class Dialect : std::uint8_t {
  kNative,  // the program's own: canonical form and events, no bytes
  kOpenAi,  // /v1/chat/completions, /v1/completions, /v1/embeddings, /v1/models
  kOpenAiResponses,
  kAnthropic,
  kGemini,
  kOllama,
  kMistral,
  kCohere,
};
std::string_view dialect_name(Dialect dialect);

struct Span {
  std::size_t begin = 0, end = 0;  // bytes, half open
};

// What is known of an answer that another target began: text and token ids already delivered.
struct Resume {
  std::string text;
  std::vector<std::int32_t> token_ids;
};

struct EmbedInput {
  std::vector<std::string> texts;
  std::optional<std::int64_t> dimensions;
  bool base64 = false;  // encoding_format
  std::string user;
  friend bool operator==(const EmbedInput&, const EmbedInput&) = default;
};

class Request;
using RequestRef = std::shared_ptr<const Request>;

class Request {
 public:
  // Reads only the routing fields, lazily: what lies inside other fields is checked where it is
  // looked at. A field that stands twice is refused (two readers could see two requests). Malformed
  // JSON and wrong types of those fields are kInvalidArgument naming the byte and the field.
  // Thread-safe after construction.
  static Result<RequestRef> parse(Operation operation, Dialect dialect, std::string body);
  static RequestRef from_chat(std::string model, Chat chat);  // kNative
  static RequestRef from_embed(std::string model, EmbedInput input);

  Operation operation() const { return operation_; }
  Dialect dialect() const { return dialect_; }
  const std::string& model() const { return model_; }
  bool stream() const { return stream_; }
  std::optional<std::int64_t> max_tokens() const { return max_tokens_; }
  const std::string& bytes() const { return bytes_; }
  Span model_span() const { return model_span_; }  // of the JSON string's inside
  const Resume& resume() const { return resume_; }

  // The canonical forms; decoded once, remembered. Wrong shapes are kInvalidArgument with the path
  // of the field ("messages[2].content[0].type").
  Result<const Chat*> chat() const;
  Result<const EmbedInput*> embed() const;

  RequestRef with_model(
      std::string_view model) const;  // a splice of the bytes; nothing else changes
  RequestRef with_resume(Resume resume) const;

 private:
  Request() = default;
  Operation operation_ = Operation::kChat;
  Dialect dialect_ = Dialect::kNative;
  std::string bytes_;
  std::string model_;
  Span model_span_;
  bool stream_ = false;
  std::optional<std::int64_t> max_tokens_;
  Resume resume_;
  RequestRef copy_with(std::string bytes) const;

  mutable std::mutex mutex_;
  mutable std::shared_ptr<const Result<Chat>> chat_;
  mutable std::shared_ptr<const Result<EmbedInput>> embed_;
};

}  // namespace interposer::wire
