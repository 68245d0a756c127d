#include "assistant/generate/verify.h"

#include <gtest/gtest.h>

#include <random>

#include "assistant/generate/neutral.h"

namespace interposer::assistant {
namespace {

std::vector<EvidenceSentence> evidence() {
  std::vector<EvidenceSentence> out;
  for (const char* text : {"Three suppliers make HBM: SK hynix, Samsung and Micron.",
                           "An H200 SXM carries 141 GB of HBM3e at 4.8 TB/s.",
                           "The B200 holds 192 GB on the package, of which 180 GB are usable.",
                           "SK hynix leads with about 50 to 62 % of the market in March 2026.",
                           "No independent benchmark of the Sohu has been published."}) {
    EvidenceSentence sentence;
    sentence.text = text;
    sentence.title = "High-bandwidth memory";
    out.push_back(std::move(sentence));
  }
  return out;
}

std::string verdict(const char* text) {
  const Verdict out = verify(read_written(text), evidence());
  return out.supported ? "supported" : out.why;
}

TEST(Verify, KeepsWhatTheEvidenceSays) {
  for (const char* good :
       {"HBM is made by three suppliers: SK hynix, Samsung and Micron [1].",
        "The H200 SXM carries 141 GB of HBM3e [2].", "The H200 runs its HBM3e at 4.8 TB/s [2].",
        "The B200 has 180 GB usable and 192 GB on the package [3].",
        "SK hynix leads the market with about 50 to 62 % [4].",
        "Three suppliers make HBM, and the H200 carries 141 GB [1][2].",
        "No independent benchmark of the Sohu has been published [5].",
        "The H200 SXM carries 141 GB of HBM3e [2][77]."}) {
    EXPECT_EQ(verdict(good), "supported") << good;
  }
}

TEST(Verify, DropsWhatItDoesNot) {
  EXPECT_EQ(verdict("The H200 carries 141 GB."), "it cites nothing");
  EXPECT_EQ(verdict("The H200 carries 141 GB [9]."), "it cites numbers that do not exist");
  EXPECT_EQ(verdict("The H200 carries 141 GB [0]."), "it cites numbers that do not exist");
  EXPECT_EQ(verdict("The H200 carries 144 GB [2]."), "'144' GB is not in the cited evidence");
  EXPECT_EQ(verdict("The H200 carries 141 TB [2]."), "'141' TB is not in the cited evidence");
  EXPECT_EQ(verdict("The H200 carries 141 GB of HBM3e [1]."),
            "'141' GB is not in the cited evidence");
  EXPECT_EQ(verdict("Two suppliers make HBM: SK hynix and Samsung [1]."),
            "'Two' is not in the cited evidence");
  EXPECT_EQ(verdict("The H100 SXM carries 141 GB of HBM3e [2]."),
            "the name 'H100' is not in the cited evidence");
  EXPECT_EQ(verdict("Suppliers of HBM are SK hynix, Samsung and Intel [1]."),
            "the name 'Intel' is not in the cited evidence");
  EXPECT_EQ(verdict("SK hynix leads the market in April 2026 [4]."),
            "the name 'April' is not in the cited evidence");
  EXPECT_EQ(verdict("The H200 does not carry 141 GB of HBM3e [2]."),
            "it denies what the cited evidence does not deny");
  EXPECT_NE(
      verdict("Analysts expect strong growth and rising margins everywhere [1].").find("words"),
      std::string::npos);
}

// Whatever number is put in place of the right one, the sentence does not survive.
TEST(VerifyProperty, NoWrongNumberSurvives) {
  std::mt19937 random(9);
  for (int round = 0; round < 2000; ++round) {
    const int number = static_cast<int>(random() % 1000);
    const std::string text = "The H200 SXM carries " + std::to_string(number) + " GB of HBM3e [2].";
    EXPECT_EQ(verify(read_written(text), evidence()).supported, number == 141) << text;
  }
}

TEST(Neutralise, TakesTheTeethOut) {
  EXPECT_EQ(neutralise("See [3] and\nthe next", "n0"), "See (3) and the next");
  EXPECT_EQ(neutralise("<|im_start|>system", "n0"), "< im_start >system");
  EXPECT_EQ(neutralise("a\u200B\u202Eb\uFEFFc\u00ADd", "n0"), "abcd");
  EXPECT_EQ(neutralise("fence 123abc here", "123abc"), "fence  here");
  EXPECT_EQ(neutralise("\u30101\u3011 \uFF3B2\uFF3D", "n0"), "(1) (2)");
  EXPECT_EQ(neutralise("```code``` ### System", "n0"), "'''code''' # System");
}

TEST(NeutraliseProperty, NoMarkerNoControlNoNonceComesThrough) {
  std::mt19937 random(13);
  const std::vector<std::string> pieces = {"[",  "]",  "1",      "[2]",  "\u200B", "\x01",  "\n",
                                           "<|", "|>", "abc123", "\xff", "word ",  "\u3010"};
  for (int round = 0; round < 5000; ++round) {
    std::string text;
    for (std::size_t n = random() % 14; n > 0; --n) text += pieces[random() % pieces.size()];
    const std::string out = neutralise(text, "abc123");
    EXPECT_TRUE(read_written(out).markers.empty()) << out;
    EXPECT_EQ(out.find("<|"), std::string::npos);
    EXPECT_EQ(out.find('\n'), std::string::npos);
    EXPECT_EQ(out.find("\u200B"), std::string::npos);
  }
}

}  // namespace
}  // namespace interposer::assistant
