// Any bytes as a Catch report, a C++ source and lines of HumanEval.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "evals/code/exercism.h"
#include "evals/code/human_eval.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace code = interposer::evals::code;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (code::count_tests(text) < 0) std::abort();
  code::forbidden_calls(text);
  const auto report = code::parse_catch_xml(text, "run");
  if (report && (report->executed < 0 || report->failed < 0)) std::abort();
  const auto tasks = code::parse_human_eval(text, "fuzz");
  if (tasks) {
    for (const auto& task : *tasks) {
      if (task.id.empty()) std::abort();
    }
  }
  return 0;
}
