// Where the personalities part, by small files (evaluation.md 5.7, tests 1 and 2), and what bad
// input says.
#include "evals/trec/command.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>

#include "evals/trec/evaluate.h"

namespace interposer::evals::trec {
namespace {

namespace fs = std::filesystem;

class Command : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("trec_test_" + std::to_string(::getpid()));
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::string write(const std::string& name, const std::string& text) {
    std::ofstream(folder_ / name) << text;
    return (folder_ / name).string();
  }

  // The printed value of a measure for `topic`; empty when it isn't printed.
  static std::string value(const CommandResult& result, const std::string& name,
                           const std::string& topic = "all") {
    std::string padded = name;
    padded.resize(std::max<std::size_t>(name.size(), 22), ' ');
    const std::string start = padded + "\t" + topic + "\t";
    const std::size_t at = result.output.find(start);
    if (at == std::string::npos) return {};
    const std::size_t from = at + start.size();
    return result.output.substr(from, result.output.find('\n', from) - from);
  }

  fs::path folder_;
};

TEST_F(Command, Sharp01_ScoresThatDifferBeyondFloatAreTiesInTrec9) {
  const std::string qrels = write("q", "1 0 a 1\n");
  const std::string run = write("r", "1 Q0 a 1 10.12345678 x\n1 Q0 b 2 10.12345670 x\n");
  EXPECT_EQ(value(run_command({"--as", "9", qrels, run}), "recip_rank"), "0.5000");
  EXPECT_EQ(value(run_command({"--as", "10", qrels, run}), "recip_rank"), "1.0000");
}

TEST_F(Command, Sharp01_TiesFallByDescendingDocument) {  // trec_eval issue 22
  const std::string run_a = write("ra", "1 Q0 z 1 1.0 x\n1 Q0 b 2 1.0 x\n");
  const std::string run_b = write("rb", "1 Q0 a 1 1.0 x\n1 Q0 b 2 1.0 x\n");
  const std::string qrels = write("q", "1 0 z 1\n1 0 a 0\n");
  EXPECT_EQ(value(run_command({"-m", "ndcg", qrels, run_a}), "ndcg"), "1.0000");
  EXPECT_EQ(value(run_command({"-m", "ndcg", write("q2", "1 0 a 1\n"), run_b}), "ndcg"), "0.6309");
}

TEST_F(Command, Sharp02_TopicsThatTheRunLacks) {
  const std::string qrels = write("q", "1 0 a 1\n2 0 a 1\n3 0 a 1\n");
  const std::string run = write("r", "1 Q0 b 1 2 x\n1 Q0 a 2 1 x\n3 Q0 a 1 1 x\n9 Q0 a 1 1 x\n");
  EXPECT_EQ(value(run_command({"--as", "9", qrels, run}), "map"), "0.7500");
  EXPECT_EQ(value(run_command({"--as", "9", "-c", qrels, run}), "map"), "0.5000");
  EXPECT_EQ(value(run_command({"--as", "9", "-c", qrels, run}), "num_rel"), "3");
  EXPECT_EQ(value(run_command({"--as", "10", "-c", qrels, run}), "map"), "0.5000");
  const CommandResult refused = run_command({"--as", "10", "-q", qrels, run});
  EXPECT_EQ(refused.exit_status, 4);
  EXPECT_EQ(value(refused, "map", "1"), "0.5000");  // what came before is printed
  EXPECT_EQ(value(refused, "map"), "");
  EXPECT_NE(refused.error.find("topic '2'"), std::string::npos) << refused.error;
}

TEST_F(Command, Sharp02_NegativeGradesAreUnjudged) {
  const std::string qrels = write("q", "1 0 a 1\n1 0 b 1\n1 0 c 0\n1 0 d 0\n1 0 e -1\n");
  const std::string run =
      write("r", "1 Q0 e 1 5 x\n1 Q0 a 2 4 x\n1 Q0 c 3 3 x\n1 Q0 d 4 2 x\n1 Q0 b 5 1 x\n");
  EXPECT_EQ(value(run_command({"-m", "bpref", qrels, run}), "bpref"), "0.5000");
}

TEST_F(Command, BeirDropsTheTopicsOwnDocument) {
  const std::string qrels = write("q", "7 0 a 1\n");
  const std::string run = write("r", "7 Q0 7 1 9 x\n7 Q0 a 2 8 x\n");
  EXPECT_EQ(value(run_command({"--as", "beir", qrels, run}), "recip_rank"), "1.0000");
  EXPECT_EQ(value(run_command({"--as", "9", qrels, run}), "recip_rank"), "0.5000");
}

TEST_F(Command, CommentsAreTheTenthsOnly) {
  const std::string qrels = write("q", "# who judged\n1 0 a 1\n");
  const std::string run = write("r", "1 Q0 a 1 1 x\n");
  EXPECT_EQ(run_command({"--as", "10", qrels, run}).exit_status, 0);
  EXPECT_EQ(run_command({"--as", "9", "-R", "qrels", write("q3", "# a b c d\n"), run}).exit_status,
            2);
}

TEST_F(Command, BadInputNamesThePlace) {
  const std::string qrels = write("q", "1 0 a 1\n");
  const std::string run = write("r", "1 Q0 a 1 1 x\n");
  const auto says = [](const CommandResult& result, int status, const std::string& text) {
    EXPECT_EQ(result.exit_status, status);
    EXPECT_NE(result.error.find(text), std::string::npos) << result.error;
  };
  says(run_command({qrels, write("r1", "1 Q0 a 1 1 x\n1 Q0 b 2 high x\n")}), 2,
       "r1:2: the score 'high'");
  says(run_command({qrels, write("r2", "1 Q0 a 1 nan x\n")}), 2, "is not a number");
  says(run_command({qrels, write("r3", "1 Q0 a 1 1\n")}), 2, "r3:1: fewer than the six fields");
  says(run_command({qrels, write("r4", "1 Q0 a 1 2 x\n1 Q0 a 2 1 x\n")}), 4, "retrieved twice");
  says(run_command({write("q1", "1 0 a 1\n1 0 a 0\n"), run}), 2, "judged twice");
  says(run_command({write("q2", "1 0 a good\n"), run}), 2, "q2:1: 'good' is not a grade");
  says(run_command({write("q4", "1 0 a\n"), run}), 2, "not the four fields");
  says(run_command({write("q5", "2 0 a 1\n"), run, "--as", "9"}), 7, "no topic has both");
  says(run_command({qrels, (folder_ / "nowhere").string()}), 2, "nowhere");
  says(run_command({"-m", "ncdg_cut", qrels, run}), 1, "ndcg_cut");
  says(run_command({"-m", "P.0", qrels, run}), 1, "positive cuts");
  says(run_command({"-m", "prefs_simp", qrels, run}), 1, "-R");
  says(run_command({"-x", qrels, run}), 1, "-x");
  says(run_command({"-m"}), 1, "wants a value");
  says(run_command({"--as", "8", qrels, run}), 1, "9, 10 or beir");
}

TEST_F(Command, ContradictoryPreferencesAreRefused) {
  const std::string prefs =
      write("p", "1 g s1 a 2\n1 g s1 b 1\n1 g s2 b 2\n1 g s2 c 1\n1 g s3 c 2\n1 g s3 a 1\n");
  const CommandResult result =
      run_command({"-R", "prefs", "-m", "all_prefs", prefs, write("r", "1 Q0 a 1 1 x\n")});
  EXPECT_EQ(result.exit_status, 4);
  EXPECT_NE(result.error.find("contradict"), std::string::npos) << result.error;
}

TEST_F(Command, EmptyFiles) {
  const std::string empty = write("e", "");
  EXPECT_EQ(run_command({empty, empty}).exit_status, 7);
}

// Shuffled lines and other ranks in the file change no byte of the output.
TEST_F(Command, OrderOfLinesIsNothing) {
  std::mt19937 random(5);
  std::vector<std::string> lines;
  std::string qrels;
  for (int topic = 1; topic <= 5; ++topic) {
    for (int doc = 0; doc < 60; ++doc) {
      lines.push_back(std::to_string(topic) + " Q0 d" + std::to_string(doc) + " 0 " +
                      std::to_string(random() % 20) + " x\n");
      if (doc % 3 == 0) {
        qrels += std::to_string(topic) + " 0 d" + std::to_string(doc) + " " +
                 std::to_string(random() % 4) + "\n";
      }
    }
  }
  const auto joined = [&] {
    std::string text;
    for (const std::string& line : lines) text += line;
    return text;
  };
  const std::string judgments = write("q", qrels);
  const CommandResult before =
      run_command({"-q", "-m", "all_trec", judgments, write("r", joined())});
  std::shuffle(lines.begin(), lines.end(), random);
  const CommandResult after =
      run_command({"-q", "-m", "all_trec", judgments, write("r", joined())});
  EXPECT_EQ(before.exit_status, 0) << before.error;
  EXPECT_EQ(before.output, after.output);
  EXPECT_GT(before.output.size(), 10'000U);
}

// The parser's short way and the library's conversion agree to the last bit.
TEST_F(Command, ScoresAreReadAsStrtodReadsThem) {
  std::mt19937_64 random(11);
  std::string text;
  std::vector<std::string> scores{"0",
                                  "-0.0",
                                  "5.",
                                  ".5",
                                  "+2.25",
                                  "1e3",
                                  "-1.5E-3",
                                  "inf",
                                  "1e999",
                                  "123456789012345",
                                  "0.123456789012345678",
                                  "9007199254740993"};
  for (int i = 0; i < 20'000; ++i) {
    std::string digits = std::to_string(random() % 1'000'000'000'000'000'000ULL >> (random() % 50));
    digits.insert(random() % (digits.size() + 1), ".");
    scores.push_back((random() % 2 == 0 ? "-" : "") + digits);
  }
  for (const std::string& score : scores) text += "1 Q0 d 0 " + score + " x\n";
  const auto run = parse_run(text, "run", Personality::kTrec10);
  ASSERT_TRUE(run.ok()) << run.error().message;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    EXPECT_EQ(run->topics[0].docs[i].score, std::strtod(scores[i].c_str(), nullptr)) << scores[i];
  }
}

}  // namespace
}  // namespace interposer::evals::trec
