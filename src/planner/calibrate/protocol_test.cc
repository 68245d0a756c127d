// Which rows count (reference 5.1), the reader's errors, the folds, and sharp test 5.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <numeric>
#include <set>

#include "planner/calibrate/csv.h"
#include "planner/calibrate/study.h"
#include "planner/calibrate/testing.h"

namespace interposer::planner {
namespace {

constexpr const char* kHeader =
    "silicon_data_source,backend,backend_version,model_path,system,precision,mode,isl,osl,"
    "gemm_quant_mode,batch_size,tp_size,attention_dp_size,moe_ep_size,silicon_ttft_ms,"
    "silicon_tpot_ms\n";

std::string line(const char* model, const char* batch, const char* ttft, const char* tpot,
                 const char* version = "1.0", const char* mode = "agg") {
  return fmt::format(
      "\"dump; silicon_concurrency=4\",vllm,{},{},h200_sxm,fp8,{},1024,1024,fp8,{},"
      "8,1,1,{},{}\n",
      version, model, mode, batch, ttft, tpot);
}

TEST(Csv, QuotesAndErrorsWithTheirLine) {
  const auto table = CsvTable::parse("a,b\n\"x,\"\"y\"\"\n\",1\r\n,2.5", "t.csv", 10);
  ASSERT_TRUE(table.ok());
  ASSERT_EQ(table->size(), 2u);
  EXPECT_EQ(table->text(0, 0), "x,\"y\"\n");
  EXPECT_EQ(*table->number(1, 1), 2.5);
  EXPECT_EQ(table->line(1), 4u);
  EXPECT_NE(table->number(0, 0).error().message.find("t.csv: line 2: column 'a'"),
            std::string::npos);
  EXPECT_NE(CsvTable::parse("a,b\n1\n", "t.csv", 10).error().message.find("line 2: 1 fields"),
            std::string::npos);
  EXPECT_NE(CsvTable::parse("a\n\"x\n", "t.csv", 10).error().message.find("quote"),
            std::string::npos);
  EXPECT_FALSE(CsvTable::parse("", "t.csv", 10).ok());
  EXPECT_EQ(CsvTable::parse("a\n1\n2\n", "t.csv", 1).error().code, Code::kTooLarge);
}

TEST(Protocol, OneMeasurementHoweverOftenTheDumpsRepeatIt) {
  const auto sample = read_silicon_sample(
      kHeader + line("deepseek-ai/DeepSeek-R1", "4", "100", "10.001", "") +
          line("deepseek-ai/DeepSeek-V3", "4", "100", "10.0012", "0.19.0") +
          line("deepseek-ai/DeepSeek-R1", "4", "100", "10.1") +
          line("deepseek-ai/DeepSeek-R1", "8", "100", "10.001") +
          line("deepseek-ai/DeepSeek-R1", "8", "100", "10.001", "1.0", "disagg"),
      "s.csv");
  ASSERT_TRUE(sample.ok()) << sample.error().message;
  EXPECT_EQ(sample->lines, 5u);
  EXPECT_EQ(sample->usable_lines, 4u);
  ASSERT_EQ(sample->rows.size(), 3u);
  EXPECT_EQ(sample->rows[0].architecture, "deepseek");
  EXPECT_EQ(sample->rows[0].version, "0.19.0");
}

TEST(Protocol, AQueuedRowIsNamed) {
  const auto sample = read_silicon_sample(
      kHeader + line("a/B", "4", "9000", "10") + line("a/B", "4", "900", "10.2"), "s.csv");
  ASSERT_TRUE(sample.ok());
  EXPECT_EQ(sample->excluded[0], Excluded::kQueued);
  EXPECT_EQ(sample->excluded[1], Excluded::kNo);
  EXPECT_EQ(sample->clean().size(), 1u);
  EXPECT_EQ(sample->config_rule().size(), 2u);
}

TEST(Protocol, BadRowsAreErrorsWithFileLineAndColumn) {
  const auto word = read_silicon_sample(kHeader + line("a/B", "four", "1", "1"), "s.csv");
  ASSERT_FALSE(word.ok());
  EXPECT_NE(word.error().message.find("s.csv: line 2: column 'batch_size': 'four'"),
            std::string::npos);
  const auto negative = read_silicon_sample(kHeader + line("a/B", "4", "-1", "1"), "s.csv");
  ASSERT_FALSE(negative.ok());
  EXPECT_NE(negative.error().message.find("line 2"), std::string::npos);
  const auto column = read_silicon_sample("a,b\n1,2\n", "s.csv");
  ASSERT_FALSE(column.ok());
  EXPECT_NE(column.error().message.find("no column 'silicon_data_source'"), std::string::npos);
}

TEST(Protocol, FoldsAreTheSameEverywhere) {
  std::set<std::size_t> seen;
  for (int i = 0; i < 50; ++i) seen.insert(fold_of(10, fmt::format("group {}", i), 5));
  EXPECT_EQ(seen.size(), 5u);
  EXPECT_EQ(fold_of(10, "deepseek|h200_sxm|sglang|fp8|8", 5),
            fold_of(10, "deepseek|h200_sxm|sglang|fp8|8", 5));
}

struct Measured {
  SiliconSample sample;
  Shapes shapes;
  Design tpot;
};
const Measured* measured() {
  static const Measured* const kMeasured = []() -> const Measured* {
    const std::string dir = measured_data_dir();
    if (dir.empty()) return nullptr;
    auto* m = new Measured;
    m->sample = *load_silicon_sample(dir + "/silicon_sample.csv");
    m->shapes = *load_measured_shapes(dir + "/model_configs");
    m->tpot = *make_design(m->sample, m->shapes, Target::kTpot);
    return m;
  }();
  return kMeasured;
}

TEST(ProtocolOnData, TheCountsOfThePinnedProtocol) {
  if (measured() == nullptr) GTEST_SKIP() << "the measured rows are not on this machine";
  const SiliconSample& s = measured()->sample;
  EXPECT_EQ(s.lines, 5221u);
  EXPECT_EQ(s.usable_lines, 3138u);
  EXPECT_EQ(s.rows.size(), 2535u);
  EXPECT_EQ(s.count[static_cast<std::size_t>(Excluded::kGb200)], 22u);
  EXPECT_EQ(s.count[static_cast<std::size_t>(Excluded::kDoesNotFit)], 13u);
  EXPECT_EQ(s.count[static_cast<std::size_t>(Excluded::kImplausible)], 38u);
  EXPECT_EQ(s.count[static_cast<std::size_t>(Excluded::kQueued)], 37u);
  EXPECT_EQ(s.clean().size(), 2425u);
  EXPECT_EQ(s.config_rule().size(), 2500u);
}

TEST(StudyOnData, ThreadsDoNotChangeABit) {
  if (measured() == nullptr) GTEST_SKIP() << "the measured rows are not on this machine";
  std::vector<std::size_t> row = measured()->sample.clean();
  std::vector<std::size_t> few;
  for (std::size_t i = 0; i < row.size(); i += 16) few.push_back(row[i]);
  const auto folds = group_folds(measured()->sample, few, 3, 3);
  const HeldOut one =
      hold_out(measured()->tpot, few, folds, {.threads = 1, .folds = 3, .progress = {}});
  const HeldOut two =
      hold_out(measured()->tpot, few, folds, {.threads = 2, .folds = 3, .progress = {}});
  for (std::size_t k = 0; k < few.size(); ++k) {
    EXPECT_EQ(one.estimate[k].log_ms, two.estimate[k].log_ms);
    EXPECT_EQ(one.estimate[k].sd, two.estimate[k].sd);
  }
}

// What the sanitized suite has of it: on every fourth row the back-off still beats the plain model.
TEST(StudyOnData, TheModelBeatsThePlainOneOnAQuarterOfTheRows) {
  if (measured() == nullptr) GTEST_SKIP() << "the measured rows are not on this machine";
  const std::vector<std::size_t> row = measured()->sample.clean();
  std::vector<std::size_t> few;
  for (std::size_t i = 0; i < row.size(); i += 4) few.push_back(row[i]);
  const HeldOut held = hold_out(measured()->tpot, few, group_folds(measured()->sample, few, 10, 3),
                                {.threads = 2, .folds = 3, .progress = {}});
  EXPECT_GT(held.plain_score(measured()->tpot).mean, held.step_score(measured()->tpot).mean);
}

// Sharp test 5 on one seed, a gate on the median; the mean moves by 2 points from seed to seed, and
// its target (9.5) is about ten of them: bench/run planner prints those.
TEST(StudyOnData, SharpTest5GroupedFoldsOfOneSeed) {
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
  GTEST_SKIP()
      << "a minute without, a quarter of an hour with a sanitizer: run it in the dev preset";
#endif
#endif
  if (measured() == nullptr) GTEST_SKIP() << "the measured rows are not on this machine";
  const auto row = measured()->sample.clean();
  const HeldOut held =
      hold_out(measured()->tpot, row, group_folds(measured()->sample, row, 10, 5), {});
  const Score all = held.step_score(measured()->tpot);
  EXPECT_EQ(all.n, 2425u);
  EXPECT_LE(all.mean, 11);
  EXPECT_LE(all.median, 5.5);
  EXPECT_GT(held.plain_score(measured()->tpot).mean, all.mean);
}

}  // namespace
}  // namespace interposer::planner
