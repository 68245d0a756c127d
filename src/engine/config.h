// What the engine is given: which model files it serves under which names, and its limits.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace interposer::engine {

enum class ModelKind : std::uint8_t { kChat, kEmbed, kRerank };
std::string_view kind_name(ModelKind kind);  // "chat", "embed", "rerank"
std::optional<ModelKind> parse_kind(std::string_view text);

struct ModelConfig {
  std::string name;
  std::string path;  // a GGUF file
  ModelKind kind = ModelKind::kChat;
  std::optional<bool> capable;  // overrides the judgement by size
  std::int64_t context_tokens =
      0;  // of the shared KV pool; 0: kDefaultContext, at most the model's
};

struct EngineConfig {
  std::vector<ModelConfig> models;
  int threads = 0;  // a step; 0: the processors this process may run on
};

// Limits of one model's worker.
inline constexpr std::int64_t kDefaultContext = 8192;  // tokens of KV, shared by all sequences
inline constexpr int kBatchRows = 512;                 // rows of one step when nobody is decoding
inline constexpr int kStepQuantum = 64;  // rows; attention tiles need this many (inference.md D5)
inline constexpr int kSequences = 32;    // KV sequences: running ones and kept prefixes
inline constexpr int kRunningMax = 16;   // generations in one batch
inline constexpr std::size_t kQueueMax = 256;  // generations that wait for a place
inline constexpr int kChoicesMax = 8;          // n of one request
inline constexpr int kTopLogprobsMax = 20;
inline constexpr std::size_t kStopStringsMax = 16;
inline constexpr std::size_t kStopBytesMax = 512;                 // of one stop string
inline constexpr std::size_t kSchemaBytesMax = 256 * 1024;        // of a JSON schema or a grammar
inline constexpr int kSchemaDepthMax = 64;                        // nesting of a JSON schema
inline constexpr std::size_t kEmbedTextsMax = 2048;               // of one request
inline constexpr std::int64_t kSelfTestParameters = 300'000'000;  // below: only shows that it works
// What such a model writes when nobody set a limit: it knows no end of its own.
inline constexpr std::int64_t kSelfTestTokens = 768;
inline constexpr std::int64_t kCapableParameters = 1'000'000'000;

}  // namespace interposer::engine
