#include "evals/scorers/answer.h"

#include <gtest/gtest.h>

#include "evals/read/files.h"
#include "evals/scorers/ifeval.h"

namespace interposer::evals {
namespace {

TEST(Answer, StrictWantsTheMarker) {
  EXPECT_EQ(gsm8k_strict("so 3+4\n#### 7.\nor #### 8"), "7.");
  EXPECT_EQ(gsm8k_strict("#### -1,200 eggs"), "-1,200");
  EXPECT_EQ(gsm8k_strict("#### none, #### 5"), "5");
  EXPECT_EQ(gsm8k_strict("the answer is 7"), std::nullopt);
}

TEST(Answer, FlexibleTakesTheLastNumber) {
  EXPECT_EQ(gsm8k_flexible("9 * $2 = $18 every day."), "$18");
  EXPECT_EQ(gsm8k_flexible("it is 7"), "7");
  EXPECT_EQ(gsm8k_flexible("from 5 to -3"), "-3");
  EXPECT_EQ(gsm8k_flexible("so 1,000.5."), "1,000.5.");
  EXPECT_EQ(gsm8k_flexible("no number, ever."), std::nullopt);
  EXPECT_EQ(gsm8k_clean("$1,000."), "1000");
  EXPECT_EQ(gsm8k_clean("3 * 4\n#### 12"), "12");
}

TEST(Answer, NumbersAreEqualByValue) {
  EXPECT_TRUE(equal_as_numbers("3.0", "3"));
  EXPECT_TRUE(equal_as_numbers("1,000", "1000"));
  EXPECT_FALSE(equal_as_numbers("3 eggs", "3"));
  EXPECT_TRUE(equal_as_numbers(" yes", "yes "));
  EXPECT_EQ(answer_after_label("A: 3\nso\nA: 4"), "4");
  EXPECT_EQ(answer_after_label("4"), std::nullopt);
}

TEST(Answer, BbhStopsAtTheLine) {
  EXPECT_EQ(bbh_answer("Thus. So the answer is (B).\n\nQ: next"), "(B)");
  EXPECT_EQ(bbh_answer(" False\n"), "False");
}

TEST(Ifeval, LooseForgivesWrapping) {
  InstructionArguments end;
  end.text = "Is there anything else?";
  const std::string response = "Sure, here it is:\nText. Is there anything else?\n**Bye**";
  EXPECT_EQ(follows_strict("en:startend:end_checker", end, response), false);
  EXPECT_EQ(follows_loose("en:startend:end_checker", end, response), true);
  EXPECT_EQ(follows_strict("startend:end_checker", end, ""), false);
  EXPECT_EQ(follows_strict("en:language:response_language", {}, response), std::nullopt);
}

TEST(Csv, QuotesHoldEverything) {
  const auto csv = parse_csv("a,b\r\n\"x,\n\"\"y\"\"\",2\n,\n", "f.csv");
  ASSERT_TRUE(csv.ok());
  ASSERT_EQ(csv->rows.size(), 2U);
  EXPECT_EQ(csv->rows[0][0], "x,\n\"y\"");
  EXPECT_EQ(csv->rows[1][1], "");
  EXPECT_EQ(csv->column("b"), 1U);
  EXPECT_EQ(csv->column("c"), 2U);
}

TEST(Csv, FaultsNameTheLine) {
  const auto fault = [](std::string_view text) {
    const auto csv = parse_csv(text, "f.csv");
    return csv.ok() ? std::string() : csv.error().message;
  };
  EXPECT_NE(fault("a,b\n\"x\ny\",2\n1\n").find("f.csv:4: 1 fields"), std::string::npos);
  EXPECT_NE(fault("a,b\n\"x,2\n").find("f.csv:2: a quoted field has no end"), std::string::npos);
  EXPECT_NE(fault("a\n\"x\"y\n").find("text after"), std::string::npos);
  EXPECT_NE(fault("").find("no header"), std::string::npos);
}

}  // namespace
}  // namespace interposer::evals
