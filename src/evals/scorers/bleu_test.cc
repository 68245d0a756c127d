// Values of sacrebleu 2.6.0 on own sentences, chosen for what tokenizers trip over.
#include "evals/scorers/bleu.h"

#include <gtest/gtest.h>

#include "evals/scorers/chrf.h"

namespace interposer::evals {
namespace {

constexpr double kNear = 1e-9;

const std::vector<std::string> kHypotheses{"The cat sat on the mat, didn't it?",
                                           "It costs $1,234.56 (or 3-4% less) today.",
                                           "Über 20 % der Bücher: «gut».",
                                           "他说 &quot;hello&quot; &amp; left.",
                                           "no match here",
                                           "short",
                                           "A well-known state-of-the-art co-\noperation.",
                                           ""};
const std::vector<std::string> kFirst{"The cat sat on a mat, did it not?",
                                      "It costs $1,234.50 (or 3-4% more) today!",
                                      "Über 20% der Bücher sind \"gut\".",
                                      "他说 \"hello\" & left.",
                                      "entirely different words",
                                      "short",
                                      "A well-known state-of-the-art cooperation.",
                                      "empty it was"};
const std::vector<std::string> kSecond{"A cat was sitting on the mat, wasn't it?",
                                       "Today it costs $1,234.56.",
                                       "20 % der Bücher sind gut.",
                                       "He said hello & left",
                                       "not a match there",
                                       "shorter still",
                                       "The well known cooperation",
                                       "nothing"};

double corpus_bleu(BleuTokenizer tokenizer, bool both) {
  BleuCounts total;
  for (std::size_t i = 0; i < kHypotheses.size(); ++i) {
    std::vector<std::string> references{kFirst[i]};
    if (both) references.push_back(kSecond[i]);
    total += bleu_counts(kHypotheses[i], references, tokenizer);
  }
  return bleu(total);
}

TEST(Bleu, CorpusMeetsSacrebleu) {
  EXPECT_NEAR(corpus_bleu(BleuTokenizer::k13a, false), 50.45370686287253, kNear);
  EXPECT_NEAR(corpus_bleu(BleuTokenizer::k13a, true), 63.09031739287507, kNear);
  EXPECT_NEAR(corpus_bleu(BleuTokenizer::kInternational, false), 38.548940657822946, kNear);
  EXPECT_NEAR(corpus_bleu(BleuTokenizer::kInternational, true), 45.595742811618074, kNear);
  EXPECT_NEAR(corpus_bleu(BleuTokenizer::kNone, false), 17.161634325763163, kNear);
  EXPECT_NEAR(corpus_bleu(BleuTokenizer::kNone, true), 24.69645777839965, kNear);
}

TEST(Bleu, SentencesMeetSacrebleu) {  // effective_order=True
  const std::vector<double> want{
      30.37441422076457, 48.41524713034602, 42.13952948452608, 100, 0, 100, 100, 0};
  for (std::size_t i = 0; i < want.size(); ++i) {
    EXPECT_NEAR(bleu(bleu_counts(kHypotheses[i], {kFirst[i]}), true), want[i], kNear) << i;
  }
}

TEST(Bleu, Tokenizers) {
  EXPECT_EQ(bleu_tokenize(kHypotheses[1], BleuTokenizer::k13a),
            "It costs $ 1,234.56 ( or 3 - 4 % less ) today .");
  EXPECT_EQ(bleu_tokenize(kHypotheses[2], BleuTokenizer::k13a), "Über 20 % der Bücher : «gut» .");
  EXPECT_EQ(bleu_tokenize(kHypotheses[6], BleuTokenizer::k13a),
            "A well-known state-of-the-art cooperation .");
  EXPECT_EQ(bleu_tokenize(kHypotheses[0], BleuTokenizer::kInternational),
            "The cat sat on the mat , didn ' t it ?");
  EXPECT_EQ(bleu_tokenize(kHypotheses[3], BleuTokenizer::kInternational),
            "他说 & quot ; hello & quot ; & amp ; left .");
}

double corpus_chrf(const ChrfOptions& options, bool both) {
  ChrfCounts total;
  for (std::size_t i = 0; i < kHypotheses.size(); ++i) {
    std::vector<std::string> references{kFirst[i]};
    if (both) references.push_back(kSecond[i]);
    add(total, chrf_counts(kHypotheses[i], references, options));
  }
  return chrf(total, options);
}

TEST(Chrf, MeetsSacrebleu) {
  const ChrfOptions plain;
  const ChrfOptions plus{.word_order = 2};
  EXPECT_NEAR(corpus_chrf(plain, false), 59.15600649117847, kNear);
  EXPECT_NEAR(corpus_chrf(plain, true), 63.70544450146994, kNear);
  EXPECT_NEAR(corpus_chrf(plus, false), 57.49121235378919, kNear);
  EXPECT_NEAR(corpus_chrf(plus, true), 60.9327298341309, kNear);
  const std::vector<double> want{60.6115129174314,   64.8754892542516,
                                 63.425563436052634, 34.368740224482934,
                                 7.7608729323224175, 100,
                                 92.40972017199641,  0};
  for (std::size_t i = 0; i < want.size(); ++i) {
    EXPECT_NEAR(chrf(chrf_counts(kHypotheses[i], {kFirst[i]})), want[i], kNear) << i;
  }
}

}  // namespace
}  // namespace interposer::evals
