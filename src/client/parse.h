// From the JSON of /api/v1 to values. A member that is missing keeps its default, so that a client
// reads what an older or newer server of the same API says; a text that is no JSON is kUnavailable
// ("broken_answer").
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "client/types.h"

namespace interposer::client {

Result<ServerStatus> parse_status(std::string text);
Result<std::vector<Base>> parse_bases(std::string_view text);
Result<Base> parse_base(std::string_view text);
Result<Documents> parse_documents(std::string_view text);
Result<Source> parse_source(std::string text);
Result<SearchAnswer> parse_search(std::string text);
Result<Answer> parse_answer(std::string text);
Result<JobEvent> parse_job_event(std::string_view text);
Result<std::vector<UsageRow>> parse_usage(std::string_view text);
Result<std::string> parse_text_member(std::string_view text, std::string_view key);

// The error of an answer that is no success: the server's words, or the status alone.
Error parse_error(int status, std::string_view body);

}  // namespace interposer::client
