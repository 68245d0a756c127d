// Taking the final answer out of a response, and comparing it. Named after the tool whose verdicts
// each meets: on the same responses two extractors may be 75 points apart.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace interposer::evals {

// lm-evaluation-harness, gsm8k "strict-match": the number behind the first "#### ".
std::optional<std::string> gsm8k_strict(std::string_view response);
// The same task's "flexible-extract": the last thing that looks like a number.
std::optional<std::string> gsm8k_flexible(std::string_view response);
// What that task does to both sides before it compares: no commas and dollars, what stands before
// the last "#### " goes, and a final full stop.
std::string gsm8k_clean(std::string_view answer);

// openai/grade-school-math's solvers: what follows the last "A:".
std::optional<std::string> answer_after_label(std::string_view solution);
// Equal as numbers ("3.0" is "3", "1,000" is "1000"), or else as trimmed texts.
bool equal_as_numbers(std::string_view a, std::string_view b);

// BIG-Bench Hard: what follows "the answer is " up to the end of its line without a final full
// stop; the whole response where that isn't said.
std::string bbh_answer(std::string_view response);

}  // namespace interposer::evals
