// The object that `interposer ask --json` prints.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "runs/event_log.h"

namespace interposer::api {

// From a finished run's events: the folded answer with the question before it and all its words as
// "answer".
std::string answer_object(std::string_view question, const std::vector<runs::LogEvent>& events);

}  // namespace interposer::api
