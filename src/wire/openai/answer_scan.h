// One quick look at an answer, or a frame's data, of OpenAI's dialect: enough to pass it on and to
// meter it (simdjson on demand; a fifth of a microsecond for a frame).
#pragma once

#include <optional>
#include <string_view>

#include "base/result.h"
#include "wire/usage.h"

namespace interposer::wire::openai {

struct AnswerScan {
  bool has_choices = false, has_data = false;  // the members, of any kind
  bool has_error = false;                      // "error", and not null
  bool finished = false;                       // a choice has a finish_reason
  // Members that tell of usage and of the board, as JSON objects; empty: absent. Valid until the
  // next scan of this thread.
  std::string_view usage, groq, timings, time_info, metrics, perf_metrics, energy;
  // The counts of `usage`, when it is written as OpenAI writes it and nothing else tells anything.
  std::optional<TokenUsage> plain_usage;
  bool tells() const {
    return !usage.empty() || !groq.empty() || !timings.empty() || !time_info.empty() ||
           !metrics.empty() || !perf_metrics.empty() || !energy.empty();
  }
};

// kUnavailable, kind "broken_stream": no JSON object. What lies in members that are not looked at
// is not checked.
Result<AnswerScan> scan_answer(std::string_view json);

}  // namespace interposer::wire::openai
