#include "knowledge/index/local.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <set>

#include "knowledge/index/half.h"
#include "knowledge/text/analyzer.h"

namespace interposer::knowledge {
namespace {

std::vector<float> random_vector(std::mt19937& random, std::size_t n) {
  std::normal_distribution<float> normal;
  std::vector<float> v(n);
  float norm = 0;
  for (float& x : v) {
    x = normal(random);
    norm += x * x;
  }
  for (float& x : v) x /= std::sqrt(norm);
  return v;
}

TEST(Half, RoundTripsEveryFiniteValue) {
  for (std::uint32_t bits = 0; bits < 65536; ++bits) {
    const auto half = static_cast<std::uint16_t>(bits);
    if ((half & 0x7C00U) == 0x7C00U) continue;  // infinities and NaN
    const auto back = to_half(from_half(std::vector<std::uint16_t>{half}));
    ASSERT_EQ(back[0], half);
  }
  const std::vector<float> edges = {65504.0F, 65520.0F, 1e-8F, 0x1p-24F, 0.1F};
  EXPECT_EQ(to_half(edges), (std::vector<std::uint16_t>{0x7BFF, 0x7C00, 0, 1, 0x2E66}));
}

TEST(Half, TheFastProductEqualsThePlainOne) {
  std::mt19937 random(3);
  for (const std::size_t n : {1U, 7U, 16U, 33U, 384U}) {
    const auto a = to_half(random_vector(random, n));
    const auto b = random_vector(random, n);
    const auto values = from_half(a);
    double plain = 0;
    for (std::size_t i = 0; i < n; ++i)
      plain += static_cast<double>(values[i]) * static_cast<double>(b[i]);
    EXPECT_NEAR(dot(a, b), plain, 1e-5);
  }
}

// Clusters, as texts have them: uniform noise has no neighbours.
TEST(VectorIndex, SignsThenRescoringFindWhatTheFlatScanFinds) {
  std::mt19937 random(4);
  VectorIndex index;
  std::vector<std::vector<float>> centres;
  for (int i = 0; i < 100; ++i) centres.push_back(random_vector(random, 128));
  const auto near = [&] {
    auto v = centres[random() % centres.size()];
    const auto noise = random_vector(random, 128);
    for (std::size_t i = 0; i < v.size(); ++i) v[i] += 0.6F * noise[i];
    return v;
  };
  for (LexicalIndex::Ordinal i = 0; i < 6000; ++i) ASSERT_TRUE(index.set(i, to_half(near())));
  for (LexicalIndex::Ordinal i = 0; i < 6000; i += 3) index.remove(i);
  EXPECT_EQ(index.size(), 4000U);
  std::size_t hits = 0;
  for (int q = 0; q < 50; ++q) {
    const auto query = near();
    const auto exact = index.search(query, 10), coded = index.search(query, 10, 0);
    ASSERT_EQ(coded.size(), 10U);
    for (const auto& e : exact) {
      EXPECT_NE(e.ordinal % 3, 0U) << "removed";
      hits += static_cast<std::size_t>(std::count_if(
          coded.begin(), coded.end(), [&](const auto& c) { return c.ordinal == e.ordinal; }));
    }
  }
  EXPECT_GE(hits, 495U) << "recall@10 of .99";
}

TEST(VectorIndex, AnotherSizeIsRefused) {
  VectorIndex index;
  EXPECT_TRUE(index.set(0, std::vector<std::uint16_t>(8)));
  EXPECT_FALSE(index.set(1, std::vector<std::uint16_t>(9)));
  EXPECT_TRUE(index.search(std::vector<float>(9), 3).empty());
}

TEST(LocalIndex, LoadsItsBytesAndRefusesDamage) {
  std::mt19937 random(5);
  LocalIndex index;
  for (std::int64_t i = 1; i <= 50; ++i) {
    index.add({i * 2, i / 3, "chunk about topic" + std::to_string(i % 7)});
    if (i % 2 == 0) index.set_vector(i * 2, to_half(random_vector(random, 64)));
  }
  index.remove(20, "chunk about topic3");
  const std::string bytes = index.serialize("model");
  LocalIndex same, other;
  ASSERT_TRUE(same.load(bytes, "model"));
  EXPECT_EQ(same.serialize("model"), bytes);
  EXPECT_EQ(same.counts().chunks, 49);
  EXPECT_EQ(same.counts().vectors, 24);
  ASSERT_TRUE(other.load(bytes, "another model"));
  EXPECT_EQ(other.counts().vectors, 0);
  std::string damaged = bytes;
  damaged[bytes.size() / 2] ^= 1;
  EXPECT_FALSE(other.load(damaged, "model"));
  EXPECT_EQ(other.counts().chunks, 0);
}

// 50,000 chunks of nearly the same boilerplate must not hide the 100 that are alone.
TEST(LocalIndex, ADuplicateBombHidesNothing) {
  LocalIndex index;
  std::int64_t id = 0;
  std::vector<std::pair<std::int64_t, std::string>> unique;
  for (int i = 0; i < 50'000; ++i) {
    index.add({++id, i,
               "All rights reserved. Page " + std::to_string(i % 40) + " of the annual report."});
    if (i % 500 != 0) continue;
    unique.emplace_back(++id, "The annual report of unit" + std::to_string(i) + " names turbine" +
                                  std::to_string(i));
    index.add({id, 100'000 + i, unique.back().second});
  }
  for (const auto& [chunk, text] : unique) {
    const auto found = index.lexical(analyse_terms(text), 1);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].chunk, chunk) << text;
  }
}

}  // namespace
}  // namespace interposer::knowledge
