// HumanEval (Chen and others, arXiv 2107.03374): Python functions by their docstring, judged by the
// task's own `check`.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "evals/code/score.h"

namespace interposer::evals::code {

struct PythonTask {
  std::string id;
  std::string prompt;     // the function's head and docstring
  std::string entry;      // its name
  std::string test;       // defines check(candidate)
  std::string canonical;  // the body that passes
};

// Lines of JSON; `file` names the text in errors.
Result<std::vector<PythonTask>> parse_human_eval(std::string_view lines, std::string_view file);

// Runs prompt + completion + test in a confined Python. Passing means that check() came back; an
// exit code alone counts for nothing. kNotFound without a Python.
Result<CodeScore> score_python(const PythonTask& task, std::string_view completion);

}  // namespace interposer::evals::code
