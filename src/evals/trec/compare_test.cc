#include "evals/trec/compare.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace interposer::evals::trec {
namespace {

namespace fs = std::filesystem;

class Compare : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("trec_compare_" + std::to_string(::getpid()));
    fs::create_directories(folder_);
    std::string qrels, a, b;
    for (int topic = 1; topic <= 12; ++topic) {
      const std::string t = std::to_string(topic);
      qrels += t + " 0 right 1\n" + t + " 0 other 1\n";
      a += t + " Q0 wrong 1 2 a\n" + t + " Q0 right 2 1 a\n";
      b += t + " Q0 right 1 2 b\n" + t + " Q0 wrong 2 1 b\n";
    }
    qrels_ = write("q", qrels);
    a_ = write("a", a);
    b_ = write("b", b + "99 Q0 right 1 1 b\n");
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::string write(const std::string& name, const std::string& text) {
    std::ofstream(folder_ / name) << text;
    return (folder_ / name).string();
  }

  fs::path folder_;
  std::string qrels_, a_, b_;
};

TEST_F(Compare, EveryTopicBetterIsBetter) {
  const auto done = run_command({"compare", "-m", "recip_rank", qrels_, a_, b_});
  ASSERT_EQ(done.exit_status, 0) << done.error;
  EXPECT_NE(done.output.find("0.5000   1.0000  +0.5000"), std::string::npos) << done.output;
  EXPECT_NE(done.output.find("better\n"), std::string::npos) << done.output;
  const auto back = run_command({"compare", "-m", "recip_rank", qrels_, b_, a_});
  EXPECT_NE(back.output.find("worse\n"), std::string::npos) << back.output;
}

TEST_F(Compare, TheSameRunIsInconclusive) {
  const auto done = run_command({"compare", qrels_, a_, a_, "--json"});
  ASSERT_EQ(done.exit_status, 0) << done.error;
  EXPECT_NE(done.output.find("\"verdict\":\"inconclusive\""), std::string::npos) << done.output;
  EXPECT_EQ(done.output.find("\"verdict\":\"better\""), std::string::npos);
}

TEST_F(Compare, ATopicOfOneRunIsNamedOrCounts0) {
  const std::string few = write("few", "1 Q0 right 1 1 f\n2 Q0 right 1 1 f\n");
  const auto done = run_command({"compare", "-m", "recip_rank", qrels_, few, b_});
  ASSERT_EQ(done.exit_status, 0) << done.error;
  EXPECT_NE(done.output.find("2 topics"), std::string::npos) << done.output;
  EXPECT_NE(done.output.find("10 topics are in one run only"), std::string::npos) << done.output;
  const auto all = run_command({"compare", "-c", "-m", "recip_rank", qrels_, few, b_});
  EXPECT_NE(all.output.find("12 topics, paired"), std::string::npos) << all.output;
  EXPECT_NE(all.output.find("0.1667   1.0000"), std::string::npos) << all.output;
}

TEST_F(Compare, BadInputSaysWhat) {
  EXPECT_EQ(run_command({"compare", qrels_, a_}).exit_status, 1);
  EXPECT_EQ(run_command({"compare", "--rounds", "0", qrels_, a_, b_}).exit_status, 1);
  EXPECT_EQ(run_command({"compare", qrels_, a_, (folder_ / "none").string()}).exit_status, 2);
  const std::string other = write("other", "77 Q0 right 1 1 o\n");
  EXPECT_EQ(run_command({"compare", qrels_, a_, other}).exit_status, 7);
  EXPECT_EQ(run_command({"compare", "-m", "num_ret", qrels_, a_, b_}).exit_status, 1);
}

}  // namespace
}  // namespace interposer::evals::trec
