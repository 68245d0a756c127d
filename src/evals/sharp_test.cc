// The sharp tests of evaluation.md 5.7 that need the shared data, by their numbers. Those without
// data stand beside their code (Sharp01, 02, 07, 10, 13, 14, 20).
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <random>

#include "evals/golden/golden.h"
#include "evals/read/files.h"
#include "evals/trec/command.h"
#include "stats/intervals.h"
#include "stats/paired.h"

namespace interposer::evals {
namespace {

namespace fs = std::filesystem;
using golden::Agreement;

class Sharp : public testing::Test {
 protected:
  void SetUp() override {
    data_ = golden::data_folder(INTERPOSER_SOURCE_DIR);
    if (data_.empty()) GTEST_SKIP() << "no test data";
  }

  Agreement check(Result<Agreement> (*set)(const fs::path&), const char* folder) {
    auto checked = set(data_ / folder);
    EXPECT_TRUE(checked.ok()) << (checked.ok() ? "" : checked.error().to_string());
    return checked ? *std::move(checked) : Agreement();
  }

  static bool notes(const Agreement& agreement, std::string_view text) {
    return std::any_of(agreement.notes.begin(), agreement.notes.end(),
                       [&](const std::string& note) { return note.find(text) != note.npos; });
  }

  std::string trec(std::vector<std::string> arguments) {
    for (std::string& word : arguments) {
      if (word.starts_with('@')) word = (data_ / "trec_eval" / word.substr(1)).string();
    }
    const trec::CommandResult done = trec::run_command(arguments);
    EXPECT_EQ(done.exit_status, 0) << done.error;
    return done.output;
  }

  fs::path data_;
};

TEST_F(Sharp, Sharp03_AllOutputsOfBothVersions) {
  const Agreement ten = check(golden::check_trec_10, "trec_eval");
  EXPECT_EQ(ten.equal, 15);
  EXPECT_EQ(ten.expected, 15);
  const Agreement nine = check(golden::check_trec_9, "trec_eval");
  EXPECT_EQ(nine.equal, 11);  // all that its suite has
  EXPECT_EQ(nine.expected, 11);
}

TEST_F(Sharp, Sharp03_Topic302Rounds) {
  const auto line = [&](const char* as) {
    const std::string out =
        trec({"--as", as, "-q", "-m", "iprec_at_recall", "@qrels.test", "@results.test"});
    const std::size_t at = out.find("iprec_at_recall_0.60  \t302\t");
    return at == out.npos ? out : out.substr(at + 27, 6);
  };
  EXPECT_EQ(line("9"), "0.1420");
  EXPECT_EQ(line("10"), "0.1528");
}

TEST_F(Sharp, Sharp04_ExtractorsDisagree) {
  const Agreement routellm = check(golden::check_routellm, "routellm");
  EXPECT_TRUE(notes(routellm, "strict 133, flexible 1130; extractors disagree on 75.6 %"));
  EXPECT_EQ(routellm.expected, 2 * 1319);
  EXPECT_EQ(routellm.known, 5);
  EXPECT_EQ(routellm.faults.size(), 5U);  // listed
  EXPECT_TRUE(routellm.unequal.empty());
}

TEST_F(Sharp, Sharp05_Gsm8kRegrade) {
  const Agreement gsm8k = check(golden::check_gsm8k, "gsm8k");
  EXPECT_EQ(gsm8k.expected, 5276);
  EXPECT_EQ(gsm8k.equal, 5276);
}

TEST_F(Sharp, Sharp07_BfclsOwnAnswersPass) {
  const Agreement answers = check(golden::check_bfcl_answers, "bfcl");
  EXPECT_EQ(answers.expected, 1258);
  EXPECT_EQ(answers.equal + answers.known, 1258);
  EXPECT_EQ(answers.known, 4);
}

TEST_F(Sharp, Sharp08_BbhAndIfeval) {
  const Agreement bbh = check(golden::check_bbh, "bbh");
  EXPECT_EQ(bbh.equal, 10);
  const Agreement strict = check(golden::check_ifeval_strict, "ifeval");
  const Agreement loose = check(golden::check_ifeval_loose, "ifeval");
  EXPECT_FALSE(strict.differs());
  EXPECT_FALSE(loose.differs());
  EXPECT_GE(strict.checked, 662);
  EXPECT_EQ(strict.expected, loose.expected);
}

TEST_F(Sharp, Sharp09_AlpacaEval) {
  const Agreement alpaca = check(golden::check_alpaca_eval, "alpaca_eval");
  EXPECT_EQ(alpaca.equal, 8);  // four means and four standard errors
}

// Pairing sees what two separate means cannot; epochs of one item are one cluster; neither the
// order of rows nor the clusters' names matter.
TEST(Paired, Sharp12_PairingClustersAndOrder) {
  std::mt19937 random(1);
  std::normal_distribution<double> noise;
  std::vector<double> a, b, difference;
  std::vector<std::uint64_t> item;
  for (std::uint64_t i = 0; i < 60; ++i) {
    const double hard = 3 * noise(random);
    for (int epoch = 0; epoch < 3; ++epoch) {
      a.push_back(hard + 0.5 * noise(random));
      b.push_back(hard + 0.3 + 0.5 * noise(random));
      difference.push_back(b.back() - a.back());
      item.push_back(i);
    }
  }
  EXPECT_LT(stats::cluster_mean(difference, item).two_sided_p(), 0.01);
  EXPECT_GT(stats::welch_t(a, b).p, 0.2);
  // Within an item the epochs share its difficulty: as if independent they look too sure.
  EXPECT_GT(stats::cluster_mean(a, item).standard_error,
            1.5 * stats::mean_estimate(a).standard_error);
  std::vector<std::size_t> order(difference.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::shuffle(order.begin(), order.end(), random);
  std::vector<double> shuffled;
  std::vector<std::uint64_t> renamed;
  for (std::size_t i : order) {
    shuffled.push_back(difference[i]);
    renamed.push_back(item[i] * 7919 + 12345);
  }
  const auto before = stats::cluster_mean(difference, item);
  const auto after = stats::cluster_mean(shuffled, renamed);
  EXPECT_NEAR(before.value, after.value, 1e-12);
  EXPECT_NEAR(before.standard_error, after.standard_error, 1e-12);
  EXPECT_NEAR(before.df, after.df, 1e-9);
}

}  // namespace
}  // namespace interposer::evals
