// The canonical form of a streamed answer: an ordered list of events that every dialect can be
// written from and read into.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "wire/usage.h"

namespace interposer::wire {

enum class FinishReason : std::uint8_t {
  kStop,
  kLength,
  kToolCalls,
  kContentFilter,
  kRefusal,
  kError
};

struct TokenLogprob {
  std::string token;
  std::string bytes;  // the token's bytes (may be half a code point)
  double logprob = 0;
  std::vector<TokenLogprob> top;
  friend bool operator==(const TokenLogprob&, const TokenLogprob&) = default;
};

struct Started {  // the first event: identity of the answer
  std::string id;
  std::string model;  // as the target names itself
  std::int64_t created_s = 0;
  std::string fingerprint;
  friend bool operator==(const Started&, const Started&) = default;
};
struct TextDelta {
  int choice = 0;
  std::string text;  // always whole code points
  std::vector<TokenLogprob> logprobs;
  friend bool operator==(const TextDelta&, const TextDelta&) = default;
};
struct ReasoningDelta {
  int choice = 0;
  std::string text;
  friend bool operator==(const ReasoningDelta&, const ReasoningDelta&) = default;
};
struct RefusalDelta {
  int choice = 0;
  std::string text;
  friend bool operator==(const RefusalDelta&, const RefusalDelta&) = default;
};
struct ToolCallDelta {
  int choice = 0;
  int index = 0;          // which call
  std::string id, name;   // on its first delta only
  std::string arguments;  // a piece of the JSON text
  friend bool operator==(const ToolCallDelta&, const ToolCallDelta&) = default;
};
// A citation of a stored span (assistant). It precedes the sentence that uses it.
struct Citation {
  int n = 0;             // as shown, from 1
  std::string document;  // BASE/ID
  std::string version;
  std::string title, uri;
  std::int64_t start = 0, end = 0;  // bytes in the version's extracted text, half open
  std::optional<int> page;
  std::string quote;  // equals those bytes
  friend bool operator==(const Citation&, const Citation&) = default;
};
// Marks the text sent since the last Sentence as one finished sentence that these citations
// support.
struct Sentence {
  int choice = 0;
  std::string text;
  std::vector<int> citations;
  bool unsupported = false;
  friend bool operator==(const Sentence&, const Sentence&) = default;
};
// Structured parts of a grounded answer, as finished JSON (shapes: docs/guide/api.md).
struct Part {
  std::string type;  // "start", "table", "chart", "refusal", "why"
  std::string json;
  friend bool operator==(const Part&, const Part&) = default;
};
struct Finished {
  int choice = 0;
  FinishReason reason = FinishReason::kStop;
  std::string stop_sequence;
  friend bool operator==(const Finished&, const Finished&) = default;
};
struct UsageReport {
  Usage usage;
  friend bool operator==(const UsageReport&, const UsageReport&) = default;
};

struct Embedding {  // operation kEmbed: one row an input, in order, unit length
  int index = 0;
  std::vector<float> values;
  friend bool operator==(const Embedding&, const Embedding&) = default;
};

using Event = std::variant<Started, TextDelta, ReasoningDelta, RefusalDelta, ToolCallDelta,
                           Citation, Sentence, Part, Finished, UsageReport, Embedding>;

}  // namespace interposer::wire
