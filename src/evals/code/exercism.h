// Exercism's C++ exercises (aider's polyglot benchmark has 26): all tests switched on, and the
// number that ran held against the number in the test file.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "evals/code/score.h"

namespace interposer::evals::code {

struct CppTask {
  std::string name;          // the folder's: "bank-account"
  std::string instructions;  // .docs, in the order introduction, instructions, append
  std::vector<std::string> solution_files;     // what an answer may give
  std::map<std::string, std::string> stub;     // their shipped contents
  std::map<std::string, std::string> example;  // the oracle, by solution file
  std::map<std::string, std::string> test_files;
  std::int64_t tests = 0;  // TEST_CASEs in the test files
};

Result<CppTask> read_cpp_task(const std::filesystem::path& folder);
// Folders below `folder` that hold an exercise, by name.
Result<std::vector<CppTask>> read_cpp_tasks(const std::filesystem::path& folder);

// TEST_CASE and its kin in a test file, outside comments; those behind EXERCISM_RUN_ALL_TESTS
// count.
std::int64_t count_tests(std::string_view source);

// What Catch's XML report says; empty for none, for another run's, and for one that has no end.
struct TestReport {
  std::int64_t executed = 0;  // test cases
  std::int64_t failed = 0;
};
std::optional<TestReport> parse_catch_xml(std::string_view xml, std::string_view run_name);

// A compiler, the Catch header and Catch's main compiled once: keep one for many tasks. Blocking.
class CppJudge {
 public:
  // `catch_folder` has catch.hpp and tests-main.cpp. kNotFound without a compiler.
  static Result<CppJudge> make(const std::filesystem::path& catch_folder);
  CppJudge(CppJudge&& other) noexcept;
  CppJudge& operator=(CppJudge&&) = delete;
  ~CppJudge();

  // `files`: contents by name; names that are no solution file of the task are ignored, missing
  // ones are taken from the stub. The compiled tests run `epochs` times, one score each; a failed
  // compilation scores all of them.
  Result<std::vector<CodeScore>> score(const CppTask& task,
                                       const std::map<std::string, std::string>& files,
                                       int epochs = 1) const;

 private:
  explicit CppJudge(std::string compiler) : compiler_(std::move(compiler)) {}
  Result<sandbox::Outcome> compile(const std::filesystem::path& folder,
                                   const std::vector<std::string>& arguments) const;
  Result<CodeScore> run_tests(const CppTask& task, const std::filesystem::path& folder) const;

  std::string compiler_;
  std::filesystem::path folder_;  // include/test/catch.hpp, main.o
};

}  // namespace interposer::evals::code
