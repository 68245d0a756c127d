#include "engine/sampling.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <random>
#include <vector>

namespace interposer::engine {
namespace {

SamplingParameters plain(double temperature) {
  SamplingParameters p;
  p.temperature = temperature;
  p.top_k = 0;
  p.top_p = 1;
  p.min_p = 0;
  return p;
}

std::map<Token, double> frequencies(SamplingParameters p, const std::vector<float>& logits, int n) {
  p.seed = 11;
  Sampler sampler(p, nullptr);
  std::map<Token, double> out;
  for (int i = 0; i < n; ++i) out[*sampler.sample(logits)] += 1.0 / n;
  return out;
}

TEST(Sampling, DrawsByTheSoftmaxOfTheLogits) {
  std::vector<float> logits{1, 2, 0, -1, 2.5};
  for (double t : {0.5, 1.0, 2.0}) {
    double sum = 0;
    for (float l : logits) sum += std::exp(l / t);
    auto seen = frequencies(plain(t), logits, 40'000);
    for (std::size_t i = 0; i < logits.size(); ++i) {
      double p = std::exp(logits[i] / t) / sum;
      EXPECT_NEAR(seen[static_cast<Token>(i)], p, 5 * std::sqrt(p * (1 - p) / 40'000))
          << i << " at " << t;
    }
  }
}

TEST(Sampling, FiltersKeepWhatTheirDefinitionsKeep) {
  std::vector<float> logits{std::log(0.5F), std::log(0.3F), std::log(0.15F), std::log(0.05F)};
  auto kept = [&](SamplingParameters p) { return frequencies(p, logits, 4000).size(); };
  SamplingParameters p = plain(1);
  p.top_k = 2;
  EXPECT_EQ(kept(p), 2U);
  p = plain(1);
  p.top_p = 0.75;  // 0.5 does not reach it, 0.8 does
  EXPECT_EQ(kept(p), 2U);
  p.top_p = 0;
  EXPECT_EQ(kept(p), 1U);
  p = plain(1);
  p.min_p = 0.25;  // of 0.5: 0.125
  EXPECT_EQ(kept(p), 3U);
  EXPECT_EQ(kept(plain(1)), 4U);
}

TEST(Sampling, TopKIsTheBestOfAnyPermutation) {
  std::mt19937_64 random(5);
  std::vector<float> logits(1000);
  std::iota(logits.begin(), logits.end(), 0.0F);
  for (int i = 0; i < 20; ++i) {
    std::shuffle(logits.begin(), logits.end(), random);
    SamplingParameters p = plain(100);
    p.top_k = 5;
    for (auto& [token, share] : frequencies(p, logits, 200)) {
      EXPECT_GE(logits[static_cast<std::size_t>(token)], 995);
    }
  }
}

TEST(Sampling, GreedyTakesTheFirstOfTheBest) {
  EXPECT_EQ(most_likely(std::vector<float>{1, 3, 3, 2}), 1);
  SamplingParameters p;
  p.temperature = 0;
  p.bias = {{3, 5.0F}};
  Sampler sampler(p, nullptr);
  EXPECT_EQ(*sampler.sample(std::vector<float>{1, 3, 3, 2}), 3);
}

TEST(Sampling, ABannedTokenIsNeverDrawnAndAForcedOneAlways) {
  std::vector<float> logits{5, 1, 1};
  wire::Sampling asked;
  asked.logit_bias = {{"0", -100}};
  auto p = sampling_of(asked, 3, 1);
  ASSERT_TRUE(p.ok());
  EXPECT_EQ(frequencies(*p, logits, 2000).count(0), 0U);
  asked.logit_bias = {{"2", 100}};
  p = sampling_of(asked, 3, 1);
  EXPECT_EQ(frequencies(*p, logits, 2000).size(), 1U);
}

TEST(Sampling, PenaltiesFollowTheirFormulas) {
  SamplingParameters p;
  p.temperature = 0;
  p.frequency_penalty = 0.5;
  p.presence_penalty = 0.25;
  Sampler sampler(p, nullptr);
  std::vector<float> logits{2, 1};
  // token 0 loses 0.25 + 0.5 a use: after one 1.25, after two 0.75
  for (Token expected : {0, 0, 1}) {
    Token t = *sampler.sample(logits);
    EXPECT_EQ(t, expected);
    ASSERT_TRUE(sampler.accept(t).ok());
  }
  p = {};
  p.temperature = 0;
  p.repeat_penalty = 3;
  Sampler repeat(p, nullptr);
  EXPECT_EQ(*repeat.sample(std::vector<float>{2, 1}), 0);
  ASSERT_TRUE(repeat.accept(0).ok());
  EXPECT_EQ(*repeat.sample(std::vector<float>{2, 1}), 1);
  EXPECT_EQ(*repeat.sample(std::vector<float>{-1, -2}), 1);  // -3 against -2
}

TEST(Sampling, TheSeedIsAllThatDecides) {
  std::vector<float> logits(100, 0);
  auto draw = [&](std::uint64_t seed) {
    SamplingParameters p = plain(1);
    p.seed = seed;
    Sampler s(p, nullptr);
    std::vector<Token> out;
    for (int i = 0; i < 20; ++i) out.push_back(*s.sample(logits));
    return out;
  };
  EXPECT_EQ(draw(1), draw(1));
  EXPECT_NE(draw(1), draw(2));
}

TEST(Sampling, ExtremeLogitsAreDrawnFrom) {
  float inf = std::numeric_limits<float>::infinity();
  EXPECT_EQ(frequencies(plain(1), {-inf, -inf, 3}, 100).count(2), 1U);
  EXPECT_EQ(frequencies(plain(1), {1e30F, -1e30F, 0}, 100).count(0), 1U);
  Sampler s(plain(1), nullptr);
  EXPECT_TRUE(s.sample(std::vector<float>{-inf, -inf}).ok());
}

TEST(LogProbs, AreTheLogSoftmax) {
  std::vector<float> logits{1, 2, 3, -5};
  double norm = std::log(std::exp(1) + std::exp(2) + std::exp(3) + std::exp(-5));
  LogProbs out = log_probs(logits, 1, 2);
  EXPECT_NEAR(out.chosen, 2 - norm, 1e-9);
  ASSERT_EQ(out.top.size(), 2U);
  EXPECT_EQ(out.top[0].first, 2);
  EXPECT_NEAR(out.top[0].second, 3 - norm, 1e-9);
  EXPECT_EQ(out.top[1].first, 1);
  EXPECT_TRUE(log_probs(logits, 1, 0).top.empty());
  EXPECT_EQ(log_probs(logits, 1, 20).top.size(), 4U);
}

}  // namespace
}  // namespace interposer::engine
