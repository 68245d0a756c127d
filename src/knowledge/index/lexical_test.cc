#include "knowledge/index/lexical.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <random>

namespace interposer::knowledge {
namespace {

// A vocabulary with the skew of language: low numbers are frequent.
std::vector<std::string> random_terms(std::mt19937& random, std::size_t most) {
  std::vector<std::string> terms;
  const std::size_t n = 1 + random() % most;
  for (std::size_t i = 0; i < n; ++i) {
    const double u = static_cast<double>(random() % 100000) / 100000;
    terms.push_back("t" + std::to_string(static_cast<int>(400 * u * u * u)));
  }
  return terms;
}

bool equal(const std::vector<LexicalIndex::Scored>& a, const std::vector<LexicalIndex::Scored>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
    return x.ordinal == y.ordinal && x.score == y.score;
  });
}

// The gate of every skipping index: the same ids and the same scores as scoring everything, through
// additions and removals.
TEST(LexicalIndex, SkippingEqualsScoringEverything) {
  std::mt19937 random(1);
  for (int round = 0; round < 10; ++round) {
    LexicalIndex index;
    std::vector<std::vector<std::string>> documents;
    for (int i = 0; i < 400; ++i) {
      documents.push_back(random_terms(random, 60));
      index.add(documents.back());
      if (random() % 4 != 0) continue;
      const auto victim = random() % documents.size();
      index.remove(static_cast<LexicalIndex::Ordinal>(victim), documents[victim]);
    }
    for (int q = 0; q < 1000; ++q) {
      const auto query = random_terms(random, 8);
      const std::size_t k = 1 + random() % 30;
      ASSERT_TRUE(equal(index.search(query, k), index.search_exhaustive(query, k)))
          << "round " << round << " query " << q;
    }
  }
}

TEST(LexicalIndex, BytesDependOnContentOnly) {
  std::mt19937 random(2);
  LexicalIndex fresh, worn;
  for (int i = 0; i < 300; ++i) {
    const auto keep = random_terms(random, 40), drop = random_terms(random, 40);
    fresh.add(keep);
    const auto gone = worn.add(drop);
    worn.add(keep);
    worn.remove(gone, drop);
  }
  EXPECT_EQ(fresh.serialize(), worn.serialize());
  LexicalIndex loaded;
  ASSERT_TRUE(loaded.load(worn.serialize()));
  EXPECT_EQ(loaded.serialize(), fresh.serialize());
  const auto query = random_terms(random, 6);
  EXPECT_TRUE(equal(loaded.search(query, 20), fresh.search(query, 20)));
}

TEST(LexicalIndex, DamagedBytesAreRefused) {
  LexicalIndex index;
  index.add({"a", "b"});
  index.add({"a", "c", "c"});
  const std::string bytes = index.serialize();
  for (std::size_t n = 0; n < bytes.size(); ++n) {
    LexicalIndex other;
    EXPECT_FALSE(other.load(std::string_view(bytes).substr(0, n))) << n;
  }
  rc::check("any bytes load or are refused", [](const std::string& noise) {
    LexicalIndex other;
    (void)other.load(noise);
  });
}

TEST(LexicalIndex, RareTermsWeighMore) {
  LexicalIndex index;
  for (int i = 0; i < 9; ++i) index.add({"common", "filler" + std::to_string(i)});
  index.add({"rare", "filler"});
  const auto best = index.search({"common", "rare"}, 3);
  ASSERT_EQ(best.size(), 3U);
  EXPECT_EQ(best[0].ordinal, 9U);
  EXPECT_EQ(index.facts("common").chunks, 9);
  EXPECT_EQ(index.search({"absent"}, 3).size(), 0U);
}

}  // namespace
}  // namespace interposer::knowledge
