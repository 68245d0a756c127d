#include "base/metrics.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <map>
#include <memory>
#include <mutex>

namespace interposer::metrics {
namespace {

constexpr int kBucketsPerOctave = 4;
constexpr double kSmallest = 1e-6;  // seconds

struct Family {
  std::string_view type;
  std::string help;
  std::map<std::string, std::unique_ptr<Counter>, std::less<>> counters;
  std::map<std::string, std::unique_ptr<Gauge>, std::less<>> gauges;
  std::map<std::string, std::unique_ptr<Histogram>, std::less<>> histograms;
};

struct Registry {
  std::mutex mutex;
  std::map<std::string, Family, std::less<>> families;
};

// Never destroyed: other static objects may still count while the process ends.
Registry& registry() {
  static auto* const instance = new Registry;
  return *instance;
}

Family& family(Registry& r, std::string_view name, std::string_view help, std::string_view type) {
  auto [it, added] = r.families.try_emplace(std::string(name));
  if (added) {
    it->second.type = type;
    it->second.help = std::string(help);
  }
  // Two kinds under one name is a bug at the place that made the second.
  if (it->second.type != type) std::abort();
  return it->second;
}

template <class Map>
auto& member(Map& map, std::string_view labels) {
  auto& slot = map[std::string(labels)];
  if (!slot) slot = std::make_unique<typename Map::mapped_type::element_type>();
  return *slot;
}

std::string braces(std::string_view labels, std::string_view extra = {}) {
  if (labels.empty() && extra.empty()) return {};
  const std::string_view comma = !labels.empty() && !extra.empty() ? "," : "";
  return fmt::format("{{{}{}{}}}", labels, comma, extra);
}

// One bound an octave is exported: 31 series a histogram instead of 121, and the same set at every
// scrape, as Prometheus' rate functions need.
void render_histogram(std::string& out, std::string_view name, std::string_view labels,
                      const Histogram& h) {
  std::uint64_t cumulative = 0;
  for (int i = 0; i < Histogram::kBuckets; ++i) {
    cumulative += h.bucket(i);
    const bool last = i == Histogram::kBuckets - 1;
    if (!last && i % kBucketsPerOctave != 0) continue;
    const std::string le =
        last ? "le=\"+Inf\"" : fmt::format("le=\"{:.9g}\"", Histogram::upper_bound(i));
    fmt::format_to(std::back_inserter(out), "{}_bucket{} {}\n", name, braces(labels, le),
                   cumulative);
  }
  fmt::format_to(std::back_inserter(out), "{}_sum{} {}\n", name, braces(labels), h.sum());
  fmt::format_to(std::back_inserter(out), "{}_count{} {}\n", name, braces(labels), cumulative);
}

std::string escape(std::string_view text, bool quotes) {
  std::string out;
  for (const char c : text) {
    if (c == '\n') {
      out.append("\\n");
    } else {
      if (c == '\\' || (quotes && c == '"')) out.push_back('\\');
      out.push_back(c);
    }
  }
  return out;
}

}  // namespace

double Histogram::upper_bound(int bucket) {
  if (bucket >= kBuckets - 1) return std::numeric_limits<double>::infinity();
  return kSmallest * std::exp2(static_cast<double>(bucket) / kBucketsPerOctave);
}

void Histogram::observe(double seconds) {
  int index = 0;
  if (seconds > kSmallest) {
    const double position = std::ceil(std::log2(seconds / kSmallest) * kBucketsPerOctave);
    index = position >= kBuckets - 1 ? kBuckets - 1 : static_cast<int>(position);
  }
  buckets_[static_cast<std::size_t>(index)].fetch_add(1, std::memory_order_relaxed);
  count_.fetch_add(1, std::memory_order_relaxed);
  const double ns = std::clamp(seconds, 0.0, 1e9) * 1e9;  // NaN compares false: stays itself
  if (ns >= 0) sum_ns_.fetch_add(static_cast<std::uint64_t>(ns), std::memory_order_relaxed);
}

double Histogram::quantile(double q) const {
  std::array<std::uint64_t, kBuckets> counts{};
  std::uint64_t total = 0;
  for (int i = 0; i < kBuckets; ++i) {
    counts[static_cast<std::size_t>(i)] = bucket(i);
    total += bucket(i);
  }
  if (total == 0) return 0;
  const auto rank = std::max<std::uint64_t>(
      1, static_cast<std::uint64_t>(std::ceil(q * static_cast<double>(total))));
  std::uint64_t seen = 0;
  for (int i = 0; i < kBuckets - 1; ++i) {
    seen += counts[static_cast<std::size_t>(i)];
    if (seen >= rank) return upper_bound(i);
  }
  return upper_bound(kBuckets - 2);
}

Counter& counter(std::string_view name, std::string_view help, std::string_view labels) {
  Registry& r = registry();
  const std::lock_guard lock(r.mutex);
  return member(family(r, name, help, "counter").counters, labels);
}

Gauge& gauge(std::string_view name, std::string_view help, std::string_view labels) {
  Registry& r = registry();
  const std::lock_guard lock(r.mutex);
  return member(family(r, name, help, "gauge").gauges, labels);
}

Histogram& histogram(std::string_view name, std::string_view help, std::string_view labels) {
  Registry& r = registry();
  const std::lock_guard lock(r.mutex);
  return member(family(r, name, help, "histogram").histograms, labels);
}

std::string label(std::string_view key, std::string_view value) {
  return fmt::format("{}=\"{}\"", key, escape(value, true));
}

std::string render() {
  Registry& r = registry();
  const std::lock_guard lock(r.mutex);
  std::string out;
  for (const auto& [name, f] : r.families) {
    fmt::format_to(std::back_inserter(out), "# HELP {} {}\n# TYPE {} {}\n", name,
                   escape(f.help, false), name, f.type);
    for (const auto& [labels, c] : f.counters) {
      fmt::format_to(std::back_inserter(out), "{}{} {}\n", name, braces(labels), c->value());
    }
    for (const auto& [labels, g] : f.gauges) {
      fmt::format_to(std::back_inserter(out), "{}{} {}\n", name, braces(labels), g->value());
    }
    for (const auto& [labels, h] : f.histograms) render_histogram(out, name, labels, *h);
  }
  return out;
}

}  // namespace interposer::metrics
