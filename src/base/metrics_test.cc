#include "base/metrics.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <thread>
#include <vector>

namespace interposer::metrics {
namespace {

TEST(Metrics, TheSameNameAndLabelsAreTheSameCounter) {
  Counter& a = counter("test_same_total", "help", "x=\"1\"");
  a.add(2);
  counter("test_same_total", "help", "x=\"1\"").add();
  counter("test_same_total", "help", "x=\"2\"").add(5);
  EXPECT_EQ(a.value(), 3u);
  const std::string text = render();
  EXPECT_NE(text.find("# TYPE test_same_total counter\n"), std::string::npos);
  EXPECT_NE(text.find("test_same_total{x=\"1\"} 3\n"), std::string::npos);
  EXPECT_NE(text.find("test_same_total{x=\"2\"} 5\n"), std::string::npos);
}

TEST(Metrics, NothingIsLostBetweenThreads) {
  Counter& c = counter("test_threads_total", "help");
  Histogram& h = histogram("test_threads_seconds", "help");
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 10'000; ++i) {
        c.add();
        h.observe(0.001);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(c.value(), 40'000u);
  EXPECT_EQ(h.count(), 40'000u);
  EXPECT_NEAR(h.sum(), 40.0, 0.01);
}

TEST(Metrics, LabelsAreEscaped) {
  EXPECT_EQ(label("model", "a\"b\\c\nd"), "model=\"a\\\"b\\\\c\\nd\"");
  gauge("test_gauge", "two\nlines \\ \"q\"").set(-4);
  const std::string text = render();
  EXPECT_NE(text.find("# HELP test_gauge two\\nlines \\\\ \"q\"\n"), std::string::npos);
  EXPECT_NE(text.find("test_gauge -4\n"), std::string::npos);
}

TEST(Histogram, QuantilesAreNearTheSortedOnes) {
  rc::check([](const std::vector<unsigned>& raw) {
    RC_PRE(!raw.empty());
    Histogram h;
    std::vector<double> values;
    for (const unsigned r : raw) values.push_back(2e-6 * std::pow(1.001, r % 18'000));
    for (const double v : values) h.observe(v);
    std::sort(values.begin(), values.end());
    for (const double q : {0.0, 0.5, 0.9, 1.0}) {
      const auto rank = static_cast<std::size_t>(
          std::max(1.0, std::ceil(q * static_cast<double>(values.size()))));
      const double exact = values[rank - 1];
      RC_ASSERT(h.quantile(q) >= exact * 0.999999);
      RC_ASSERT(h.quantile(q) <= exact * 1.1893);
    }
  });
}

TEST(Histogram, Extremes) {
  Histogram h;
  EXPECT_EQ(h.quantile(0.5), 0);
  for (const double v : {0.0, -1.0, 1e-9, 1e9, std::numeric_limits<double>::infinity(),
                         std::numeric_limits<double>::quiet_NaN()}) {
    h.observe(v);
  }
  EXPECT_EQ(h.count(), 6u);
  EXPECT_EQ(h.bucket(Histogram::kBuckets - 1), 2u);
  EXPECT_GT(h.quantile(1), 800);
  for (int i = 1; i < Histogram::kBuckets; ++i) {
    EXPECT_GT(Histogram::upper_bound(i), Histogram::upper_bound(i - 1));
  }
}

TEST(Histogram, ExportIsCumulative) {
  Histogram& h = histogram("test_export_seconds", "help", label("k", "v"));
  h.observe(0.5e-6);
  h.observe(0.001);
  h.observe(5000);
  const std::string text = render();
  EXPECT_NE(text.find("test_export_seconds_bucket{k=\"v\",le=\"1e-06\"} 1\n"), std::string::npos);
  EXPECT_NE(text.find("test_export_seconds_bucket{k=\"v\",le=\"0.001024\"} 2\n"),
            std::string::npos);
  EXPECT_NE(text.find("test_export_seconds_bucket{k=\"v\",le=\"+Inf\"} 3\n"), std::string::npos);
  EXPECT_NE(text.find("test_export_seconds_count{k=\"v\"} 3\n"), std::string::npos);
}

}  // namespace
}  // namespace interposer::metrics
