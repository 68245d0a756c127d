#include "assistant/generate/sentence_stream.h"

#include <gtest/gtest.h>

#include <random>

namespace interposer::assistant {
namespace {

std::string shown(const std::vector<Written>& list) {
  std::string out;
  for (const Written& written : list) {
    out += written.text + " {";
    for (const int n : written.markers) out += std::to_string(n) + " ";
    out += "}\n";
  }
  return out;
}

std::vector<Written> whole(std::string_view text) {
  SentenceStream stream;
  std::vector<Written> out = stream.feed(text);
  for (Written& written : stream.finish()) out.push_back(std::move(written));
  return out;
}

TEST(SentenceStream, CutsSentencesWithTheirMarkers) {
  EXPECT_EQ(
      shown(whole("Three firms make HBM [1]. An H200 has 141 GB. [2][3] It uses 4.8 TB/s [2, 4].")),
      "Three firms make HBM. {1 }\nAn H200 has 141 GB. {2 3 }\nIt uses 4.8 TB/s. {2 4 }\n");
  EXPECT_EQ(shown(whole("- One thing [1]\n- Another, e.g. this one [2].\n2. A third [3]")),
            "One thing {1 }\nAnother, e.g. this one. {2 }\nA third {3 }\n");
  EXPECT_EQ(shown(whole("See [note] and [x1]. Done")), "See [note] and [x1]. {}\nDone {}\n");
  EXPECT_EQ(shown(whole("Odd spacing  [1] .  [2].")), "Odd spacing. {1 2 }\n");
  EXPECT_EQ(shown(whole("   \n\n")), "");
  EXPECT_EQ(whole("Huge marker [99999].")[0].markers, std::vector<int>{});
}

TEST(SentenceStreamProperty, ChunkingChangesNothing) {
  const std::string text =
      "High-bandwidth memory is made by three firms [1]. An H200 carries 141 GB [2][3]. Sources "
      "differ: "
      "180 or 192 GB [4, 5].\nIs it so? [6] Yes! \"Quoted.\" [7] End without a stop [8]";
  const std::string expected = shown(whole(text));
  std::mt19937 random(1);
  for (int round = 0; round < 500; ++round) {
    SentenceStream stream;
    std::vector<Written> out;
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t length = 1 + random() % 9;
      for (Written& written : stream.feed(std::string_view(text).substr(at, length))) {
        out.push_back(std::move(written));
      }
      at += length;
    }
    for (Written& written : stream.finish()) out.push_back(std::move(written));
    ASSERT_EQ(shown(out), expected);
  }
}

TEST(SentenceStreamProperty, EndlessTextIsCutAndNothingIsHeldForEver) {
  SentenceStream stream;
  std::size_t sentences = 0;
  for (int i = 0; i < 2000; ++i) sentences += stream.feed("word without any stop ").size();
  EXPECT_GE(sentences, 2000u * 22 / kWrittenSentenceMax - 1);
}

}  // namespace
}  // namespace interposer::assistant
