// One line of a run's log: what was asked of a target, and what came back. The log is the cache.
// Format (JSON Lines, one object a line; docs/guide/eval.md, "The log"):
//   {"v":1,"unit":"q1","epoch":1,"target":"new","key":HEX64,"content":HEX16,"status":"ok", ...}
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "evals/record/status.h"

namespace interposer::evals {

inline constexpr std::size_t kRecordBytesMax = std::size_t{64} << 20;  // of one line

struct Response {
  std::string unit;     // the item's id
  int epoch = 1;        // from 1
  std::string target;   // which of the suite's targets
  std::string key;      // request_key() of what was asked
  std::string content;  // content_hash() of the item: it changes when the question does
  std::string cluster;  // items that stand or fall together; empty: this one alone
  std::vector<std::string> tags;
  std::string input;     // the question, for people
  std::string expected;  // the right answer, for people and scorers
  UnitStatus status = UnitStatus::kOk;
  std::string finish;  // the target's own word: "stop", "length", ...
  std::string text;
  std::string reasoning;
  std::string tool_calls;  // JSON array as it came; empty: none
  std::string extra;       // JSON object of the runner (citations, hits); empty: none
  std::string error;
  int http = 0;      // status of the answer; 0: none came
  int attempts = 1;  // requests that were sent for it, in this round
  int round = 0;     // answers of earlier processes that were errors and are asked again
  std::int64_t input_tokens = 0, cached_tokens = 0, output_tokens = 0;
  std::optional<double> cost_usd;  // absent: unknown, never 0 for that
  std::optional<double> ttft_ms, total_ms;
  std::string idempotency_key;
  std::string at;  // RFC 3339, when the answer was whole
};

std::string to_line(const Response& response);  // with its line end
// kDataLoss for what is no record of this format.
Result<Response> parse_response(std::string_view line);

// Written before a request goes out, so that what a crash leaves in flight is known.
struct Dispatch {
  std::string unit;
  int epoch = 1;
  std::string target;
  std::string key;
  std::string idempotency_key;
  double reserved_usd = 0;
};
std::string to_line(const Dispatch& dispatch);
Result<Dispatch> parse_dispatch(std::string_view line);

// SHA-256 in hexadecimal digits.
std::string sha256(std::string_view text);
// The name of a request: endpoint, model, body, and the epoch, so that the second epoch is never
// served from the first one's answer.
std::string request_key(std::string_view endpoint, std::string_view body, int epoch);
// The same for the same request of the same run until an answer stands, whatever happens between: a
// provider that honours it charges once. An error that was recorded begins a new round, since such
// a provider would only repeat it.
// Two units whose requests are the same bytes are still two requests.
std::string idempotency_key(std::string_view run_id, std::string_view unit, int epoch,
                            std::string_view target, std::string_view request_key, int round);
// 16 hexadecimal digits over the parts, which cannot run into each other.
std::string content_hash(const std::vector<std::string_view>& parts);
std::uint64_t hash_text(std::string_view text);  // XXH3; never 0

}  // namespace interposer::evals
