// The reader of measured watts, and the identities of its figures.
#include <gtest/gtest.h>

#include <cmath>

#include "planner/calibrate/energy_rows.h"
#include "planner/calibrate/report.h"
#include "planner/calibrate/testing.h"

namespace interposer::planner {
namespace {

constexpr const char* kRow = R"({"task":"gpqa","configurations":[{"max_num_seqs":8,
  "avg_batch_size":7.9,"avg_output_len":600,"output_throughput_tokens_per_sec":1000,
  "avg_power_watts":700,"model_id":"Qwen/Qwen3-14B","gpu_model":"H100","weight_precision":"fp8",
  "num_gpus":2,"expert_parallel":1}]})";

TEST(Energy, ReadsARow) {
  const auto rows = read_energy_rows(kRow, "gpqa.json");
  ASSERT_TRUE(rows.ok()) << rows.error().message;
  ASSERT_EQ(rows->size(), 1u);
  const EnergyRow& row = rows->front();
  EXPECT_DOUBLE_EQ(row.joules_per_token(), 0.7);
  EXPECT_EQ(row.group(), "Qwen3-14B|h100_sxm|fp8|2");
  EXPECT_FALSE(row.expert_parallel);
}

TEST(Energy, ErrorsNameFileRowAndField) {
  std::string bad = kRow;
  bad.replace(bad.find("\"avg_power_watts\":700"), 21, "\"avg_power_watts\":-70");
  const auto negative = read_energy_rows(bad, "gpqa.json");
  ASSERT_FALSE(negative.ok());
  EXPECT_NE(negative.error().message.find("gpqa.json: row 1: field 'avg_power_watts'"),
            std::string::npos);
  bad = kRow;
  bad.replace(bad.find("H100"), 4, "A100");
  EXPECT_FALSE(read_energy_rows(bad, "gpqa.json").ok());
  EXPECT_FALSE(read_energy_rows("[]", "gpqa.json").ok());
  EXPECT_FALSE(read_energy_rows("{", "gpqa.json").ok());
}

TEST(Energy, ReportsSayMetOrNotMet) {
  CalibrationReport report;
  report.lines = {
      {"a", "1 %", "<= 2 %", true}, {"b", "3 %", "<= 2 %", false}, {"c", "4", "", true}};
  report.tables = {{"T", {"x", "y"}, {{"1", "2"}}}};
  const std::string text = report.markdown();
  EXPECT_NE(text.find("| a | 1 % | <= 2 % | met |"), std::string::npos);
  EXPECT_NE(text.find("| b | 3 % | <= 2 % | not met |"), std::string::npos);
  EXPECT_NE(text.find("| c | 4 | - |  |"), std::string::npos);
  EXPECT_NE(report.json().find(R"({"title":"T","columns":["x","y"],"rows":[["1","2"]]})"),
            std::string::npos);
}

TEST(EnergyOnData, EveryRowHasAShapeNearItsModelsName) {
  const std::string dir = measured_data_dir();
  if (dir.empty()) GTEST_SKIP() << "the measured rows are not on this machine";
  const auto rows = load_energy_rows(dir + "/ml_energy/tasks");
  ASSERT_TRUE(rows.ok()) << rows.error().message;
  EXPECT_EQ(rows->size(), 838u);
  const auto shapes = load_energy_shapes(dir + "/model_configs", *rows);
  ASSERT_TRUE(shapes.ok()) << shapes.error().message;
  const std::pair<const char*, double> named[] = {{"Qwen3-14B", 14.8},
                                                  {"gemma-3-12b", 11.8},
                                                  {"gemma-3-27b", 27.0},
                                                  {"NVIDIA-Nemotron-Nano-9B-v2", 8.9},
                                                  {"NVIDIA-Nemotron-Nano-12B-v2", 12.3}};
  for (const auto& [name, billions] : named) {
    ASSERT_TRUE(shapes->contains(name)) << name;
    EXPECT_NEAR(shapes->at(name).total_params() / 1e9 / billions, 1, 0.05) << name;
  }
  for (const auto target : {EnergyTarget::kWattsPerGpu, EnergyTarget::kJoulesPerToken}) {
    const auto design = make_energy_design(*rows, *shapes, target);
    ASSERT_TRUE(design.ok());
    for (const double x : design->rows.x) EXPECT_TRUE(std::isfinite(x) && x >= 0);
  }
}

}  // namespace
}  // namespace interposer::planner
