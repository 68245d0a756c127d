#include "evals/routing_matrix/matrix.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "stats/moments.h"

namespace interposer::evals::routing_matrix {
namespace {

constexpr double kNoCost = std::numeric_limits<double>::quiet_NaN();

bool by_cost(const Point& a, const Point& b) {
  return a.cost != b.cost ? a.cost < b.cost : a.quality > b.quality;
}

// > 0 when a, b, c turn left: b then lies below the line from a to c.
double turn(const Point& a, const Point& b, const Point& c) {
  return (b.cost - a.cost) * (c.quality - a.quality) - (b.quality - a.quality) * (c.cost - a.cost);
}

}  // namespace

std::optional<std::size_t> Matrix::model(std::string_view name) const {
  const auto found = std::find(models.begin(), models.end(), name);
  if (found == models.end()) return std::nullopt;
  return static_cast<std::size_t>(found - models.begin());
}

Point chosen(const Matrix& matrix, std::span<const std::size_t> choice, std::string name) {
  stats::Sum score, cost;
  for (std::size_t q = 0; q < matrix.score.size(); ++q) {
    score.add(matrix.score[q][choice[q]]);
    if (matrix.has_cost()) cost.add(matrix.cost[q][choice[q]]);
  }
  const double n = static_cast<double>(matrix.score.size());
  return {std::move(name), matrix.has_cost() ? cost.value() / n : kNoCost, score.value() / n};
}

std::vector<Point> single_models(const Matrix& matrix) {
  std::vector<Point> out;
  for (std::size_t m = 0; m < matrix.models.size(); ++m) {
    const std::vector<std::size_t> choice(matrix.score.size(), m);
    out.push_back(chosen(matrix, choice, matrix.models[m]));
  }
  return out;
}

std::vector<std::size_t> oracle_choice(const Matrix& matrix) {
  std::vector<std::size_t> out;
  for (std::size_t q = 0; q < matrix.score.size(); ++q) {
    std::size_t best = 0;
    for (std::size_t m = 1; m < matrix.models.size(); ++m) {
      const double gain = matrix.score[q][m] - matrix.score[q][best];
      const bool cheaper = matrix.has_cost() && matrix.cost[q][m] < matrix.cost[q][best];
      if (gain > 0 || (gain == 0 && cheaper)) best = m;
    }
    out.push_back(best);
  }
  return out;
}

std::vector<Point> pareto(std::vector<Point> points) {
  std::erase_if(points, [](const Point& p) { return std::isnan(p.cost); });
  std::sort(points.begin(), points.end(), by_cost);
  std::vector<Point> out;
  for (Point& point : points) {
    if (out.empty() || point.quality > out.back().quality) out.push_back(std::move(point));
  }
  return out;
}

std::vector<Point> hull(std::vector<Point> points) {
  std::vector<Point> out;
  for (Point& point : pareto(std::move(points))) {
    while (out.size() >= 2 && turn(out[out.size() - 2], out.back(), point) >= 0) out.pop_back();
    out.push_back(std::move(point));
  }
  return out;
}

std::optional<double> quality_at(const std::vector<Point>& hull, double cost) {
  if (hull.empty() || std::isnan(cost) || cost < hull.front().cost) return std::nullopt;
  for (std::size_t i = 1; i < hull.size(); ++i) {
    if (cost > hull[i].cost) continue;
    const double way = (cost - hull[i - 1].cost) / (hull[i].cost - hull[i - 1].cost);
    return hull[i - 1].quality + way * (hull[i].quality - hull[i - 1].quality);
  }
  return hull.back().quality;
}

std::optional<double> aiq(const std::vector<Point>& hull, double from, double to) {
  if (!(from < to) || hull.empty() || from < hull.front().cost) return std::nullopt;
  std::vector<double> cuts{from, to};
  for (const Point& point : hull) {
    if (point.cost > from && point.cost < to) cuts.push_back(point.cost);
  }
  std::sort(cuts.begin(), cuts.end());
  double area = 0;
  for (std::size_t i = 1; i < cuts.size(); ++i) {
    area +=
        (cuts[i] - cuts[i - 1]) * (*quality_at(hull, cuts[i - 1]) + *quality_at(hull, cuts[i])) / 2;
  }
  return area / (to - from);
}

Regret regret(const Matrix& matrix, const Point& route) {
  Regret out;
  out.to_oracle = chosen(matrix, oracle_choice(matrix), "oracle").quality - route.quality;
  const std::vector<Point> singles = single_models(matrix);
  double best = -std::numeric_limits<double>::infinity();
  for (const Point& point : singles) best = std::max(best, point.quality);
  out.to_best_single = best - route.quality;
  if (const auto same_cost = quality_at(hull(singles), route.cost)) {
    out.at_equal_cost = *same_cost - route.quality;
  }
  return out;
}

double decision_entropy(std::span<const std::size_t> choice, std::size_t models) {
  std::vector<double> count(models, 0);
  for (std::size_t m : choice) count[m] += 1;
  double bits = 0;
  for (double c : count) {
    const double share = c / static_cast<double>(choice.size());
    if (c > 0) bits -= share * std::log2(share);
  }
  return bits;
}

}  // namespace interposer::evals::routing_matrix
