// A weak and a strong model with a router between them, as RouteLLM judges it (arXiv 2406.18665).
#pragma once

#include <optional>
#include <span>
#include <vector>

namespace interposer::evals::routing_matrix {

// Share of calls to the strong model, and the quality there.
struct CurvePoint {
  double strong_share = 0;
  double quality = 0;
};

// The curve of sending the queries with the highest `wants_strong` to the strong model first; one
// point a distinct threshold, from no query to all. Equal values move together.
std::vector<CurvePoint> threshold_curve(std::span<const double> weak,
                                        std::span<const double> strong,
                                        std::span<const double> wants_strong);

// Performance gap recovered: (quality - weak) / (strong - weak). Empty when the two are equal.
std::optional<double> gap_recovered(double quality, double weak, double strong);

// Average over the curve. @routellm: by trapezoids, as RouteLLM's code has it. @paper: the mean at
// 10 %, 20 %, ... 100 % of calls, the curve taken as linear between its points.
std::optional<double> apgr_routellm(const std::vector<CurvePoint>& curve);
std::optional<double> apgr_paper(const std::vector<CurvePoint>& curve);

// Call-performance threshold: the least share of strong calls that recovers `gap` (.5, .8).
std::optional<double> cpt(const std::vector<CurvePoint>& curve, double gap);

}  // namespace interposer::evals::routing_matrix
