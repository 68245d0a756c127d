#include "evals/compare/compare.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "evals/import/builder.h"
#include "evals/record/response.h"
#include "evals/report/comparison.h"
#include "evals/report/diff.h"
#include "stats/moments.h"
#include "stats/paired.h"
#include "stats/random.h"

namespace interposer::evals {
namespace {

struct Spec {
  int items = 200;
  int epochs = 1;
  int cluster_size = 1;
};
using Score = std::function<double(int item, int epoch)>;

ResultSet make(const Spec& spec, const Score& score, const std::string& scorer = "s") {
  SetBuilder builder;
  builder.set.source = "run";
  builder.set.format = "test";
  const auto metric = builder.metric("em", scorer);
  for (int i = 0; i < spec.items; ++i) {
    for (int e = 1; e <= spec.epochs; ++e) {
      const std::uint32_t row = builder.row("q" + std::to_string(i), static_cast<std::uint32_t>(e));
      Row& r = builder.set.rows[row];
      r.content = hash_text("q" + std::to_string(i));
      if (spec.cluster_size > 1) r.cluster = static_cast<std::uint64_t>(i / spec.cluster_size + 1);
      put_texts(builder.set, r, {"question", "right", "said " + std::to_string(score(i, e)), ""});
      builder.score(row, *metric, score(i, e));
    }
  }
  return builder.finish();
}

TEST(CompareRuns, APlantedRegressionIsWorse) {
  const Spec spec;
  const ResultSet a = make(spec, [](int i, int) { return i % 10 == 0 ? 0.0 : 1.0; });
  const ResultSet b = make(spec, [](int i, int) { return i % 4 == 0 ? 0.0 : 1.0; });
  const auto c = compare(a, b, {});
  ASSERT_TRUE(c.ok());
  const MetricComparison& m = c->metrics[0];
  EXPECT_EQ(m.judgement.verdict, stats::Verdict::kWorse);
  EXPECT_TRUE(m.binary);
  EXPECT_EQ(m.broken, 40);  // multiples of 4 that are none of 20
  EXPECT_EQ(m.fixed, 10);   // multiples of 10 that are none of 20
  EXPECT_NEAR(m.difference.value, -0.15, 1e-12);
  EXPECT_DOUBLE_EQ(m.p, stats::mcnemar_mid_p(40, 10).p);
  EXPECT_EQ(std::abs(c->items[0].delta), 1);
  EXPECT_EQ(c->items[0].change, Change::kBroken);
  EXPECT_EQ(c->items.back().delta, 0);
}

TEST(CompareRuns, VerdictsAndWhatTheyWouldNeed) {
  stats::Random random(3);
  std::vector<double> noise(400), bump(400);
  for (double& x : noise) x = random.normal() * 0.1;
  for (double& x : bump) x = random.normal() * 0.05;
  const auto run = [&](double shift, double margin, int items) {
    double centre = 0;
    for (int i = 0; i < items; ++i) centre += bump[static_cast<std::size_t>(i)] / items;
    const Spec s{items, 1, 1};
    const ResultSet a =
        make(s, [&](int i, int) { return 0.5 + noise[static_cast<std::size_t>(i)]; });
    const ResultSet b = make(s, [&](int i, int) {
      return 0.5 + noise[static_cast<std::size_t>(i)] + shift + bump[static_cast<std::size_t>(i)] -
             centre;
    });
    CompareOptions options;
    options.margin = margin;
    return compare(a, b, options)->metrics[0].judgement;
  };
  EXPECT_EQ(run(0.05, 0.01, 400).verdict, stats::Verdict::kBetter);
  EXPECT_EQ(run(0, 0.02, 400).verdict, stats::Verdict::kNotWorse);
  EXPECT_EQ(run(-0.05, 0.01, 400).verdict, stats::Verdict::kWorse);
  const stats::Judgement few = run(0, 0.005, 30);
  EXPECT_EQ(few.verdict, stats::Verdict::kInconclusive);
  ASSERT_TRUE(few.n_needed.has_value());
  EXPECT_GT(*few.n_needed, 30);
  EXPECT_GT(few.visible_effect, 0);
}

TEST(CompareRuns, ChangedAndMissingItemsAreListedAndLeftOut) {
  const Spec spec{20, 1, 1};
  ResultSet a = make(spec, [](int, int) { return 1; });
  ResultSet b = make({22, 1, 1}, [](int, int) { return 1; });
  b.rows[3].content = 99;
  const auto c = compare(a, b, {});
  ASSERT_TRUE(c.ok());
  EXPECT_EQ(c->changed, std::vector<std::string>{"q3"});
  EXPECT_EQ(c->only_b, (std::vector<std::string>{"q20", "q21"}));
  EXPECT_EQ(c->paired, 19);
  const auto text = comparison_text({&a, &b, &*c, 5});
  ASSERT_TRUE(text.ok());
  EXPECT_NE(text->find("1 items left out: their content changed (q3)"), std::string::npos);
}

TEST(CompareRuns, UnlikeScorersAreRefusedUnlessForcedAndThenMarked) {
  const Spec spec{20, 1, 1};
  const ResultSet a = make(spec, [](int, int) { return 1; }, "em@1");
  const ResultSet b = make(spec, [](int, int) { return 1; }, "em@2");
  const auto refused = compare(a, b, {});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().kind, "unlike_scorers");
  CompareOptions options;
  options.force = true;
  const auto forced = compare(a, b, options);
  ASSERT_TRUE(forced.ok());
  EXPECT_TRUE(forced->forced);
  EXPECT_NE(comparison_markdown({&a, &b, &*forced, 5})->find("FORCED"), std::string::npos);
}

TEST(CompareRuns, FlipsOfTheItemItselfAreNoise) {
  const Spec spec{40, 2, 1};
  const ResultSet a = make(spec, [](int, int) { return 1; });
  const ResultSet b = make(spec, [](int i, int e) {
    return i == 5 ? (e == 1 ? 1 : 0) : i == 6 ? 0 : 1;
  });
  const auto c = compare(a, b, {});
  ASSERT_TRUE(c.ok());
  EXPECT_EQ(c->metrics[0].noise, 1);
  EXPECT_EQ(c->metrics[0].broken, 1);
  EXPECT_EQ(c->items[0].id, "q6");
  EXPECT_EQ(c->items[1].change, Change::kNoise);
}

TEST(CompareRuns, LowerIsBetterIsTurnedRound) {
  const auto set = [](double value) {
    SetBuilder builder;
    const auto metric = builder.metric("word_perplexity");
    for (int i = 0; i < 30; ++i) {
      const std::uint32_t row = builder.row(std::to_string(i), 1);
      put_texts(builder.set, builder.set.rows[row], {});
      builder.score(row, *metric, value + 0.01 * (i % 3) * value);
    }
    return builder.finish();
  };
  const ResultSet a = set(10), b = set(9);
  const auto c = compare(a, b, {});
  ASSERT_TRUE(c.ok());
  EXPECT_EQ(c->metrics[0].judgement.verdict, stats::Verdict::kBetter);
}

// Sharp test 12: pairing and clusters decide, and neither order nor names matter.
TEST(CompareRuns, PairedAndUnpairedDifferAndShufflingChangesNothing) {
  stats::Random random(11);
  std::vector<double> item(150), shift(150);
  for (double& x : item) x = random.uniform();
  for (double& x : shift) x = 0.02 + 0.02 * random.normal();
  const Spec spec{150, 3, 1};
  const auto score_a = [&](int i, int e) { return item[static_cast<std::size_t>(i)] + 0.001 * e; };
  const auto score_b = [&](int i, int e) {
    return score_a(i, e) + shift[static_cast<std::size_t>(i)];
  };
  const ResultSet a = make(spec, score_a), b = make(spec, score_b);
  const auto c = compare(a, b, {});
  ASSERT_TRUE(c.ok());
  std::vector<double> xs, ys;
  for (int i = 0; i < 150; ++i) {
    xs.push_back(score_a(i, 2));
    ys.push_back(score_b(i, 2));
  }
  EXPECT_GT(stats::welch_t(ys, xs).p, 0.3);
  EXPECT_LT(c->metrics[0].p, 0.001);
  EXPECT_EQ(c->metrics[0].difference.clusters, 150U);  // epochs are no independent items

  ResultSet shuffled = make(spec, score_b);
  std::reverse(shuffled.rows.begin(), shuffled.rows.end());
  std::reverse(shuffled.scores.begin(), shuffled.scores.end());
  const auto again = compare(a, shuffled, {});
  ASSERT_TRUE(again.ok());
  EXPECT_DOUBLE_EQ(again->metrics[0].difference.value, c->metrics[0].difference.value);
  EXPECT_DOUBLE_EQ(again->metrics[0].judgement.interval.low, c->metrics[0].judgement.interval.low);
  EXPECT_DOUBLE_EQ(again->metrics[0].p, c->metrics[0].p);
}

TEST(CompareRuns, ClustersWidenTheInterval) {
  const auto score_a = [](int, int) { return 0.5; };
  const auto score_b = [](int i, int) { return (i / 10) % 2 == 0 ? 0.9 : 0.2; };
  const ResultSet a1 = make({200, 1, 1}, score_a), b1 = make({200, 1, 1}, score_b);
  const ResultSet a2 = make({200, 1, 10}, score_a), b2 = make({200, 1, 10}, score_b);
  const double alone = compare(a1, b1, {})->metrics[0].judgement.interval.half_width();
  const auto grouped = compare(a2, b2, {});
  EXPECT_TRUE(grouped->clustered);
  EXPECT_EQ(grouped->metrics[0].difference.clusters, 20U);
  EXPECT_GT(grouped->metrics[0].judgement.interval.half_width(), 2.5 * alone);
  EXPECT_EQ(grouped->metrics[0].test, "cluster randomisation");
}

TEST(CompareRuns, MissingScoresAreCountedAndShownBothWays) {
  const Spec spec{100, 1, 1};
  const ResultSet a = make(spec, [](int, int) { return 1; });
  const ResultSet b = make(spec, [](int i, int) { return i < 30 ? kUnscored : 1; });
  const auto c = compare(a, b, {});
  ASSERT_TRUE(c.ok());
  const MetricComparison& m = c->metrics[0];
  EXPECT_EQ(m.pairs, 70);
  EXPECT_EQ(m.unscored_b, 30);
  ASSERT_TRUE(m.over_all.has_value());
  EXPECT_EQ(m.over_all->verdict, stats::Verdict::kWorse);
  EXPECT_NEAR(m.mean_all_b, 0.7, 1e-12);
  EXPECT_TRUE(std::any_of(c->warnings.begin(), c->warnings.end(), [](const std::string& w) {
    return w.find("missing scores") != std::string::npos;
  }));
}

TEST(CompareRuns, NothingInCommonIsSaid) {
  const ResultSet a = make({5, 1, 1}, [](int, int) { return 1; });
  ResultSet b = make({5, 1, 1}, [](int, int) { return 1; });
  b.metrics[0].name = "other";
  EXPECT_NE(compare(a, b, {}).error().message.find("no metric in common"), std::string::npos);
  CompareOptions options;
  options.metric = "emm";
  const auto near = compare(a, a, options);
  ASSERT_FALSE(near.ok());
  EXPECT_NE(near.error().remedy.find("em"), std::string::npos);
}

TEST(Diff, ShortestScriptThatRebuildsBothSides) {
  stats::Random random(5);
  for (int round = 0; round < 500; ++round) {
    std::string before, after;
    for (std::uint64_t i = random.below(12); i > 0; --i)
      before += std::string(1, static_cast<char>('a' + random.below(3))) + "\n";
    for (std::uint64_t i = random.below(12); i > 0; --i)
      after += std::string(1, static_cast<char>('a' + random.below(3))) + "\n";
    const auto diff = diff_lines(before, after, 100);
    if (before == after) {
      EXPECT_TRUE(diff.empty());
      continue;
    }
    std::string left, right;
    for (const DiffLine& line : diff) {
      if (line.mark != '+') left += (left.empty() ? "" : "\n") + line.text;
      if (line.mark != '-') right += (right.empty() ? "" : "\n") + line.text;
    }
    // A first empty line leaves no trace in the joined text: compare without it.
    const auto bare = [](std::string s) {
      while (!s.empty() && s.front() == '\n') s.erase(0, 1);
      return s;
    };
    EXPECT_EQ(bare(left), bare(before));
    EXPECT_EQ(bare(right), bare(after));
  }
  const auto one = diff_lines("a\nb\nc\nd\ne", "a\nb\nX\nd\ne", 1);
  ASSERT_EQ(one.size(), 6U);
  EXPECT_EQ(one[0].text, "...");
  EXPECT_EQ(one[2].mark, '-');
  EXPECT_EQ(one[3].text, "X");
}

TEST(Report, MarkdownAndHtmlHoldNoForeignMarkup) {
  SetBuilder builder;
  const auto metric = builder.metric("em|<b>");
  for (int i = 0; i < 20; ++i) {
    const std::uint32_t row = builder.row("<script>" + std::to_string(i), 1);
    put_texts(builder.set, builder.set.rows[row],
              {"| x | <img src=x>\n# head", "", i == 0 ? "~~~~\n<script>" : "", ""});
    builder.score(row, *metric, i == 0 ? 1 : 0);
  }
  const ResultSet b = builder.finish();
  ResultSet a = b;
  a.scores[0] = 0;
  a.rows[0].text_size = 0;
  const auto c = compare(a, b, {});
  ASSERT_TRUE(c.ok());
  const auto html = comparison_html({&a, &b, &*c, 5});
  ASSERT_TRUE(html.ok());
  EXPECT_EQ(html->find("<script"), std::string::npos);
  EXPECT_EQ(html->find("<img"), std::string::npos);
  EXPECT_NE(html->find("<svg"), std::string::npos);
  const auto markdown = comparison_markdown({&a, &b, &*c, 5});
  ASSERT_TRUE(markdown.ok());
  EXPECT_NE(markdown->find("em\\|"), std::string::npos);
  EXPECT_EQ(markdown->find("\n# head"), std::string::npos);
}

}  // namespace
}  // namespace interposer::evals
