// The canonical form of a chat request: what any dialect's request decodes into.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace interposer::wire {

enum class Role : std::uint8_t { kSystem, kDeveloper, kUser, kAssistant, kTool };

struct ContentPart {
  enum class Kind : std::uint8_t { kText, kImage, kAudio, kFile, kRefusal, kUnknown };
  Kind kind = Kind::kText;
  std::string text;    // kText, kRefusal
  std::string url;     // kImage: http(s) or data URL; kAudio: base64; kFile: id, or data URL
  std::string detail;  // kImage: auto, low, high
  std::string format;  // kAudio: wav, mp3; kFile: file name
  std::string raw;     // kUnknown: the part's JSON
  friend bool operator==(const ContentPart&, const ContentPart&) = default;
};

struct ToolCall {
  std::string id, name, arguments;  // arguments: JSON text as the model wrote it
  friend bool operator==(const ToolCall&, const ToolCall&) = default;
};

struct Message {
  Role role = Role::kUser;
  std::string name;
  std::vector<ContentPart> content;
  std::vector<ToolCall> tool_calls;                        // assistant
  std::string tool_call_id;                                // tool
  std::vector<std::pair<std::string, std::string>> extra;  // unknown fields: name, raw JSON
  std::string text() const;                                // the text parts, joined
  friend bool operator==(const Message&, const Message&) = default;
};

struct Tool {
  std::string name, description;
  std::string parameters;  // JSON schema text; empty: none
  std::optional<bool> strict;
  std::string raw;  // a tool that is no function (its whole JSON); the fields above are empty then
  friend bool operator==(const Tool&, const Tool&) = default;
};

struct ToolChoice {
  enum class Kind : std::uint8_t { kAuto, kNone, kRequired, kNamed };
  Kind kind = Kind::kAuto;
  std::string name;
  friend bool operator==(const ToolChoice&, const ToolChoice&) = default;
};

struct ResponseFormat {
  enum class Kind : std::uint8_t { kText, kJsonObject, kJsonSchema, kGrammar };
  Kind kind = Kind::kText;
  std::string name;
  std::string schema;  // JSON text, or the GBNF grammar
  std::optional<bool> strict;
  friend bool operator==(const ResponseFormat&, const ResponseFormat&) = default;
};

// Absent stays absent: a target's own default applies.
struct Sampling {
  std::optional<double> temperature, top_p, min_p, frequency_penalty, presence_penalty,
      repeat_penalty;
  std::optional<std::int64_t> top_k, seed, max_tokens, n, top_logprobs;
  std::optional<bool> logprobs;
  std::vector<std::string> stop;
  std::vector<std::pair<std::string, double>> logit_bias;  // token id as text
  friend bool operator==(const Sampling&, const Sampling&) = default;
};

// Of operation kComplete: one user message that holds the raw prompt, to which no chat template
// applies.
struct Chat {
  std::vector<Message> messages;
  std::vector<Tool> tools;
  std::optional<ToolChoice> tool_choice;
  std::optional<bool> parallel_tool_calls;
  std::optional<ResponseFormat> response_format;
  Sampling sampling;
  bool stream = false;
  bool include_usage = false;  // stream_options.include_usage
  std::string user;
  std::string reasoning_effort;
  std::vector<std::pair<std::string, std::string>> extra;  // unknown fields: name, raw JSON
  friend bool operator==(const Chat&, const Chat&) = default;
};

}  // namespace interposer::wire
