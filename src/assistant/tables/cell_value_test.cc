#include <gtest/gtest.h>

#include <random>

#include "assistant/tables/relation.h"
#include "charts/dataset.h"

namespace interposer::assistant {
namespace {

struct Case {
  const char* text;
  std::optional<double> number;
  std::vector<double> alternatives;
  bool blank;
};

TEST(CellValue, ReadsWhatTablesHold) {
  const std::vector<Case> cases = {
      {"141", 141, {}, false},
      {" 4.8 ", 4.8, {}, false},
      {"180|192", 180, {192}, false},
      {"22|13", 22, {13}, false},
      {"0.5|0.512", 0.5, {0.512}, false},
      {"1,234", 1234, {}, false},
      {"1,234,567.5", 1234567.5, {}, false},
      {"1 234", 1234, {}, false},
      {"12\u00A0345", 12345, {}, false},
      {"(1,200)", -1200, {}, false},
      {"-5", -5, {}, false},
      {"\u22125", -5, {}, false},
      {"$40", 40, {}, false},
      {"70 %", 70, {}, false},
      {"141 GB", 141, {}, false},
      {"268-288", 268, {288}, false},
      {"268\u2013288 GB", 268, {288}, false},
      {"", {}, {}, true},
      {"\u2014", {}, {}, true},
      {"n/a", {}, {}, true},
      {"0", 0, {}, false},
      {"1,23", {}, {}, false},
      {"12,3456", {}, {}, false},
      {"1.2.3", {}, {}, false},
      {"2026-08-21", {}, {}, false},
      {"mid-50 %", {}, {}, false},
      {"TSMC 4N", {}, {}, false},
      {"HBM3", {}, {}, false},
      {"A|B", {}, {}, false},
      {"5 apples", {}, {}, false},
  };
  for (const Case& c : cases) {
    const CellValue value = parse_cell(c.text);
    EXPECT_EQ(value.number, c.number) << c.text;
    EXPECT_EQ(value.alternatives, c.alternatives) << c.text;
    EXPECT_EQ(value.blank, c.blank) << c.text;
  }
}

TEST(CellValue, UnitsComeFromHeaders) {
  const std::vector<std::tuple<const char*, const char*, const char*>> cases = {
      {"memory_gb", "memory", "GB"},
      {"bandwidth_tb_s", "bandwidth", "TB/s"},
      {"Bandwidth (TB/s)", "Bandwidth", "TB/s"},
      {"power_w", "power", "W"},
      {"bf16_tflops", "bf16", "TFLOPS"},
      {"mlperf51_llama2_70b_tok_s", "mlperf51_llama2_70b", "tokens/s"},
      {"scale_up_domain", "scale_up_domain", ""},
      {"Share (%)", "Share", "%"},
      {"Weight, kg", "Weight", "kg"},
      {"board", "board", ""},
      {"Price (as reported in public)", "Price (as reported in public)", ""},
  };
  for (const auto& [header, name, unit] : cases) {
    const HeaderParts parts = split_header(header);
    EXPECT_EQ(parts.name, name);
    EXPECT_EQ(parts.unit, unit) << header;
  }
  EXPECT_EQ(column_title("bf16"), "BF16");
  EXPECT_EQ(column_title("mlperf51_llama2_70b"), "MLPerf 5.1 Llama 2 70B");
  EXPECT_EQ(column_title("SK hynix"), "SK hynix");
}

// What format_number writes, parse_cell reads back: round trip over many magnitudes.
TEST(CellValueProperty, FormattedNumbersReadBack) {
  std::mt19937 random(3);
  for (int i = 0; i < 5000; ++i) {
    const double value =
        static_cast<double>(static_cast<std::int64_t>(random() % 2'000'000'001) - 1'000'000'000) /
        100;
    const CellValue back = parse_cell(charts::format_number(value));
    ASSERT_TRUE(back.number.has_value()) << value;
    EXPECT_DOUBLE_EQ(*back.number, value);
  }
}

TEST(CellValueProperty, AnyBytesAreReadWithoutHarm) {
  std::mt19937 random(5);
  const std::string alphabet = "0123456789.,|-()$% GB\xE2\x80\x93x\0";
  for (int i = 0; i < 20000; ++i) {
    std::string text;
    for (std::size_t n = random() % 12; n > 0; --n) text += alphabet[random() % alphabet.size()];
    const CellValue value = parse_cell(text);
    EXPECT_FALSE(value.blank && value.number.has_value()) << text;
    EXPECT_TRUE(value.alternatives.empty() || value.number.has_value()) << text;
  }
}

}  // namespace
}  // namespace interposer::assistant
