#include "assistant/extract/extract.h"

#include <gtest/gtest.h>

#include "assistant/extract/choose.h"
#include "assistant/extract/lean.h"
#include "assistant/testing/fake_knowledge.h"

namespace interposer::assistant {
namespace {

using testing::FakeKnowledge;

FakeKnowledge base() {
  FakeKnowledge out("b");
  out.add(
      "hbm.md", "High-bandwidth memory",
      "# Who makes it\n"
      "High-bandwidth memory (HBM) is made by three suppliers: SK hynix, Samsung and Micron. Their "
      "shares are reported differently by analysts.\n"
      "# What it costs\n"
      "A stack is several dies on a base die. It is placed beside the logic on an interposer.\n");
  out.add("gpus.md", "NVIDIA GPUs",
          "# H200\n"
          "The H200 SXM carries 141 GB of HBM3e at 4.8 TB/s. It draws up to 700 W.\n"
          "# H100\n"
          "The H100 SXM carries 80 GB of HBM3 at 3.35 TB/s.\n");
  out.add(
      "etched.md", "Etched Sohu",
      "# Sohu\n"
      "Etched says that the Sohu holds 144 GB of HBM3E. No independent benchmark of the Sohu has "
      "been published.\n");
  out.add("cooling.md", "Cooling",
          "# Liquid\n"
          "Direct liquid cooling carries heat with water or another fluid.\n"
          "Three ways to cool are in use:\n"
          "- air\n"
          "- cold plates\n"
          "- immersion in a dielectric fluid\n");
  return out;
}

Extraction ask(const FakeKnowledge& knowledge, std::string_view question) {
  auto out = extract(knowledge, "b", question, {});
  EXPECT_TRUE(out.ok());
  return *std::move(out);
}

TEST(Extract, AnswersEachPartWithItsSentence) {
  const FakeKnowledge knowledge = base();
  const Extraction out =
      ask(knowledge, "Which suppliers make HBM, and how much memory does an H200 carry?");
  ASSERT_FALSE(out.refused) << out.probability;
  ASSERT_GE(out.sentences.size(), 2u);
  EXPECT_EQ(
      out.sentences[0].text,
      "High-bandwidth memory (HBM) is made by three suppliers: SK hynix, Samsung and Micron.");
  EXPECT_EQ(out.citations.all()[0].document, "b/hbm.md");
  const bool second = std::any_of(out.sentences.begin(), out.sentences.end(), [](const Said& said) {
    return said.text == "The H200 SXM carries 141 GB of HBM3e at 4.8 TB/s.";
  });
  EXPECT_TRUE(second);
}

// Sharp tests 5 and 6: the number's own document, and every quote equals its span.
TEST(Extract, QuotesAreVerbatimAndOfTheRightDocument) {
  const FakeKnowledge knowledge = base();
  for (const char* question : {"How much memory does the H200 SXM carry?", "Who makes HBM?",
                               "How much HBM does the Etched Sohu hold?"}) {
    const Extraction out = ask(knowledge, question);
    ASSERT_FALSE(out.refused) << question << " " << out.probability;
    for (const wire::Citation& citation : out.citations.all()) {
      const auto version = knowledge.version(citation.document, citation.version);
      EXPECT_EQ(citation.quote,
                version->text.substr(static_cast<std::size_t>(citation.start),
                                     static_cast<std::size_t>(citation.end - citation.start)));
    }
  }
  EXPECT_EQ(ask(knowledge, "How much memory does the H200 SXM carry?").citations.all()[0].document,
            "b/gpus.md");
  EXPECT_EQ(ask(knowledge, "How much HBM does the Etched Sohu hold?").citations.all()[0].document,
            "b/etched.md");
}

// Sharp test 17: a plain refusal that says what was searched, and no citation.
TEST(Extract, RefusesWhatTheBaseDoesNotHold) {
  const FakeKnowledge knowledge = base();
  for (const char* question : {"How do I prepare a pizza?", "What is the capital of Mongolia?",
                               "What warranty does Vertiv give on its pumps?",
                               "How many employees does Samsung have in Vietnam?"}) {
    const Extraction out = ask(knowledge, question);
    EXPECT_TRUE(out.refused) << question << " " << out.probability;
    EXPECT_TRUE(out.sentences.empty());
    EXPECT_NE(out.reason.find("4 documents"), std::string::npos) << out.reason;
  }
}

TEST(Extract, ASentenceThatLeansComesWithWhatItLeansOn) {
  const FakeKnowledge knowledge = base();
  const auto version = *knowledge.version("b/gpus.md", "");
  const std::string leaning = "It draws up to 700 W.";
  const auto start = static_cast<std::int64_t>(version.text.find(leaning));
  const auto spans =
      with_support(version, start, start + static_cast<std::int64_t>(leaning.size()));
  ASSERT_TRUE(spans.has_value());
  ASSERT_EQ(spans->size(), 2u);
  EXPECT_EQ(version.text.substr(static_cast<std::size_t>((*spans)[0].start),
                                static_cast<std::size_t>((*spans)[0].end - (*spans)[0].start)),
            "The H200 SXM carries 141 GB of HBM3e at 4.8 TB/s.");
}

TEST(Lean, TellsWhatCannotStandAlone) {
  using knowledge::BlockKind;
  for (const char* leaning :
       {"It draws 700 W.", "This is new.", "They agree.", "Such parts cost more.",
        "Their shares differ.", "The former is larger.", "However, it fell."}) {
    EXPECT_TRUE(leans(leaning, BlockKind::kParagraph)) << leaning;
  }
  for (const char* standing :
       {"The H200 draws 700 W.", "Samsung makes HBM.", "In 2026 prices rose."}) {
    EXPECT_FALSE(leans(standing, BlockKind::kParagraph)) << standing;
  }
  EXPECT_TRUE(leans("cold plates", BlockKind::kListItem));
  EXPECT_TRUE(leans("immersion in a dielectric fluid", BlockKind::kListItem));
  EXPECT_FALSE(leans("The plates are made of copper.", BlockKind::kListItem));
}

TEST(Lean, ListItemsBringTheirIntroduction) {
  const FakeKnowledge knowledge = base();
  const auto version = *knowledge.version("b/cooling.md", "");
  const std::size_t at = version.text.find("cold plates");
  const auto spans =
      with_support(version, static_cast<std::int64_t>(at), static_cast<std::int64_t>(at + 11));
  ASSERT_TRUE(spans.has_value());
  ASSERT_EQ(spans->size(), 2u);
  EXPECT_EQ(version.text.substr(static_cast<std::size_t>((*spans)[0].start),
                                static_cast<std::size_t>((*spans)[0].end - (*spans)[0].start)),
            "Three ways to cool are in use:");
  EXPECT_FALSE(with_support(version, 3, 5).has_value());
}

TEST(Question, SplitsIntoParts) {
  using Parts = std::vector<std::string>;
  EXPECT_EQ(split_parts("Which suppliers make HBM, and how much of it does an H200 carry?"),
            (Parts{"Which suppliers make HBM", "how much of it does an H200 carry?"}));
  EXPECT_EQ(split_parts("Who makes HBM? What does it cost?"),
            (Parts{"Who makes HBM?", "What does it cost?"}));
  EXPECT_EQ(split_parts("Compare bread and butter"), (Parts{"Compare bread and butter"}));
  EXPECT_EQ(split_parts("price per wafer TSMC 2nm"), (Parts{"price per wafer TSMC 2nm"}));
  EXPECT_EQ(split_parts(""), (Parts{""}));
}

TEST(Question, KnowsWhatKindOfThingIsAsked) {
  const FakeKnowledge knowledge = base();
  const auto part = [&](std::string_view text) {
    return read_parts(knowledge, "b", text)->parts[0];
  };
  EXPECT_EQ(part("How much memory does an H200 carry?").figure, Figure::kBytes);
  EXPECT_EQ(part("What does an H200 cost?").figure, Figure::kMoney);
  EXPECT_EQ(part("What is the price of an H200?").figure, Figure::kMoney);
  EXPECT_EQ(part("price H200").figure, Figure::kMoney);
  EXPECT_EQ(part("How long is the wait?").figure, Figure::kDuration);
  EXPECT_EQ(part("How many watts does it draw?").figure, Figure::kPower);
  EXPECT_EQ(part("How many employees does Samsung have?").head, "employe");
  EXPECT_EQ(part("How do I cook?").figure, Figure::kNone);
  EXPECT_EQ(part("Who makes it?").figure, Figure::kNone);
  EXPECT_TRUE(part("When did it launch?").wants_time);
  EXPECT_FALSE(part("What happens when a pump fails?").wants_time);
  EXPECT_EQ(part("Which company leads the HBM market?").figure, Figure::kNone);
  EXPECT_EQ(part("What memory does an H200 have?").figure, Figure::kBytes);
  EXPECT_EQ(part("How heavy is the rack?").figure, Figure::kMass);
  EXPECT_FALSE(has_figure("35 times the throughput per megawatt", Figure::kPower));
  EXPECT_TRUE(has_figure("It weighs 1.4 tonnes.", Figure::kMass));
  EXPECT_TRUE(has_figure("a die of 814 mm\u00B2", Figure::kArea));
  EXPECT_TRUE(part("Which suppliers make HBM?").wants_names);
  EXPECT_TRUE(has_number("It draws 700 W."));
  EXPECT_FALSE(has_number("The H200 draws power."));
  EXPECT_TRUE(has_figure("It costs $40.", Figure::kMoney));
  EXPECT_TRUE(has_figure("about 300 US dollars", Figure::kMoney));
  EXPECT_FALSE(has_figure("It holds 141 GB.", Figure::kMoney));
  EXPECT_TRUE(has_figure("It holds 141 GB.", Figure::kBytes));
  EXPECT_TRUE(has_figure("It draws 1.2 kW.", Figure::kPower));
  EXPECT_TRUE(has_figure("two to three years", Figure::kDuration));
}

TEST(Choose, TheSameThingIsSaidOnce) {
  Candidate a;
  Candidate b;
  a.terms = {"hbm", "supplier", "three", "make"};
  b.terms = {"hbm", "supplier", "three", "make"};
  EXPECT_TRUE(near_duplicate(a, b));
  b.terms = {"hbm", "cost", "stack", "die"};
  EXPECT_FALSE(near_duplicate(a, b));
}

}  // namespace
}  // namespace interposer::assistant
