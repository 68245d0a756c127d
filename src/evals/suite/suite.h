// A suite: data, targets, prompt, scorers, budget and gate, in one strict YAML file. Unknown keys
// are errors that name the nearest one. Files in it are relative to the suite's folder.
// docs/guide/eval.md has the whole format.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/config.h"
#include "base/result.h"
#include "base/time.h"
#include "evals/gate/rules.h"
#include "evals/suite/template.h"

namespace interposer::evals {

inline constexpr int kEpochsMax = 1'000;
inline constexpr std::size_t kItemsMax = 10'000'000;
inline constexpr std::size_t kDatasetBytesMax = std::size_t{1} << 30;

struct Price {  // USD a million tokens
  double input = 0, output = 0;
};

struct Target {
  std::string name;     // of the answers in the log; default: the model
  std::string model;    // sent as `model`
  std::string url;      // base URL with its /v1; empty: the running interposer
  std::string key_env;  // environment variable with the key
  std::optional<Price> price;
};

enum class RunnerKind : std::uint8_t {
  kChat,        // POST chat/completions
  kCompletion,  // POST completions
  kRetrieve,    // GET /api/v1/search: documents for a question
  kGrounded,    // POST /api/v1/ask: an answer with citations
};

struct Runner {
  RunnerKind kind = RunnerKind::kChat;
  std::string base;  // of retrieve and grounded
  std::string mode;  // of grounded
  std::string legs = "both";
  std::int64_t k = 10;  // documents of retrieve
  std::int64_t max_tokens = 512;
  std::optional<double> temperature, top_p;
  std::optional<std::int64_t> seed;
  std::vector<std::string> stop;
  std::string tools;  // JSON array, from a file; empty: none (items may bring their own)
  std::int64_t concurrency = 16;                 // at most; the run finds what the target bears
  Duration timeout = std::chrono::seconds(120);  // of one answer
  std::int64_t attempts = 4;                     // of one unit, when the target throttles or fails
};

struct Extract {
  enum class Kind : std::uint8_t { kRegex, kStrip, kLower, kNumber, kLine, kAfter, kNoThinking };
  Kind kind = Kind::kStrip;
  std::string pattern;  // kRegex (group 1, else all), kAfter (text)
  bool last = false;    // the last match, not the first
};

struct ScorerSpec {
  std::string name;      // "em@squad"
  std::string argument;  // of those that want one
};

struct Budget {
  std::optional<double> usd;
  std::optional<std::int64_t> tokens;
  std::optional<Duration> wall;
  bool allow_unpriced = false;
};

struct Sequential {
  std::string baseline;  // file or run to be compared with
  std::string metric;    // empty: the first
  std::int64_t looks = 20;
  double alpha = 0.05;
};

struct Suite {
  std::string file, folder;  // of the suite
  std::string name;
  std::int64_t version = 1;
  std::string dataset, dataset_sha256, cluster_field, split;
  std::int64_t limit = 0;  // items; 0: all
  std::vector<Target> targets;
  std::int64_t epochs = 1;
  std::string system;              // text
  std::optional<Template> prompt;  // absent: the item's input or messages
  Runner runner;
  std::vector<Extract> extract;
  std::vector<ScorerSpec> scorers;
  Budget budget;
  std::vector<GateRule> gate;
  std::optional<Sequential> sequential;
  std::string digest;  // SHA-256 of the file's bytes
};

Result<Suite> load_suite(const std::string& path);
Result<Suite> parse_suite(std::string_view text, const std::string& file,
                          const std::string& folder);

// "30m", "1.5h", "250ms", "90" (seconds).
Result<Duration> parse_duration(std::string_view text);

struct Item {
  std::string id;
  std::string json;                  // the whole object, for templates and scorers
  std::string input;                 // for people
  std::string target;                // the right answer; of a list, its first
  std::vector<std::string> targets;  // all that count as right
  std::string cluster;
  std::vector<std::string> tags;
  std::string messages;  // JSON array; empty: made from the prompt
  std::string tools;     // JSON array; empty: the suite's
  std::string content;   // content_hash of input, messages, target
};

// JSON Lines: {"id", "input" | "messages" | "question", "target", "cluster", "tags", ...}. Without
// an id the content names the item. Errors name file and line; a duplicate id is one.
Result<std::vector<Item>> load_items(const Suite& suite);
Result<std::vector<Item>> parse_items(std::string_view text, std::string_view file,
                                      std::string_view cluster_field);

}  // namespace interposer::evals
