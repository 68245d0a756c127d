#include "evals/code/human_eval.h"

#include <boost/json.hpp>
#include <random>

#include "evals/read/files.h"

namespace interposer::evals::code {
namespace {

namespace json = boost::json;

constexpr std::int64_t kCpuSeconds = 10;
constexpr std::int64_t kMemoryBytes = 1LL << 30;
constexpr std::int64_t kOutputBytes = 1LL << 20;

// The program and a word that only a finished check() lets out come over stdin. The writer is taken
// before the solution runs, so that a solution cannot replace it by accident.
constexpr const char* kHarness =
    "import os, sys\n"
    "word, entry, program = sys.stdin.buffer.read().decode().split('\\0', 2)\n"
    "write, names = os.write, {'__name__': 'solution'}\n"
    "exec(compile(program, 'solution', 'exec'), names)\n"
    "names['check'](names[entry])\n"
    "write(1, ('\\n' + word + '\\n').encode())\n";

std::string text_at(const json::object& object, const char* key) {
  const json::value* const found = object.if_contains(key);
  return found != nullptr && found->is_string() ? std::string(found->get_string()) : std::string();
}

std::string fresh_word() {
  std::random_device device;
  std::string out = "checked";
  for (int i = 0; i < 4; ++i) out += "-" + std::to_string(device());
  return out;
}

std::string last_line(std::string_view text) {
  while (text.ends_with('\n')) text.remove_suffix(1);
  const std::size_t at = text.rfind('\n');
  return std::string(at == text.npos ? text : text.substr(at + 1));
}

}  // namespace

Result<std::vector<PythonTask>> parse_human_eval(std::string_view text, std::string_view file) {
  std::vector<PythonTask> out;
  std::size_t number = 0;
  for (std::string_view line : lines_of(text)) {
    ++number;
    if (line.empty()) continue;
    boost::system::error_code failed;
    const json::value row = json::parse(json::string_view(line.data(), line.size()), failed);
    const std::string place = std::string(file) + ":" + std::to_string(number);
    if (failed || !row.is_object()) {
      return make_error(Code::kInvalidArgument, place + ": not a JSON object",
                        "one task a line, as HumanEval.jsonl has them");
    }
    const json::object& fields = row.get_object();
    PythonTask task{text_at(fields, "task_id"), text_at(fields, "prompt"),
                    text_at(fields, "entry_point"), text_at(fields, "test"),
                    text_at(fields, "canonical_solution")};
    if (task.id.empty() || task.entry.empty() || task.test.empty()) {
      return make_error(Code::kInvalidArgument, place + ": no task_id, entry_point or test",
                        "one task a line, as HumanEval.jsonl has them");
    }
    out.push_back(std::move(task));
  }
  return out;
}

Result<CodeScore> score_python(const PythonTask& task, std::string_view completion) {
  const auto python = find_program({"python3"});
  if (!python) {
    return make_error(Code::kNotFound, "there is no python3 in /usr/bin, /usr/local/bin or /bin",
                      "apt-get install python3", "missing_program");
  }
  const std::string word = fresh_word();
  sandbox::Command command;
  command.argv = {*python, "-I", "-S", "-B", "-c", kHarness};
  command.input =
      word + '\0' + task.entry + '\0' + task.prompt + std::string(completion) + "\n" + task.test;
  command.limits.cpu_seconds = kCpuSeconds;
  command.limits.memory_bytes = kMemoryBytes;
  command.limits.output_bytes = kOutputBytes;
  command.limits.wall = std::chrono::seconds(2 * kCpuSeconds);
  IP_TRY(const sandbox::Outcome outcome, sandbox::run(command));
  CodeScore score;
  if (auto ended = abnormal_end(outcome)) {
    score = *std::move(ended);
  } else if (outcome.out.ends_with("\n" + word + "\n")) {
    score.ending = Ending::kPassed;
    score.executed = 1;
  } else if (outcome.exit_code == 0) {
    score.ending = Ending::kTestsMissing;
    score.reason = "it ended before the tests did";
  } else {
    score.ending = Ending::kTestsFailed;
    score.executed = score.failed = 1;
    score.reason = last_line(outcome.err);
  }
  score.expected = 1;
  score.cpu_ms = outcome.cpu_ms;
  score.feedback = outcome.err.substr(
      outcome.err.size() > kFeedbackBytesMax ? outcome.err.size() - kFeedbackBytesMax : 0);
  return score;
}

}  // namespace interposer::evals::code
