#include "assistant/followup.h"

#include <gtest/gtest.h>

namespace interposer::assistant {
namespace {

TEST(Followup, PronounsTakeTheEarlierName) {
  struct Case {
    std::vector<std::string> earlier;
    const char* question;
    const char* alone;
  };
  const std::vector<Case> cases = {
      {{"Which suppliers make HBM, and how much of it does an H200 carry?"},
       "Compare its memory with B200 and MI355X.",
       "Compare H200's memory with B200 and MI355X."},
      {{"How much memory does the H200 have?"},
       "What about the MI300X?",
       "How much memory does the MI300X have?"},
      {{"How much memory does the H200 have?"}, "And B200?", "How much memory does the B200 have?"},
      {{"Compare H200 and B200"},
       "How much power do they need?",
       "How much power do H200 and B200 need?"},
      {{"How much memory does the H200 have?", "What about the MI300X?"},
       "How much power does it need?",
       "How much power does MI300X need?"},
      {{"Who makes HBM?"}, "What is the capital of Mongolia?", "What is the capital of Mongolia?"},
      {{"Who makes HBM?"}, "Does the H200 use it?", "Does the H200 use it?"},
      {{"what is cooling"}, "how much does it cost?", "how much does it cost?"},
      {{}, "How much does it weigh?", "How much does it weigh?"},
      {{"Who runs TSMC?"},
       "Is it true that that board is new?",
       "Is TSMC true that that board is new?"},
  };
  for (const Case& c : cases) EXPECT_EQ(resolve_followup(c.earlier, c.question), c.alone);
}

TEST(Followup, NamesAreIdentifiersAndCapitals) {
  EXPECT_EQ(names_of("Does SK hynix sell HBM4 to NVIDIA?"),
            (std::vector<std::string>{"SK", "HBM4", "NVIDIA"}));
  EXPECT_EQ(names_of("what is an mi355x"), (std::vector<std::string>{"mi355x"}));
  EXPECT_TRUE(names_of("Why is the sky blue?").empty());
}

}  // namespace
}  // namespace interposer::assistant
