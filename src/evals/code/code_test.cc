// Code is judged by what its tests did, not by what it says (evaluation.md 5.7, test 20).
#include <gtest/gtest.h>

#include <fstream>

#include "evals/code/exercism.h"
#include "evals/code/human_eval.h"
#include "evals/golden/golden.h"

namespace interposer::evals::code {
namespace {

namespace fs = std::filesystem;

fs::path data() { return golden::data_folder(INTERPOSER_SOURCE_DIR) / "polyglot_cpp"; }

// One judge for all tests of this file: Catch's main takes seconds to compile.
class Sharp20 : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    if (!fs::is_directory(data() / "catch") || !sandbox::level().enough()) return;
    auto made = CppJudge::make(data() / "catch");
    if (made) judge_ = new CppJudge(*std::move(made));
  }
  static void TearDownTestSuite() {
    delete judge_;
    judge_ = nullptr;
  }
  void SetUp() override {
    if (judge_ == nullptr) GTEST_SKIP() << "no test data, no C++ compiler, or no confinement";
    auto task = read_cpp_task(data() / "clock");
    ASSERT_TRUE(task.ok()) << task.error().to_string();
    task_ = *std::move(task);
  }

  // The example with `extra` behind its .cpp.
  CodeScore score(const std::string& extra) {
    auto files = task_.example;
    files["clock.cpp"] += "\n" + extra + "\n";
    return score_files(files);
  }
  CodeScore score_files(const std::map<std::string, std::string>& files) {
    auto scores = judge_->score(task_, files);
    EXPECT_TRUE(scores.ok()) << (scores.ok() ? "" : scores.error().to_string());
    return scores ? scores->front() : CodeScore();
  }

  static CppJudge* judge_;
  CppTask task_;
};
CppJudge* Sharp20::judge_ = nullptr;

TEST_F(Sharp20, OraclePassesWithEveryTestRun) {
  const CodeScore score = score_files(task_.example);
  EXPECT_EQ(score.ending, Ending::kPassed) << score.reason << score.feedback;
  EXPECT_EQ(score.executed, task_.tests);
  EXPECT_GT(task_.tests, 1);
}

TEST_F(Sharp20, NullAndCompilingWrongSolutionsFail) {
  EXPECT_EQ(score_files(task_.stub).ending, Ending::kCompileFailed);
  auto files = task_.example;
  std::string& source = files["clock.cpp"];
  const std::size_t at = source.find("60");
  ASSERT_NE(at, std::string::npos);
  while (source.find("60") != std::string::npos) source.replace(source.find("60"), 2, "59");
  const CodeScore wrong = score_files(files);
  EXPECT_EQ(wrong.ending, Ending::kTestsFailed) << wrong.reason;
  EXPECT_EQ(wrong.executed, task_.tests);
  EXPECT_FALSE(wrong.feedback.empty());
}

TEST_F(Sharp20, TheTestsAreTheTasksOwn) {
  auto files = task_.example;
  files["clock_test.cpp"] = "#include \"test/catch.hpp\"\nTEST_CASE(\"x\") {}\n";
  const CodeScore score = score_files(files);  // the edited test is ignored
  EXPECT_EQ(score.ending, Ending::kPassed);
  EXPECT_EQ(score.executed, task_.tests);
}

TEST_F(Sharp20, LeavingEarlyIsSeen) {
  // Spelled so that the source scan does not see it: only the number of tests tells.
  const CodeScore hidden = score("#include <cstdlib>\nstatic int z = ((std::exit)(0), 0);\n");
  EXPECT_EQ(hidden.ending, Ending::kTestsMissing) << hidden.reason;
  EXPECT_EQ(hidden.executed, 0);
  const CodeScore named = score("#include <cstdlib>\nstatic int z = (std::exit(0), 0);\n");
  EXPECT_EQ(named.ending, Ending::kForbidden);
  EXPECT_NE(named.reason.find("exit"), std::string::npos);
}

TEST_F(Sharp20, ForkSocketAndFilesAreDenied) {
  const CodeScore fork =
      score("#include <unistd.h>\nstatic int z = [] { for (;;) if (fork() < 0) return 1; }();\n");
  EXPECT_EQ(fork.ending, Ending::kForbidden) << fork.reason;
  const CodeScore socket = score(
      "#include <sys/socket.h>\nstatic auto f = &::socket;\n"
      "static int z = [] { if (f(2, 1, 0) < 0) __builtin_trap(); return 0; }();\n");
  EXPECT_EQ(socket.ending, Ending::kKilled) << socket.reason;  // no network: its own trap
  const CodeScore disk = score(
      "#include <cstdio>\nstatic int z = [] { std::FILE* f = std::fopen(\"/tmp/full\", \"w\");\n"
      "if (!f) __builtin_trap(); for (;;) std::fputs(\"xxxxxxxx\", f); return 0; }();\n");
  EXPECT_EQ(disk.ending, Ending::kKilled) << disk.reason;
}

TEST_F(Sharp20, EndlessAndTooLarge) {
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
  GTEST_SKIP() << "sanitizers leave no limit on the address space";
#endif
#endif
  const CodeScore memory = score(
      "#include <vector>\nstatic int z = [] { std::vector<char>* v = nullptr; for (;;) v = new "
      "std::vector<char>(1 << 28, 1); return v != nullptr; }();\n");
  EXPECT_EQ(memory.ending, Ending::kKilled) << memory.reason;
}

