#include "evals/routing_matrix/two_models.h"

#include <algorithm>
#include <numeric>

#include "stats/moments.h"

namespace interposer::evals::routing_matrix {
namespace {

double quality_at(const std::vector<CurvePoint>& curve, double share) {
  const auto next = std::lower_bound(
      curve.begin(), curve.end(), share,
      [](const CurvePoint& point, double wanted) { return point.strong_share < wanted; });
  if (next == curve.begin()) return curve.front().quality;
  if (next == curve.end()) return curve.back().quality;
  const CurvePoint& last = *(next - 1);
  const double way = (share - last.strong_share) / (next->strong_share - last.strong_share);
  return last.quality + way * (next->quality - last.quality);
}

}  // namespace

std::vector<CurvePoint> threshold_curve(std::span<const double> weak,
                                        std::span<const double> strong,
                                        std::span<const double> wants_strong) {
  const std::size_t n = std::min({weak.size(), strong.size(), wants_strong.size()});
  if (n == 0) return {};
  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return wants_strong[a] > wants_strong[b]; });
  const double count = static_cast<double>(n);
  stats::Sum total;
  for (std::size_t i = 0; i < n; ++i) total.add(weak[i]);
  std::vector<CurvePoint> curve{{0, total.value() / count}};
  for (std::size_t i = 0; i < n; ++i) {
    total.add(strong[order[i]] - weak[order[i]]);
    const bool tied = i + 1 < n && wants_strong[order[i + 1]] == wants_strong[order[i]];
    if (!tied) curve.push_back({static_cast<double>(i + 1) / count, total.value() / count});
  }
  return curve;
}

std::optional<double> gap_recovered(double quality, double weak, double strong) {
  if (strong == weak) return std::nullopt;
  return (quality - weak) / (strong - weak);
}

std::optional<double> apgr_routellm(const std::vector<CurvePoint>& curve) {
  if (curve.size() < 2) return std::nullopt;
  double area = 0;
  for (std::size_t i = 1; i < curve.size(); ++i) {
    area += (curve[i].strong_share - curve[i - 1].strong_share) *
            (curve[i].quality + curve[i - 1].quality) / 2;
  }
  return gap_recovered(area, curve.front().quality, curve.back().quality);
}

std::optional<double> apgr_paper(const std::vector<CurvePoint>& curve) {
  if (curve.size() < 2) return std::nullopt;
  double total = 0;
  for (int tenth = 1; tenth <= 10; ++tenth) {
    const auto gap =
        gap_recovered(quality_at(curve, tenth / 10.0), curve.front().quality, curve.back().quality);
    if (!gap) return std::nullopt;
    total += *gap;
  }
  return total / 10;
}

std::optional<double> cpt(const std::vector<CurvePoint>& curve, double gap) {
  if (curve.size() < 2) return std::nullopt;
  const double weak = curve.front().quality;
  const double strong = curve.back().quality;
  for (std::size_t i = 0; i < curve.size(); ++i) {
    const auto here = gap_recovered(curve[i].quality, weak, strong);
    if (!here) return std::nullopt;
    if (*here < gap) continue;
    if (i == 0) return 0;
    const double before = *gap_recovered(curve[i - 1].quality, weak, strong);
    const double way = (gap - before) / (*here - before);
    return curve[i - 1].strong_share + way * (curve[i].strong_share - curve[i - 1].strong_share);
  }
  return std::nullopt;
}

}  // namespace interposer::evals::routing_matrix
