// Citations, entailment, abstention, judges.
#include <gtest/gtest.h>

#include <cmath>

#include "evals/scorers/citations.h"
#include "evals/scorers/extraction.h"
#include "evals/scorers/grounding.h"
#include "evals/scorers/judge.h"

namespace interposer::evals {
namespace {

using Ids = std::vector<std::size_t>;

TEST(Citations, SentencesAndTheirMarks) {
  const auto s = split_cited(
      "The fab makes 3.5 wafers [1]. Dr. Lee, e.g. of ACME Inc. says so.[2][3] \"Quite!\" [1, 4]\n"
      "- no mark\n[2]\nU.S. output rose [12a]. End");
  ASSERT_EQ(s.size(), 6U);
  EXPECT_EQ(s[0].text, "The fab makes 3.5 wafers .");
  EXPECT_EQ(s[0].ids, (Ids{1}));
  EXPECT_EQ(s[1].ids, (Ids{2, 3}));
  EXPECT_EQ(s[2].ids, (Ids{1, 4}));
  EXPECT_EQ(s[3].ids, (Ids{2}));  // a mark on its own line belongs to what stands before
  EXPECT_EQ(s[4].malformed, 1U);
  EXPECT_EQ(s[5].text, "End");
  std::string many = "It works ";
  for (int i = 0; i < 40; ++i) many += "[1]";
  EXPECT_EQ(split_cited(many + ".")[0].ids.size(), kSentenceCitationsMax);
  EXPECT_EQ(split_cited(many + ".")[0].malformed, 8U);
  EXPECT_TRUE(split_cited("").empty());
  EXPECT_TRUE(split_cited(" [1] ").empty());
}

TEST(Citations, NumbersAreComparedByValue) {
  EXPECT_EQ(numbers_in("1,000 wafers, 3.0 nm, 12%, 007, 0.50, H100, 3rd, v2.1, 5."),
            (std::vector<std::string>{"1000", "3", "12", "7", "0.5", "5"}));
  EXPECT_EQ(numbers_in("\u20ac5, 1,2 and 10,0000"),
            (std::vector<std::string>{"5", "1", "2", "10", "0"}));
  EXPECT_TRUE(numbers_in("none").empty());
}

CitedAnswer answer(std::string text) {
  return {std::move(text),
          {"Hynix makes HBM3E in Icheon; output was 1,000 wafers a day.",
           "The plant in Dresden opened in May and employs 450 people."}};
}

TEST(Citations, ACleanAnswerIsClean) {
  const auto check = check_citations(answer(
      "In fact Hynix makes \"HBM3E in Icheon\" at 1000 wafers [1]. Dresden employs 450 [2]."));
  EXPECT_TRUE(check.clean()) << check.faults.front();
  EXPECT_EQ(check.sentences, 2);
  EXPECT_EQ(check.citations, 2);
  EXPECT_EQ(check.quotes_verbatim, 1);
  EXPECT_EQ(check.numbers, 2);
  EXPECT_GE(check.names, 2);
}

TEST(Citations, EachFaultIsNamed) {
  const auto has = [](const CitationCheck& check, std::string_view text) {
    for (const std::string& fault : check.faults) {
      if (fault.find(text) != fault.npos) return true;
    }
    return false;
  };
  EXPECT_TRUE(has(check_citations(answer("It works [3].")), "[3] is no passage"));
  EXPECT_TRUE(has(check_citations(answer("It works [0].")), "[0] is no passage"));
  EXPECT_TRUE(has(check_citations(answer("It makes 2000 wafers [1].")), "the number 2000"));
  EXPECT_TRUE(has(check_citations(answer("There Samsung leads [1].")), "the name 'samsung'"));
  EXPECT_TRUE(has(check_citations(answer("It \"makes HBM3E near Icheon\" [1].")), "not verbatim"));
  // The number stands in a passage that is not the cited one.
  EXPECT_TRUE(has(check_citations(answer("It employs 450 [1].")), "the number 450"));
}

// Passage i entails what contains the letter 'a' + i - 1, jointly everything of all of them.
Result<bool> letters(const std::string& premise, const std::string& hypothesis) {
  for (char c : hypothesis) {
    if (c >= 'a' && c <= 'z' && premise.find(c) == premise.npos) return false;
  }
  return true;
}

TEST(Alce, PrecisionAndRecall) {
  const auto quality = [](const std::string& text) {
    const auto q = citation_quality({text, {"a", "b", "ab", "c"}}, letters);
    EXPECT_TRUE(q.ok());
    EXPECT_TRUE(q->has_value());
    return q.ok() && *q ? **q : CitationQuality();
  };
  EXPECT_DOUBLE_EQ(quality("A a[1].").recall, 1);
  const auto both = quality("ab[1][2].");  // neither alone, both needed
  EXPECT_DOUBLE_EQ(both.precision, 1);
  const auto extra = quality("ab[1][3].");  // 1 entails nothing that 3 does not
  EXPECT_DOUBLE_EQ(extra.recall, 1);
  EXPECT_DOUBLE_EQ(extra.precision, 0.5);
  const auto wrong = quality("ab[4]. Xa[1].");
  EXPECT_DOUBLE_EQ(wrong.recall, 0.5);
  EXPECT_DOUBLE_EQ(wrong.precision, 0.5);
  const auto none = quality("ab.");
  EXPECT_EQ(none.recall, 0);
  EXPECT_EQ(none.precision, 0);
  const auto outside = quality("a[1][9].");  // not recalled, and not counted
  EXPECT_EQ(outside.citations, 0);
}

TEST(Alce, AJudgeThatFailsLeavesTheAnswerUnscored) {
  const auto broken = [](const std::string&, const std::string&) -> Result<bool> {
    return make_error(Code::kUnavailable, "no judge");
  };
  EXPECT_FALSE(citation_quality({"a[1].", {"a"}}, broken).ok());
  const auto empty = citation_quality({"", {"a"}}, broken);
  ASSERT_TRUE(empty.ok());
  EXPECT_FALSE(empty->has_value());
  const auto no_statement = faithfulness({}, "x", letters);
  ASSERT_TRUE(no_statement.ok());
  EXPECT_FALSE(no_statement->has_value());  // not NaN, not 0
}

TEST(Grounding, LexicalEntailment) {
  const std::string premise = "Hynix makes HBM3E memory in Icheon, 1,000 wafers a day.";
  EXPECT_TRUE(*lexical_entailment(premise, "In Icheon Hynix makes memory."));
  EXPECT_FALSE(*lexical_entailment(premise, "In Icheon Hynix makes 2,000 wafers."));
  EXPECT_FALSE(*lexical_entailment(premise, "In Icheon Samsung makes memory."));
  EXPECT_FALSE(*lexical_entailment(premise, "Something else entirely happened yesterday."));
}

TEST(Grounding, Abstention) {
  const std::vector<AbstentionRow> rows{{true, false, 1.0},
                                        {true, false, 0.0},
                                        {true, true, {}},
                                        {false, true, {}},
                                        {false, false, 1.0}};
  const auto q = abstention_quality(rows);
  EXPECT_EQ(q.unsupported, 1);
  EXPECT_DOUBLE_EQ(*q.precision, 0.5);
  EXPECT_DOUBLE_EQ(*q.recall, 0.5);
  EXPECT_DOUBLE_EQ(*q.coverage, 2.0 / 3);
  EXPECT_DOUBLE_EQ(*q.answered_score, 0.5);
  EXPECT_FALSE(abstention_quality({}).precision);
}

TEST(Judge, NonsenseIsNoVerdict) {
  EXPECT_EQ(parse_preference(R"(I think {"reason": "x", "choice": "B"})"), Preference::kSecond);
  EXPECT_EQ(parse_preference("so: [[C]]"), Preference::kTie);
  EXPECT_EQ(parse_preference("[[A]] no, [[B]]"), Preference::kSecond);
  for (const char* text :
       {"", "A", "[[D]]", "{\"choice\": 1}", "{\"choice\": \"both\"}", "]]", "[["}) {
    EXPECT_FALSE(parse_preference(text)) << text;
  }
  EXPECT_EQ(parse_rubric_score(R"({"score": 4})", 1, 5), 4);
  EXPECT_EQ(parse_rubric_score("Rating: [[9.5]]", 1, 10), 9.5);
  for (const char* text : {"", "4", "{\"score\": 6}", "{\"score\": \"4\"}", "[[x]]", "[[-1]]"}) {
    EXPECT_FALSE(parse_rubric_score(text, 1, 5)) << text;
  }
  EXPECT_NE(rubric_grammar(1, 3).find("\"1\" | \"2\" | \"3\""), std::string::npos);
}

TEST(Judge, BothOrders) {
  using enum Preference;
  const PairJudgement wins{kFirst, kSecond}, loses{kSecond, kFirst}, place{kFirst, kFirst};
  EXPECT_EQ(score_pair(wins).win, 1);
  EXPECT_EQ(score_pair(loses).win, 0);
  EXPECT_EQ(score_pair(place).win, 0.5);
  EXPECT_TRUE(score_pair(place).flipped);
  EXPECT_FALSE(score_pair({kFirst, std::nullopt}).win);
  const std::vector<PairJudgement> all{wins, wins, place, loses, {kFirst, std::nullopt}};
  const auto report = pairwise_report(all);
  EXPECT_EQ(report.n, 5);
  EXPECT_EQ(report.scored, 4);
  EXPECT_EQ(report.unparsed, 1);
  EXPECT_DOUBLE_EQ(report.win_rate, 0.625);
  EXPECT_DOUBLE_EQ(*report.flip_rate, 0.25);
  EXPECT_DOUBLE_EQ(*report.first_place_rate, 0.625);
  EXPECT_FALSE(pairwise_report({}).flip_rate);
}

TEST(Judge, CalibrationPrintsKappaWithItsBaseRate) {
  std::vector<int> labels, judged;
  for (int i = 0; i < 300; ++i) {
    labels.push_back(i % 10 == 0 ? 0 : 1);
    judged.push_back(1);  // always says yes
  }
  const auto constant = calibrate(judged, labels);
  EXPECT_DOUBLE_EQ(constant.agreement, 0.9);
  EXPECT_DOUBLE_EQ(constant.base_rate, 0.9);
  EXPECT_NEAR(constant.kappa, 0, 1e-12);
  for (std::size_t i = 0; i < judged.size(); ++i) judged[i] = i % 50 == 7 ? 0 : labels[i];
  const auto good = calibrate(judged, labels);
  EXPECT_GT(good.kappa, 0.8);
  EXPECT_TRUE(good.interval.contains(good.kappa));
  EXPECT_TRUE(good.enough);
  EXPECT_FALSE(calibrate(std::span(judged).first(50), labels).enough);
}

TEST(Judge, Sharp10_AConstantAnswerMustNotPassAJudgedGate) {
  Calibration good;
  good.n = 300;
  good.kappa = 0.9;
  good.enough = true;
  const std::vector<std::string> same(20, "Output (a) is the best."), few(5, "x");
  EXPECT_DOUBLE_EQ(duplicate_share(same), 1);
  EXPECT_TRUE(is_constant_answer(same));
  EXPECT_FALSE(is_constant_answer(few));
  EXPECT_NE(judged_gate_fault(good, 0.6, same).find("100 %"), std::string::npos);
  std::vector<std::string> different;
  for (int i = 0; i < 20; ++i) different.push_back(std::to_string(i));
  EXPECT_EQ(judged_gate_fault(good, 0.6, different), "");
  good.kappa = 0.3;
  EXPECT_NE(judged_gate_fault(good, 0.6, different), "");
  good.enough = false;
  EXPECT_NE(judged_gate_fault(good, 0.6, different), "");
}

}  // namespace
}  // namespace interposer::evals