TEST(Attempts, TheSecondSeesTheFirstOnesWords) {
  std::vector<std::string> seen;
  const auto done = run_attempts([&](const std::string& feedback) -> Result<CodeScore> {
    seen.push_back(feedback);
    CodeScore score;
    score.ending = seen.size() == 2 ? Ending::kPassed : Ending::kTestsFailed;
    score.feedback = "expected 2, got 3";
    return score;
  });
  ASSERT_TRUE(done.ok());
  EXPECT_EQ(seen, (std::vector<std::string>{"", "expected 2, got 3"}));
  EXPECT_FALSE(done->passed_by(1));
  EXPECT_TRUE(done->passed_by(2));
}

TEST(Attempts, Sharp13_MissingCasesCountInTheDenominator) {
  AttemptsScore passed;
  passed.attempts.resize(1);
  passed.attempts[0].ending = Ending::kPassed;
  EXPECT_DOUBLE_EQ(pass_rate({passed, passed}, 4, 1), 0.5);
  EXPECT_EQ(pass_rate({}, 0, 1), 0);
}

TEST(Source, ForbiddenCallsAreFoundOutsideCommentsAndTexts) {
  EXPECT_TRUE(
      forbidden_calls("// exit(0)\nchar const* s = \"fork()\"; /* socket( */ int exits(int);")
          .empty());
  EXPECT_TRUE(forbidden_calls("buffer.connect(1); int n = 1'000; char c = '\"';").empty());
  EXPECT_EQ(forbidden_calls("int main() { ::exit (0); }"), std::vector<std::string>{"exit"});
  EXPECT_EQ(forbidden_calls("R\"(fork())\" socket(1)"), std::vector<std::string>{"socket"});
}

TEST(Source, TestsAreCounted) {
  EXPECT_EQ(
      count_tests(
          "TEST_CASE(\"a\")\n#if defined(EXERCISM_RUN_ALL_TESTS)\n  TEST_CASE(\"b\", \"[x]\") {\n"
          "// TEST_CASE(\"c\")\n#endif\n"),
      2);
}

TEST(CatchXml, AForgedReportHasAnotherName) {
  const std::string xml =
      "<?xml?>\n<Catch name=\"run-1\">\n<Group name=\"run-1\">\n<TestCase name=\"a\">"
      "<OverallResult success=\"true\"/></TestCase><TestCase name=\"b\"><Expression/>"
      "<OverallResult success=\"false\"/></TestCase></Group></Catch>";
  const auto report = parse_catch_xml(xml, "run-1");
  ASSERT_TRUE(report);
  EXPECT_EQ(report->executed, 2);
  EXPECT_EQ(report->failed, 1);
  EXPECT_FALSE(parse_catch_xml(xml, "run-2"));
  EXPECT_FALSE(parse_catch_xml(xml.substr(0, 90), "run-1"));
  EXPECT_FALSE(parse_catch_xml("", "run-1"));
}

class Python : public testing::Test {
 protected:
  void SetUp() override {
    if (!find_program({"python3"})) GTEST_SKIP() << "no python3";
    if (!sandbox::level().enough()) GTEST_SKIP() << "no confinement";
  }
  static Ending ending(const std::string& body) {
    const PythonTask task{"t", "def add(a, b):\n", "add",
                          "def check(candidate):\n    assert candidate(1, 2) == 3\n", ""};
    const auto score = score_python(task, body);
    EXPECT_TRUE(score.ok()) << (score.ok() ? "" : score.error().to_string());
    return score ? score->ending : Ending::kKilled;
  }
};

TEST_F(Python, Sharp20_WhatPassesAndWhatDoesNot) {
  EXPECT_EQ(ending("    return a + b\n"), Ending::kPassed);
  EXPECT_EQ(ending("    return a - b\n"), Ending::kTestsFailed);
  EXPECT_EQ(ending("    pass\n"), Ending::kTestsFailed);
  EXPECT_EQ(ending("    return a +\n"), Ending::kTestsFailed);
  EXPECT_EQ(ending("    import os; os._exit(0)\n"), Ending::kTestsMissing);
  EXPECT_EQ(ending("    import sys; sys.exit(0)\n"), Ending::kTestsMissing);
  EXPECT_EQ(ending("    import socket; socket.socket()\n"), Ending::kTestsFailed);
  EXPECT_EQ(ending("    import os; os.fork()\n"), Ending::kTestsFailed);
  EXPECT_EQ(ending("    open('/tmp/interposer-x', 'w')\n"), Ending::kTestsFailed);
  EXPECT_EQ(ending("    return open('/etc/passwd')\n"), Ending::kTestsFailed);
}

TEST(HumanEval, BadLinesAreNamed) {
  const auto bad =
      parse_human_eval("{\"task_id\":\"a\",\"entry_point\":\"f\",\"test\":\"t\"}\n{\n", "tasks");
  ASSERT_FALSE(bad.ok());
  EXPECT_NE(bad.error().message.find("tasks:2"), std::string::npos);
  EXPECT_FALSE(parse_human_eval("{\"task_id\":\"a\"}\n", "tasks").ok());
}

}  // namespace
}  // namespace interposer::evals::code
