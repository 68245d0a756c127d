// A run's events folded into the Answer that a conversation keeps (docs/guide/api.md, "Answer").
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "runs/event_log.h"
#include "runs/types.h"

namespace interposer::runs {

// Of any prefix of a run's events. An event that is no JSON is left out.
std::string fold_answer(const std::vector<LogEvent>& events);

// What a run's last event makes of it; kRunning for one that ends no run. After a refusal event the
// end "done" means kRefused.
State end_state(const std::vector<LogEvent>& events);

// The answer's words, for the history that the next question is asked with.
std::string answer_text(std::string_view answer_json);

}  // namespace interposer::runs
