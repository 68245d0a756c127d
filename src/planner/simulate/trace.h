// Readers of request traces. Errors name file and line: a missing cell, a negative or impossible
// count, a time that runs backwards. What is merely odd (an hour of silence) becomes a note.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "planner/simulate/workload.h"

namespace interposer::planner {

inline constexpr std::size_t kTraceBytesMax = std::size_t{1} << 30;  // bytes of a file
inline constexpr std::size_t kTraceRequestsMax = 50'000'000;         // requests
inline constexpr std::uint32_t kTraceTokensMax = 10'000'000;         // of one prompt or answer
inline constexpr double kSilenceS = 600;  // a longer pause is noted, if over 100 mean intervals

// CSV with a header. Columns, in any order and case, further ones are passed over:
//   time:   timestamp, time, arrival, arrived_at  (seconds, or "2023-11-16 18:15:46.68", 'T', 'Z')
//   prompt: contexttokens, prompt_tokens, input_tokens, input_length, num_prefill_tokens
//   answer: generatedtokens, completion_tokens, output_tokens, output_length, num_decode_tokens
// (Azure's LLM inference traces and the common simulators' files.)
Result<Workload> read_csv_trace(std::string_view text, const std::string& file);

// JSON lines: {"timestamp": ms, "input_length": n, "output_length": n, "hash_ids": [..]} (Mooncake
// FAST'25). Each hash stands for 512 tokens of prompt; only full blocks are kept.
Result<Workload> read_mooncake_trace(std::string_view text, const std::string& file);

// By content: JSON lines begin with '{'. kNotFound without the file.
Result<Workload> load_trace(const std::string& path);

}  // namespace interposer::planner
