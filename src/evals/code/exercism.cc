#include "evals/code/exercism.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <random>

#include "base/strings.h"

namespace interposer::evals::code {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kCompileSeconds = 120;
constexpr std::int64_t kCompileMemory = 4LL << 30;  // address space
constexpr std::int64_t kCompileProcesses = 64;      // the driver, cc1plus, as, ld; of one user
constexpr std::int64_t kTestSeconds = 20;
constexpr std::int64_t kTestMemory = 2LL << 30;  // address space

// Linked with every test: a thousand threads (bank-account has them) fit the address space.
constexpr const char* kSmallThreads =
    "#include <malloc.h>\n"
    "#include <pthread.h>\n"
    "__attribute__((constructor(101))) static void small_threads() {\n"
    "  mallopt(M_ARENA_MAX, 2);\n"
    "  pthread_attr_t wanted;\n"
    "  pthread_attr_init(&wanted);\n"
    "  pthread_attr_setstacksize(&wanted, 256 * 1024);\n"
    "  pthread_setattr_default_np(&wanted);\n"
    "}\n";

// A folder that everybody may write: as root the compiler runs as nobody.
class WorkFolder {
 public:
  static Result<WorkFolder> make() {
    std::string name = (fs::temp_directory_path() / "interposer-code-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) {
      return make_error(Code::kResourceExhausted, "cannot make the folder '" + name + "'",
                        "make room in it, or set TMPDIR");
    }
    ::chmod(name.c_str(), 0777);
    return WorkFolder(name);
  }
  WorkFolder(WorkFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  WorkFolder& operator=(WorkFolder&&) = delete;
  ~WorkFolder() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  const fs::path& path() const { return path_; }
  fs::path release() { return std::exchange(path_, {}); }

 private:
  explicit WorkFolder(fs::path path) : path_(std::move(path)) {}
  fs::path path_;
};

Status write(const fs::path& path, std::string_view text) {
  std::error_code ignored;
  fs::create_directories(path.parent_path(), ignored);
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  if (file) return {};
  return make_error(Code::kResourceExhausted, "'" + path.string() + "' cannot be written",
                    "make room there");
}

std::string first_lines(std::string_view text) {
  return std::string(text.substr(0, kFeedbackBytesMax));
}

std::string first_error(std::string_view text) {
  const std::size_t at = text.find("error: ");
  if (at == text.npos) return "it does not compile";
  return std::string(text.substr(at, std::min<std::size_t>(text.find('\n', at) - at, 200)));
}

}  // namespace

CppJudge::CppJudge(CppJudge&& other) noexcept
    : compiler_(std::move(other.compiler_)), folder_(std::exchange(other.folder_, {})) {}

CppJudge::~CppJudge() {
  std::error_code ignored;
  if (!folder_.empty()) fs::remove_all(folder_, ignored);
}

Result<CppJudge> CppJudge::make(const fs::path& catch_folder) {
  const auto compiler = find_program({"g++", "clang++", "clang++-19"});
  if (!compiler) {
    return make_error(Code::kNotFound, "there is no C++ compiler", "apt-get install g++",
                      "missing_program");
  }
  IP_TRY(WorkFolder folder, WorkFolder::make());
  std::error_code failed;
  fs::create_directories(folder.path() / "include" / "test");
  fs::copy_file(catch_folder / "catch.hpp", folder.path() / "include/test/catch.hpp", failed);
  if (!failed) {
    fs::copy_file(catch_folder / "tests-main.cpp", folder.path() / "include/test/main.cpp", failed);
  }
  if (failed) {
    return make_error(Code::kNotFound, "'" + catch_folder.string() + "': " + failed.message(),
                      "it must hold catch.hpp and tests-main.cpp");
  }
  IP_OK(write(folder.path() / "include/test/threads.cpp", kSmallThreads));
  CppJudge judge(*compiler);
  judge.folder_ = folder.release();
  IP_TRY(const sandbox::Outcome threads,
         judge.compile(judge.folder_, {"-c", "include/test/threads.cpp", "-o", "threads.o"}));
  IP_TRY(const sandbox::Outcome done,
         threads.exit_code != 0
             ? Result<sandbox::Outcome>(threads)
             : judge.compile(judge.folder_, {"-c", "include/test/main.cpp", "-o", "main.o"}));
  if (done.exit_code != 0 || done.signal != 0) {
    return make_error(Code::kFailedPrecondition, "Catch does not compile: " + first_error(done.err),
                      "try the compiler by hand: " + *compiler);
  }
  return judge;
}

// env(1) gives the compiler a place for its temporary files that it may write.
Result<sandbox::Outcome> CppJudge::compile(const fs::path& folder,
                                           const std::vector<std::string>& arguments) const {
  sandbox::Command command;
  command.argv = {"/usr/bin/env", "-C",         folder.string(), "TMPDIR=" + folder.string(),
                  compiler_,      "-std=c++17", "-O0",           "-pipe",
                  "-Iinclude"};
  command.argv.insert(command.argv.end(), arguments.begin(), arguments.end());
  command.read_paths = {folder_.string()};
  command.write_paths = {folder.string()};
  command.limits.cpu_seconds = kCompileSeconds;
  command.limits.memory_bytes = kCompileMemory;
  command.limits.processes = kCompileProcesses;
  command.limits.wall = std::chrono::seconds(2 * kCompileSeconds);
  return sandbox::run(command);
}

Result<CodeScore> CppJudge::run_tests(const CppTask& task, const fs::path& folder) const {
  std::random_device device;
  const std::string run_name = "run-" + std::to_string(device()) + std::to_string(device());
  sandbox::Command command;
  command.argv = {(folder / "tests").string(), "-r", "xml", "-n", run_name};
  command.limits.cpu_seconds = kTestSeconds;
  command.limits.memory_bytes = kTestMemory;
  command.limits.file_bytes = 0;  // nothing is written: stdout is a pipe
  command.limits.wall = std::chrono::seconds(2 * kTestSeconds);
  IP_TRY(const sandbox::Outcome outcome, sandbox::run(command));
  CodeScore score;
  const auto report = parse_catch_xml(outcome.out, run_name);
  if (auto ended = abnormal_end(outcome)) {
    score = *std::move(ended);
  } else if (!report || report->executed != task.tests) {
    score.ending = Ending::kTestsMissing;
    score.reason = std::to_string(report ? report->executed : 0) + " of " +
                   std::to_string(task.tests) + " tests ran";
  } else if (report->failed > 0 || outcome.exit_code != 0) {
    score.ending = Ending::kTestsFailed;
    score.reason = std::to_string(report->failed) + " tests failed";
  } else {
    score.ending = Ending::kPassed;
  }
  score.executed = report ? report->executed : 0;
  score.failed = report ? report->failed : 0;
  score.expected = task.tests;
  score.cpu_ms = outcome.cpu_ms;
  score.feedback = first_lines(outcome.out);
  return score;
}

Result<std::vector<CodeScore>> CppJudge::score(const CppTask& task,
                                               const std::map<std::string, std::string>& files,
                                               int epochs) const {
  IP_TRY(const WorkFolder work, WorkFolder::make());
  const fs::path& folder = work.path();
  CodeScore score;
  score.expected = task.tests;
  const auto all = [&] { return std::vector<CodeScore>(static_cast<std::size_t>(epochs), score); };
  std::vector<std::string> arguments{"-DEXERCISM_RUN_ALL_TESTS",
                                     "-I" + (folder_ / "include").string(), "-I."};
  for (const std::string& name : task.solution_files) {
    const auto given = files.find(name);
    const std::string& text = given == files.end() ? task.stub.at(name) : given->second;
    const std::vector<std::string> forbidden = forbidden_calls(text);
    if (!forbidden.empty()) {
      score.ending = Ending::kForbidden;
      score.reason = name + " calls " + join(forbidden, ", ");
      return all();
    }
    IP_OK(write(folder / name, text));
    if (fs::path(name).extension() == ".cpp") arguments.push_back(name);
  }
  for (const auto& [name, text] : task.test_files) {  // always the task's own
    IP_OK(write(folder / name, text));
    arguments.push_back(name);
  }
  arguments.insert(arguments.end(), {(folder_ / "main.o").string(),
                                     (folder_ / "threads.o").string(), "-pthread", "-o", "tests"});
  IP_TRY(const sandbox::Outcome compiled, compile(folder, arguments));
  if (auto ended = abnormal_end(compiled)) {
    score = *std::move(ended);
    score.expected = task.tests;
    return all();
  }
  if (compiled.exit_code != 0) {
    score.ending = Ending::kCompileFailed;
    score.reason = first_error(compiled.err);
    score.feedback = first_lines(compiled.err);
    return all();
  }
  ::chmod((folder / "tests").c_str(), 0755);  // made with a narrow mask, as root by another user
  std::vector<CodeScore> out;
  for (int i = 0; i < epochs; ++i) {
    IP_TRY(CodeScore run, run_tests(task, folder));
    out.push_back(std::move(run));
  }
  return out;
}

}  // namespace interposer::evals::code
