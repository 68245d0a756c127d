// Measures with graded gains: discounted cumulative gain and its relatives, rank-biased precision.
// A grade's gain is the grade itself, or what "-m ndcg.1=3,2=9" says.
#include <algorithm>
#include <cmath>
#include <functional>

#include "evals/trec/measures.h"

namespace interposer::evals::trec::gains {
namespace {

const Ranking& ranking_of(const TopicView& topic) { return topic.rankings.front(); }

// Gain of each grade that was judged or named, and the judged gains > 0 in falling order.
struct Gains {
  std::vector<double> of_grade;
  std::vector<double> ideal;

  double operator()(std::int32_t grade) const {
    return grade >= 0 && static_cast<std::size_t>(grade) < of_grade.size()
               ? of_grade[static_cast<std::size_t>(grade)]
               : 0;
  }
};

Gains gains_of(const Ranking& r, const Parameters& p) {
  Gains gains;
  gains.of_grade.resize(r.levels.size());
  for (std::size_t g = 0; g < r.levels.size(); ++g) gains.of_grade[g] = static_cast<double>(g);
  for (const auto& [grade, gain] : p.gains) {
    if (grade >= 0 && static_cast<std::size_t>(grade) < r.levels.size()) {
      gains.of_grade[static_cast<std::size_t>(grade)] = gain;
    }
  }
  for (std::size_t g = 0; g < r.levels.size(); ++g) {
    if (gains.of_grade[g] > 0) {
      gains.ideal.insert(gains.ideal.end(), static_cast<std::size_t>(r.levels[g]),
                         gains.of_grade[g]);
    }
  }
  std::sort(gains.ideal.begin(), gains.ideal.end(), std::greater<>());
  return gains;
}

double discount(std::size_t rank_index) { return std::log2(static_cast<double>(rank_index + 2)); }

// sums[i]: discounted gain of the first i.
std::vector<double> result_sums(const Ranking& r, const Gains& gains) {
  std::vector<double> sums(r.grades.size() + 1, 0);
  for (std::size_t i = 0; i < r.grades.size(); ++i) {
    const double gain = gains(r.grades[i]);
    sums[i + 1] = gain == 0 ? sums[i] : sums[i] + gain / discount(i);
  }
  return sums;
}

std::vector<double> ideal_sums(const Gains& gains) {
  std::vector<double> sums(gains.ideal.size() + 1, 0);
  for (std::size_t i = 0; i < gains.ideal.size(); ++i) {
    sums[i + 1] = sums[i] + gains.ideal[i] / discount(i);
  }
  return sums;
}

}  // namespace

void binary_g(const TopicView& t, const Parameters&, Values out) {
  const Ranking& r = ranking_of(t);
  double total = 0;
  std::size_t seen = 0;
  for (std::size_t i = 0; i < r.grades.size(); ++i) {
    if (!r.is_relevant(i)) continue;
    ++seen;
    total += 1 / std::log2(static_cast<double>(3 + i - seen));
  }
  out[0] = seen == 0 ? 0 : total / static_cast<double>(r.relevant);
}

void g(const TopicView& t, const Parameters& p, Values out) {
  const Ranking& r = ranking_of(t);
  const Gains gains = gains_of(r, p);
  constexpr double kLeastCost = 1;  // of a rank, even where the ideal gains less
  double gained = 0, cost = 0, total = 0, ideal = 0;
  for (std::size_t i = 0; i < r.grades.size(); ++i) {
    const double gain = gains(r.grades[i]);
    gained += gain;
    cost += i < gains.ideal.size() ? std::max(gains.ideal[i], kLeastCost) : kLeastCost;
    if (gain != 0) total += gain / std::log2(2 + cost - gained);
  }
  for (double gain : gains.ideal) ideal += gain;
  out[0] = ideal > 0 ? total / ideal : 0;
}

void dcg(const TopicView& t, const Parameters& p, Values out) {
  const Ranking& r = ranking_of(t);
  out[0] = result_sums(r, gains_of(r, p)).back();
}

void ideal_dcg(const TopicView& t, const Parameters& p, Values out) {
  out[0] = ideal_sums(gains_of(ranking_of(t), p)).back();
}

void ndcg(const TopicView& t, const Parameters& p, Values out) {
  const Ranking& r = ranking_of(t);
  const Gains gains = gains_of(r, p);
  const double ideal = ideal_sums(gains).back();
  out[0] = ideal > 0 ? result_sums(r, gains).back() / ideal : 0;
}

// nDCG at every retrieved document with gain; those not retrieved count with the last value.
void ndcg_relevant(const TopicView& t, const Parameters& p, Values out) {
  const Ranking& r = ranking_of(t);
  const Gains gains = gains_of(r, p);
  const std::vector<double> results = result_sums(r, gains);
  const std::vector<double> ideal = ideal_sums(gains);
  out[0] = 0;
  if (gains.ideal.empty()) return;
  double total = 0;
  std::size_t seen = 0;
  for (std::size_t i = 0; i < r.grades.size(); ++i) {
    if (gains(r.grades[i]) <= 0) continue;
    ++seen;
    total += results[i + 1] / ideal[std::min(i + 1, gains.ideal.size())];
  }
  const double missing = static_cast<double>(gains.ideal.size()) - static_cast<double>(seen);
  total += missing * results.back() / ideal.back();
  if (total > 0) out[0] = total / static_cast<double>(gains.ideal.size());
}

// nDCG where the ideal ranking changes its gain, and at the end of what was retrieved beyond that.
void ndcg_levels(const TopicView& t, const Parameters& p, Values out) {
  const Ranking& r = ranking_of(t);
  const Gains gains = gains_of(r, p);
  out[0] = 0;
  if (r.relevant == 0 || gains.ideal.empty()) return;
  const std::vector<double> results = result_sums(r, gains);
  const std::vector<double> ideal = ideal_sums(gains);
  const std::size_t length = gains.ideal.size();
  double total = 0;
  double points = 0;
  for (std::size_t i = 1; i <= length; ++i) {
    if (i < length && gains.ideal[i] == gains.ideal[i - 1]) continue;
    total += results[std::min(i, r.grades.size())] / ideal[i];
    ++points;
  }
  if (r.grades.size() > length + 1) {
    total += results.back() / ideal.back();
    ++points;
  }
  out[0] = total / points;
}

void ndcg_cut(const TopicView& t, const Parameters& p, Values out) {
  const Ranking& r = ranking_of(t);
  const Gains gains = gains_of(r, Parameters{});
  const std::vector<double> results = result_sums(r, gains);
  const std::vector<double> ideal = ideal_sums(gains);
  for (std::size_t i = 0; i < p.numbers.size(); ++i) {
    const auto cut = static_cast<std::size_t>(p.numbers[i]);
    const double best = ideal[std::min(cut, gains.ideal.size())];
    out[i] = best > 0 ? results[std::min(cut, r.grades.size())] / best : 0;
  }
}

// Moffat and Zobel, TOIS 27 (2008). Gains are brought into [0, 1] first.
void rank_biased(const TopicView& t, const Parameters& p, Values out) {
  const Ranking& r = ranking_of(t);
  Gains gains = gains_of(r, p);
  double low = 0;
  double high = 1;
  for (double gain : gains.of_grade) {
    low = std::min(low, gain);
    high = std::max(high, gain);
  }
  for (double& gain : gains.of_grade) gain = (gain - low) / (high - low);
  double total = 0;
  double weight = 1;
  for (std::int32_t grade : r.grades) {
    total += gains(grade) * weight;
    weight *= p.persistence;
  }
  out[0] = (1 - p.persistence) * total;
}

// What the unjudged could still add; the reference fixes the persistence, and says 0 when all that
// was retrieved is judged.
void rank_biased_residual(const TopicView& t, const Parameters&, Values out) {
  constexpr double kPersistence = 0.9;
  double total = 0;
  double weight = 1;
  bool any = false;
  for (std::int32_t grade : ranking_of(t).grades) {
    if (grade < 0) {
      any = true;
      total += weight;
    }
    weight *= kPersistence;
  }
  out[0] = any ? weight + (1 - kPersistence) * total : 0;
}

}  // namespace interposer::evals::trec::gains
