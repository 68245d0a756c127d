// Measures at depths: documents, shares of the relevant, multiples of their number.
#include <algorithm>
#include <cmath>

#include "evals/trec/measures.h"

namespace interposer::evals::trec::cuts {
namespace {

const Ranking& ranking_of(const TopicView& topic) { return topic.rankings.front(); }
double real(std::int64_t n) { return static_cast<double>(n); }

// Calls each(cut index, cut, relevant seen) with what stood above the cut.
template <class Each>
void at_cuts(const Ranking& r, const Parameters& p, const Each& each) {
  std::size_t i = 0;
  std::int64_t seen = 0;
  for (std::size_t cut = 0; cut < p.numbers.size(); ++cut) {
    const double depth = p.numbers[cut];
    for (; i < r.grades.size() && static_cast<double>(i) < depth; ++i) {
      seen += r.is_relevant(i) ? 1 : 0;
    }
    each(cut, depth, seen);
  }
}

// Relevant documents from which a level of recall counts as reached.
std::int64_t recall_cut(double share, std::int64_t relevant, Personality personality) {
  const double exact = share * real(relevant);
  return rounds_recall_cuts(personality) ? std::lround(exact)
                                         : static_cast<std::int64_t>(exact + 0.9);
}

// The greatest precision at or after the rank where each cut's number of relevant is reached.
void interpolate(const TopicView& t, const Parameters& p, Values out) {
  const Ranking& r = ranking_of(t);
  std::fill(out.begin(), out.end(), 0.0);
  if (r.grades.empty()) return;
  std::vector<std::int64_t> cut(p.numbers.size());
  for (std::size_t i = 0; i < cut.size(); ++i) {
    cut[i] = recall_cut(p.numbers[i], r.relevant, t.personality);
  }
  std::size_t left = cut.size();
  while (left > 0 && cut[left - 1] > r.relevant_retrieved) --left;
  std::int64_t seen = r.relevant_retrieved;
  double best = real(seen) / real(r.retrieved());
  for (std::size_t i = r.grades.size(); i > 0 && seen > 0; --i) {
    best = std::max(best, real(seen) / static_cast<double>(i));
    if (!r.is_relevant(i - 1)) continue;
    for (; left > 0 && seen == cut[left - 1]; --left) out[left - 1] = best;
    --seen;
  }
  for (; left > 0; --left) out[left - 1] = best;
}

void add_precision_at_multiples(const Ranking& r, const Parameters& p, Values out) {
  std::vector<std::int64_t> seen(r.grades.size() + 1, 0);
  for (std::size_t i = 0; i < r.grades.size(); ++i)
    seen[i + 1] = seen[i] + (r.is_relevant(i) ? 1 : 0);
  for (std::size_t i = 0; i < p.numbers.size(); ++i) {
    const auto depth = static_cast<std::int64_t>(p.numbers[i] * real(r.relevant) + 0.9);
    if (depth <= 0) continue;
    const std::int64_t reach = std::min(depth, r.retrieved());
    out[i] += real(seen[static_cast<std::size_t>(reach)]) / real(depth);
  }
}

void average_over(std::size_t groups, Values out) {
  for (double& value : out) value /= static_cast<double>(groups);
}

}  // namespace

void interpolated_precision(const TopicView& t, const Parameters& p, Values out) {
  interpolate(t, p, out);
}

void eleven_point(const TopicView& t, const Parameters& p, Values out) {
  std::vector<double> points(p.numbers.size());
  interpolate(t, p, points);
  double total = 0;  // from the last on, as the reference adds
  for (std::size_t i = points.size(); i > 0; --i) total += points[i - 1];
  out[0] = total / static_cast<double>(points.size());
}

void precision(const TopicView& t, const Parameters& p, Values out) {
  at_cuts(ranking_of(t), p,
          [&](std::size_t i, double depth, std::int64_t seen) { out[i] = real(seen) / depth; });
}

void recall(const TopicView& t, const Parameters& p, Values out) {
  const Ranking& r = ranking_of(t);
  at_cuts(r, p, [&](std::size_t i, double, std::int64_t seen) {
    out[i] = r.relevant == 0 ? 0 : real(seen) / real(r.relevant);
  });
}

void relative_precision(const TopicView& t, const Parameters& p, Values out) {
  const Ranking& r = ranking_of(t);
  at_cuts(r, p, [&](std::size_t i, double depth, std::int64_t seen) {
    out[i] = r.relevant == 0 ? 0 : real(seen) / std::min(depth, real(r.relevant));
  });
}

void success(const TopicView& t, const Parameters& p, Values out) {
  at_cuts(ranking_of(t), p,
          [&](std::size_t i, double, std::int64_t seen) { out[i] = seen > 0 ? 1 : 0; });
}

void average_precision(const TopicView& t, const Parameters& p, Values out) {
  const Ranking& r = ranking_of(t);
  std::size_t i = 0;
  std::int64_t seen = 0;
  double total = 0;
  for (std::size_t cut = 0; cut < p.numbers.size(); ++cut) {
    for (; i < r.grades.size() && static_cast<double>(i) < p.numbers[cut]; ++i) {
      if (!r.is_relevant(i)) continue;
      ++seen;
      total += real(seen) / static_cast<double>(i + 1);
    }
    out[cut] = r.relevant == 0 ? 0 : total / real(r.relevant);
  }
}

void unjudged(const TopicView& t, const Parameters& p, Values out) {
  const Ranking& r = ranking_of(t);
  std::size_t i = 0;
  std::int64_t seen = 0;
  for (std::size_t cut = 0; cut < p.numbers.size(); ++cut) {
    for (; i < r.grades.size() && static_cast<double>(i) < p.numbers[cut]; ++i) {
      seen += r.grades[i] < 0 ? 1 : 0;
    }
    out[cut] = real(seen) / p.numbers[cut];
  }
}

void r_precision_multiples(const TopicView& t, const Parameters& p, Values out) {
  std::fill(out.begin(), out.end(), 0.0);
  add_precision_at_multiples(ranking_of(t), p, out);
}

void group_average_precision(const TopicView& t, const Parameters&, Values out) {
  out[0] = 0;
  for (const Ranking& r : t.rankings) {
    double total = 0;
    std::int64_t seen = 0;
    for (std::size_t i = 0; i < r.grades.size(); ++i) {
      if (!r.is_relevant(i)) continue;
      ++seen;
      total += real(seen) / static_cast<double>(i + 1);
    }
    if (seen > 0) out[0] += total / real(r.relevant);
  }
  average_over(t.rankings.size(), out);
}

void group_precision(const TopicView& t, const Parameters& p, Values out) {
  std::fill(out.begin(), out.end(), 0.0);
  for (const Ranking& r : t.rankings) {
    at_cuts(r, p,
            [&](std::size_t i, double depth, std::int64_t seen) { out[i] += real(seen) / depth; });
  }
  average_over(t.rankings.size(), out);
}

void group_r_precision(const TopicView& t, const Parameters& p, Values out) {
  std::fill(out.begin(), out.end(), 0.0);
  for (const Ranking& r : t.rankings) add_precision_at_multiples(r, p, out);
  average_over(t.rankings.size(), out);
}

}  // namespace interposer::evals::trec::cuts
