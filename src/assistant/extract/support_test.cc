#include "assistant/extract/support.h"

#include <gtest/gtest.h>

#include "assistant/extract/abstain.h"
#include "assistant/extract/synonyms.h"
#include "assistant/testing/fake_knowledge.h"
#include "knowledge/text/analyzer.h"

namespace interposer::assistant {
namespace {

using testing::FakeKnowledge;

FakeKnowledge base() {
  FakeKnowledge out("b");
  out.add("boards.md", "Boards",
          "# Acme boards\n"
          "The Acme X300 draws 700 W. Acme has sold 5,000 boards of the X300 in 2024.\n"
          "# Co-packaged optics\n"
          "A port with optics in the package costs 40 US dollars.\n"
          "# Sources\n"
          "- Acme X400 price list, 2025.\n");
  return out;
}

const ContentTerm& term(const QuestionPart& part, std::string_view word) {
  for (const ContentTerm& one : part.terms) {
    if (one.word == word) return one;
  }
  ADD_FAILURE() << word << " is no term of " << part.text;
  static const ContentTerm kNone;
  return kNone;
}

// The measures of the sentence that holds the text, for a question of one part.
Features of(std::string_view question, std::string_view text) {
  const FakeKnowledge knowledge = base();
  auto read = read_parts(knowledge, "b", question);
  auto gathered = gather(knowledge, "b", *read, {});
  for (const Candidate& candidate : gathered->candidates) {
    if (candidate.sentence.text.find(text) == std::string::npos) continue;
    return measure(read->parts[0], *gathered, candidate, {});
  }
  ADD_FAILURE() << "no sentence holds " << text;
  return {};
}

TEST(Roles, OfTheTermsOfAQuestion) {
  const FakeKnowledge knowledge = base();
  const auto read =
      read_parts(knowledge, "b", "How many boards of the X300 and Maia 200 did Acme sell in 2024?");
  const QuestionPart& part = read->parts[0];
  EXPECT_EQ(term(part, "X300").role, TermRole::kIdentifier);
  EXPECT_EQ(term(part, "200").role, TermRole::kIdentifier);
  EXPECT_EQ(term(part, "200").spelled, "maia200");
  EXPECT_EQ(term(part, "Acme").role, TermRole::kName);
  EXPECT_EQ(term(part, "2024").role, TermRole::kYear);
  EXPECT_EQ(term(part, "sell").role, TermRole::kWord);
  EXPECT_TRUE(term(part, "boards").focus);
  EXPECT_FALSE(term(part, "sell").focus);
  EXPECT_TRUE(part.counts);
  const auto other = read_parts(knowledge, "b", "What is the largest price of a 12-high stack?");
  EXPECT_TRUE(term(other->parts[0], "largest").superlative);
  EXPECT_TRUE(term(other->parts[0], "price").focus);
  EXPECT_FALSE(term(other->parts[0], "stack").focus);
}

TEST(Measure, AnotherIdentifierOrYearIsMissing) {
  EXPECT_EQ(of("How much power does the Acme X300 draw?", "700 W").identifier_missing, 0);
  EXPECT_EQ(of("How much power does the Acme X400 draw?", "700 W").identifier_missing, 1);
  EXPECT_EQ(of("How much power does the Acme X300E draw?", "700 W").identifier_missing, 1);
  EXPECT_EQ(of("How much power does the Acme 3 draw?", "700 W").identifier_missing, 1);
  EXPECT_EQ(of("How many boards did Acme sell in 2024?", "5,000").year_missing, 0);
  EXPECT_EQ(of("How many boards did Acme sell in 2023?", "5,000").year_missing, 1);
  EXPECT_EQ(of("How many boards did Initech sell in 2024?", "5,000").name_unknown, 1);
  EXPECT_EQ(of("How many boards did Acme sell in 2024?", "5,000").name_unknown, 0);
}

TEST(Measure, ANumberMustCountWhatIsAsked) {
  EXPECT_EQ(of("How many boards has Acme sold?", "5,000").count_missing, 0);
  EXPECT_EQ(of("How many boards does Acme draw?", "700 W").count_missing, 1);
}

TEST(Measure, TheKindOfFigureStandsForItsWord) {
  const Features price = of("What is the price of optics?", "40 US dollars");
  EXPECT_EQ(price.kind_missing, 0);
  EXPECT_LT(price.focus_missing, 0.2);  // "price" beside an amount of money
  EXPECT_EQ(of("How heavy is the X300?", "700 W").kind_missing, 1);
  EXPECT_EQ(of("What warranty does the X300 have?", "700 W").focus_missing, 1);
  EXPECT_EQ(of("Which is the largest Acme board?", "700 W").superlative_missing, 1);
}

TEST(Measure, AcronymsAreReadFromInitials) {
  EXPECT_EQ(of("What does CPO cost for a port?", "40 US dollars").names_missing, 0);
  EXPECT_EQ(of("What does XYZ cost for a port?", "40 US dollars").names_missing, 1);
}

TEST(Gather, ListsOfSourcesAnswerNothing) {
  const FakeKnowledge knowledge = base();
  auto read = read_parts(knowledge, "b", "What is the price of the X400?");
  auto gathered = gather(knowledge, "b", *read, {});
  ASSERT_FALSE(gathered->candidates.empty());
  for (const Candidate& candidate : gathered->candidates) {
    EXPECT_EQ(candidate.sentence.text.find("price list"), std::string::npos);
  }
}

TEST(Synonyms, ShareAGroup) {
  const auto stem = [](std::string_view word) { return knowledge::analyse_terms(word)[0]; };
  EXPECT_TRUE(has_synonym(stem("vendors"), {stem("supplier"), stem("hbm")}));
  EXPECT_TRUE(has_synonym(stem("manufacturers"), {stem("makes")}));
  EXPECT_FALSE(has_synonym(stem("vendors"), {stem("memory")}));
}

// Whatever the weights: what is missing never speaks for an answer.
TEST(Odds, FallWithEachThingMissing) {
  for (const bool vectors : {true, false}) {
    Features full;
    full.vectors = vectors;
    full.coverage = 1;
    full.similarity = full.context_similarity = 0.8;
    const double best = answer_odds(full);
    for (double Features::* missing :
         {&Features::gap, &Features::names_missing, &Features::name_unknown,
          &Features::identifier_missing, &Features::year_missing, &Features::kind_missing,
          &Features::count_missing, &Features::focus_missing, &Features::superlative_missing}) {
      Features less = full;
      less.*missing = 1;
      EXPECT_LE(answer_odds(less), best);
    }
    Features year = full;
    year.year_missing = 1;
    EXPECT_LT(answer_odds(year), best - 1);
  }
}

}  // namespace
}  // namespace interposer::assistant
