// HumanEval's canonical solutions and Exercism's examples must pass; doing nothing must not.
#include "evals/code/exercism.h"
#include "evals/code/human_eval.h"
#include "evals/golden/golden.h"
#include "evals/read/files.h"

namespace interposer::evals::golden {
namespace {

constexpr int kEpochs = 3;
constexpr std::int64_t kUnpackedBytesMax = 64LL << 20;

// A compressed file, by gzip as a confined child.
Result<std::string> unpacked(const std::filesystem::path& path) {
  sandbox::Command command;
  command.argv = {"/bin/gzip", "-dc"};
  IP_TRY(command.input, read_file(path));
  command.limits.output_bytes = kUnpackedBytesMax;
  IP_TRY(sandbox::Outcome outcome, sandbox::run(command));
  if (outcome.exit_code == 0 && outcome.signal == 0 && !outcome.output_cut) return outcome.out;
  return make_error(Code::kDataLoss, "'" + path.string() + "' cannot be unpacked: " + outcome.err,
                    "restore the data set");
}

Result<std::vector<code::PythonTask>> python_tasks(const std::filesystem::path& folder) {
  const std::filesystem::path plain = folder / "HumanEval.jsonl";
  const std::filesystem::path packed = folder / "HumanEval.jsonl.gz";
  const bool is_plain = std::filesystem::exists(plain);
  IP_TRY(const std::string text, is_plain ? read_file(plain) : unpacked(packed));
  return code::parse_human_eval(text, (is_plain ? plain : packed).string());
}

// What this machine lacks is no fault of the evaluator: the set is skipped with the reason.
bool is_missing(const Error& error) {
  return error.kind == "missing_program" || error.kind == "no_confinement";
}

Result<Agreement> check_python(const std::filesystem::path& folder, bool canonical) {
  Agreement out;
  auto tasks = python_tasks(folder);
  if (!tasks && is_missing(tasks.error())) {
    out.skip_all(1, tasks.error().to_string());
    return out;
  }
  if (!tasks) return tasks.error();
  for (const code::PythonTask& task : *tasks) {
    const auto score = code::score_python(task, canonical ? task.canonical : "    pass\n");
    if (!score && is_missing(score.error())) {
      out.skip_all(std::ssize(*tasks), score.error().to_string());
      return out;
    }
    if (!score) return score.error();
    ++out.expected;
    out.count(
        score->passed() == canonical,
        task.id + ": " + std::string(code::ending_name(score->ending)) + ", " + score->reason);
  }
  return out;
}

Result<Agreement> check_cpp(const std::filesystem::path& folder, bool oracle) {
  IP_TRY(const std::vector<code::CppTask> tasks, code::read_cpp_tasks(folder));
  Agreement out;
  const auto judge = code::CppJudge::make(folder / "catch");
  if (!judge && is_missing(judge.error())) {
    out.skip_all(std::ssize(tasks) * kEpochs, judge.error().to_string());
    return out;
  }
  if (!judge) return judge.error();
  for (const code::CppTask& task : tasks) {
    IP_TRY(const std::vector<code::CodeScore> scores,
           judge->score(task, oracle ? task.example : task.stub, kEpochs));
    for (const code::CodeScore& score : scores) {
      ++out.expected;
      out.count(
          score.passed() == oracle && (!oracle || score.executed == task.tests),
          task.name + ": " + std::string(code::ending_name(score.ending)) + ", " + score.reason);
    }
  }
  out.notes.push_back(std::to_string(tasks.size()) + " exercises, " + std::to_string(kEpochs) +
                      " runs each");
  return out;
}

}  // namespace

Result<Agreement> check_human_eval(const std::filesystem::path& folder) {
  return check_python(folder, true);
}
Result<Agreement> check_human_eval_null(const std::filesystem::path& folder) {
  return check_python(folder, false);
}
Result<Agreement> check_cpp_oracle(const std::filesystem::path& folder) {
  return check_cpp(folder, true);
}
Result<Agreement> check_cpp_null(const std::filesystem::path& folder) {
  return check_cpp(folder, false);
}

}  // namespace interposer::evals::golden
