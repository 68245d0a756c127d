// Measures with one value from the whole ranking. Sums run from the first rank on, as the
// reference's do: their last digits depend on it.
#include <algorithm>
#include <cmath>

#include "evals/trec/measures.h"

namespace interposer::evals::trec::basic {
namespace {

constexpr double kInferredEpsilon = 0.00001;

const Ranking& ranking_of(const TopicView& topic) { return topic.rankings.front(); }
double real(std::int64_t n) { return static_cast<double>(n); }
double ratio(std::int64_t a, std::int64_t b) { return b == 0 ? 0 : real(a) / real(b); }

double precision_sum(const Ranking& r) {
  double total = 0;
  std::int64_t seen = 0;
  for (std::size_t i = 0; i < r.grades.size(); ++i) {
    if (!r.is_relevant(i)) continue;
    ++seen;
    total += real(seen) / static_cast<double>(i + 1);
  }
  return total;
}

double average_precision_of(const Ranking& r) {
  return r.relevant_retrieved == 0 ? 0 : precision_sum(r) / real(r.relevant);
}

double bpref_of(const Ranking& r) {
  std::int64_t judged_nonrelevant = 0;
  for (std::int64_t level = 0; level < r.level; ++level) {
    if (level < static_cast<std::int64_t>(r.levels.size())) {
      judged_nonrelevant += r.levels[static_cast<std::size_t>(level)];
    }
  }
  const double scale = real(std::min(judged_nonrelevant, r.relevant));
  std::int64_t above = 0;
  double total = 0;
  for (std::size_t i = 0; i < r.grades.size(); ++i) {
    if (r.grades[i] < 0) continue;
    if (!r.is_relevant(i)) {
      ++above;
    } else {
      total += above > 0 ? 1 - real(std::min(above, r.relevant)) / scale : 1.0;
    }
  }
  return r.relevant == 0 ? total : total / real(r.relevant);
}

double floored_log(double value) { return std::log(std::max(value, kGeometricFloor)); }

}  // namespace

void retrieved(const TopicView& t, const Parameters&, Values out) {
  out[0] = real(ranking_of(t).retrieved());
}
void relevant(const TopicView& t, const Parameters&, Values out) {
  out[0] = real(ranking_of(t).relevant);
}
void relevant_retrieved(const TopicView& t, const Parameters&, Values out) {
  out[0] = real(ranking_of(t).relevant_retrieved);
}
void average_precision(const TopicView& t, const Parameters&, Values out) {
  out[0] = average_precision_of(ranking_of(t));
}
void log_average_precision(const TopicView& t, const Parameters&, Values out) {
  out[0] = floored_log(average_precision_of(ranking_of(t)));
}

void r_precision(const TopicView& t, const Parameters&, Values out) {
  const Ranking& r = ranking_of(t);
  const auto depth = static_cast<std::size_t>(std::min(r.retrieved(), r.relevant));
  std::int64_t seen = 0;
  for (std::size_t i = 0; i < depth; ++i) seen += r.is_relevant(i) ? 1 : 0;
  out[0] = ratio(seen, r.relevant);
}

void bpref(const TopicView& t, const Parameters&, Values out) { out[0] = bpref_of(ranking_of(t)); }
void log_bpref(const TopicView& t, const Parameters&, Values out) {
  out[0] = floored_log(bpref_of(ranking_of(t)));
}

void reciprocal_rank(const TopicView& t, const Parameters&, Values out) {
  const Ranking& r = ranking_of(t);
  out[0] = 0;
  for (std::size_t i = 0; i < r.grades.size(); ++i) {
    if (!r.is_relevant(i)) continue;
    out[0] = 1 / static_cast<double>(i + 1);
    return;
  }
}

// Yilmaz and Aslam, CIKM 2006: judged are a sample of the pool.
void inferred_ap(const TopicView& t, const Parameters&, Values out) {
  const Ranking& r = ranking_of(t);
  std::int64_t nonrelevant = 0, seen = 0, unjudged = 0;
  double total = 0;
  for (std::size_t i = 0; i < r.grades.size(); ++i) {
    if (r.grades[i] == kNotInPool) continue;
    if (r.grades[i] == kUnjudged) {
      ++unjudged;
    } else if (!r.is_relevant(i)) {
      ++nonrelevant;
    } else if (i == 0) {
      ++seen;
      total += 1;
    } else {
      const double above = static_cast<double>(i);
      const double pool_share = real(seen + nonrelevant + unjudged) / above;
      const double relevant_share =
          (real(seen) + kInferredEpsilon) / (real(seen + nonrelevant) + 2 * kInferredEpsilon);
      total += 1 / (above + 1) + (above / (above + 1)) * pool_share * relevant_share;
      ++seen;
    }
  }
  out[0] = r.relevant == 0 ? total : total / real(r.relevant);
}

void utility(const TopicView& t, const Parameters& p, Values out) {
  const Ranking& r = ranking_of(t);
  out[0] =
      p.numbers[0] * real(r.relevant_retrieved) +
      p.numbers[1] * real(r.retrieved() - r.relevant_retrieved) +
      p.numbers[2] * real(r.relevant - r.relevant_retrieved) +
      p.numbers[3] * real(t.docs_in_collection + r.relevant_retrieved - r.retrieved() - r.relevant);
}

void set_precision(const TopicView& t, const Parameters&, Values out) {
  const Ranking& r = ranking_of(t);
  out[0] = ratio(r.relevant_retrieved, r.retrieved());
}
void set_relative_precision(const TopicView& t, const Parameters&, Values out) {
  const Ranking& r = ranking_of(t);
  out[0] = ratio(r.relevant_retrieved, std::min(r.retrieved(), r.relevant));
}
void set_recall(const TopicView& t, const Parameters&, Values out) {
  const Ranking& r = ranking_of(t);
  out[0] = ratio(r.relevant_retrieved, r.relevant);
}

void set_map(const TopicView& t, const Parameters&, Values out) {
  const Ranking& r = ranking_of(t);
  const double hits = real(r.relevant_retrieved);
  const double scale = real(r.retrieved()) * real(r.relevant);
  out[0] = scale == 0 ? 0 : hits * hits / scale;
}

void set_f(const TopicView& t, const Parameters& p, Values out) {
  const Ranking& r = ranking_of(t);
  out[0] = 0;
  if (r.relevant_retrieved == 0) return;
  const double precision = ratio(r.relevant_retrieved, r.retrieved());
  const double recall = ratio(r.relevant_retrieved, r.relevant);
  const double x = p.numbers[0];
  out[0] = (x + 1) * precision * recall / (recall + x * precision);
}

void nonrelevant_judged(const TopicView& t, const Parameters&, Values out) {
  const Ranking& r = ranking_of(t);
  out[0] = static_cast<double>(std::count_if(
      r.grades.begin(), r.grades.end(), [&](auto grade) { return grade >= 0 && grade < r.level; }));
}

// Robertson, "On Smoothing Average Precision", ECIR 2012.
void yaap(const TopicView& t, const Parameters&, Values out) {
  const Ranking& r = ranking_of(t);
  const double total = precision_sum(r);
  out[0] = std::log((1 + total) / (1 + real(r.relevant) - total));
}

}  // namespace interposer::evals::trec::basic
