#include "evals/scorers/extraction.h"

#include <gtest/gtest.h>

#include <cmath>

#include "evals/scorers/answer.h"
#include "evals/scorers/ifeval.h"
#include "evals/scorers/ifeval_case.h"
#include "evals/scorers/likelihood.h"

namespace interposer::evals {
namespace {

TEST(Extraction, Sharp14_UnfinishedThinkingNeverReachesTheExtractor) {
  EXPECT_EQ(answer_part("<think>7, no 8</think>\nIt is 9."), "\nIt is 9.");
  EXPECT_EQ(answer_part("It is 9."), "It is 9.");
  EXPECT_EQ(answer_part("7</think> 9"), " 9");  // templates that open it for the model
  EXPECT_FALSE(answer_part("<think>it must be 42"));
  EXPECT_FALSE(answer_part("<think>a</think>b<think>it must be 42"));
  EXPECT_EQ(answer_part("<think></think>"), "");
}

TEST(Extraction, FirstAndLastAndGroups) {
  const Extractor first{"a", R"((-?\d+))", Pick::kFirst}, last{"a", R"((-?\d+))", Pick::kLast};
  EXPECT_EQ(extract(first, "3 then -14"), "3");
  EXPECT_EQ(extract(last, "3 then -14"), "-14");
  EXPECT_FALSE(extract(first, "none"));
  EXPECT_EQ(extract({"b", "x(a)?|y(b)", Pick::kLast}, "x yb"), "b");  // the group that took part
  EXPECT_EQ(extract({"c", R"((?<=answer is )\w+)", Pick::kFirst}, "the answer is Yes."), "Yes");
  EXPECT_FALSE(check_extractor({"d", "(", Pick::kFirst}).ok());
  EXPECT_FALSE(extract({"d", "(", Pick::kFirst}, "("));
  // Exponential backtracking ends, with no answer.
  EXPECT_FALSE(extract({"e", "(x+x+)+y", Pick::kFirst}, std::string(5000, 'x')));
}

TEST(Extraction, Sharp04_DisagreementIsSaid) {
  const std::vector<std::string> responses{"#### 5", "So 7 it is.", "#### 9", "none"};
  const std::vector<std::string> golds{"5", "7", "8", "1"};
  const auto found = compare_extractors(responses, golds, gsm8k_strict, gsm8k_flexible,
                                        [](auto a, auto b) { return gsm8k_clean(a) == b; });
  EXPECT_EQ(found.strict_right, 1);
  EXPECT_EQ(found.flexible_right, 2);
  EXPECT_EQ(found.strict_none, 2);
  EXPECT_EQ(found.disagree, 1);
  EXPECT_EQ(found.sentence(), "extractors disagree on 25.0 % (strict 1, flexible 2 of 4)");
  EXPECT_GE(found.share(), kDisagreementShown);
}

TEST(Likelihood, EachNormalisationHasItsWinner) {
  const std::vector<Choice> choices{{"ab", -2.0, -1.0, false},
                                    {"abcdefgh", -5.0, -8.0, false},
                                    {"\u00e9\u00e9\u00e9", -4.0, -4.0, true}};
  const auto score = score_choices(choices, 0);
  ASSERT_TRUE(score);
  EXPECT_EQ(score->picked, 0U);
  EXPECT_EQ(score->acc, 1);
  EXPECT_EQ(score->acc_norm, 0);          // -1, -.625, -1.33 by character
  EXPECT_EQ(score->acc_bytes, 0);         // -1, -.625, -.667 by byte
  EXPECT_EQ(*score->acc_mutual_info, 0);  // -1, 3, 0
  EXPECT_EQ(score_choices(choices, 2)->exact_match, 1);
  EXPECT_NEAR(score->probability, 1 / (1 + std::exp(-3.0) + std::exp(-2.0)), 1e-12);
  EXPECT_FALSE(score_choices(choices, 3));
  EXPECT_FALSE(score_choices({}, 0));
  const std::vector<Choice> broken{{"a", std::nan(""), {}, false}};
  EXPECT_FALSE(score_choices(broken, 0));
  const std::vector<Choice> tie{{"a", -1, {}, false}, {"b", -1, {}, false}};
  EXPECT_EQ(score_choices(tie, 0)->acc, 1);  // the first of equals
  EXPECT_FALSE(score_choices(tie, 0)->acc_mutual_info);
}

TEST(Likelihood, PerplexityIsOfTheCorpus) {
  const std::vector<Rolled> documents{rolled("two words", -2.0), rolled("one", -4.0)};
  EXPECT_EQ(documents[0].words, 2);
  EXPECT_EQ(documents[1].bytes, 3);
  EXPECT_DOUBLE_EQ(word_perplexity(documents), std::exp(2.0));
  EXPECT_DOUBLE_EQ(byte_perplexity(documents), std::exp(0.5));
  EXPECT_DOUBLE_EQ(bits_per_byte(documents), 0.5 / std::log(2.0));
  EXPECT_EQ(rolled(" a ", 0).words, 3);  // re.split gives empty ends
}

TEST(Ifeval, CapitalsAreCountedAsNltkCutsThem) {
  EXPECT_EQ(count_capital_words(U"NASA and ESA's U.S. plan"), 3);
  EXPECT_EQ(count_capital_words(U"I'M HERE, OK?"), 4);  // I, 'M, HERE, OK
  EXPECT_EQ(count_capital_words(U"GPT-4 is A1 (B)"), 3);
  EXPECT_EQ(count_capital_words(U"none 123"), 0);
  EXPECT_TRUE(is_upper(U"ABC 1!"));
  EXPECT_FALSE(is_upper(U"123"));
  EXPECT_FALSE(is_upper(U"ABc"));
  EXPECT_TRUE(is_lower(U"abc 1"));
}

TEST(Ifeval, OnlyASureVerdictIsGiven) {
  const InstructionArguments none;
  EXPECT_EQ(follows_strict("change_case:english_lowercase", none, "Not all lower"), false);
  EXPECT_EQ(follows_strict("change_case:english_lowercase", none, "all lower"), std::nullopt);
  EXPECT_EQ(follows_loose("change_case:english_capital", none, "ALL CAPITALS"), std::nullopt);
  EXPECT_EQ(follows_loose("change_case:english_capital", none, ""), false);
  EXPECT_EQ(follows_strict("language:response_language", none, "x"), std::nullopt);
}

}  // namespace
}  // namespace interposer::evals
