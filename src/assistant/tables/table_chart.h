// The chart of an answer from a table: bars, or lines where the first column is time; values of
// unlike units get a panel each. nullopt where a picture would add nothing.
#pragma once

#include <optional>

#include "assistant/parts.h"
#include "assistant/tables/sentences.h"

namespace interposer::assistant {

std::optional<AnswerChart> draw_chart(const Shown& shown);

}  // namespace interposer::assistant
