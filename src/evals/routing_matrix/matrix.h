// What each model would have scored on each query: the ground that routes are judged on.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace interposer::evals::routing_matrix {

// Higher scores are better. Costs in one unit throughout (dollars, joules, seconds); without any
// the frontier, regret at equal cost and AIQ are undefined.
struct Matrix {
  std::vector<std::string> models;
  std::vector<std::string> queries;        // ids or texts, for messages
  std::vector<std::vector<double>> score;  // [query][model]
  std::vector<std::vector<double>> cost;   // the same shape, or empty
  bool has_cost() const { return !cost.empty(); }
  std::optional<std::size_t> model(std::string_view name) const;
};

// Three forms, told apart by the text: a JSON array of {"question", "scores": {model: n}} with an
// optional "costs" (LLMRouter); lines of JSON {"query", "model", "score", "cost"?}, one a cell; CSV
// with a column a model, True/False or numbers (RouteLLM: every column that has a
// "NAME_response" beside it; without such columns all but the first), and "NAME_cost" where known.
// Every query must have every model.
Result<Matrix> parse_matrix(std::string_view text, std::string_view file);

// What a way of choosing costs and gives, as means over queries.
struct Point {
  std::string name;
  double cost = 0;  // NaN without costs
  double quality = 0;
};

std::vector<Point> single_models(const Matrix& matrix);
Point chosen(const Matrix& matrix, std::span<const std::size_t> choice, std::string name);
// The best model of each query; of equals the cheapest, then the first.
std::vector<std::size_t> oracle_choice(const Matrix& matrix);

// Points that none other beats at lower or equal cost, by rising cost.
std::vector<Point> pareto(std::vector<Point> points);
// The lower-left hull: what mixing two points at random can reach, by rising cost; never falling.
std::vector<Point> hull(std::vector<Point> points);
// The hull's quality at a cost; beyond its ends the end's, before them nothing.
std::optional<double> quality_at(const std::vector<Point>& hull, double cost);

// RouterBench's average improvement in quality (arXiv 2403.12031): the area under the hull from
// `from` to `to`, divided by the width. Beyond the last point the quality stays.
std::optional<double> aiq(const std::vector<Point>& hull, double from, double to);

struct Regret {
  double to_oracle = 0;                 // the oracle's quality minus this one's
  double to_best_single = 0;            // the best single model's, whatever it costs
  std::optional<double> at_equal_cost;  // the single models' hull at this cost
};
Regret regret(const Matrix& matrix, const Point& route);

// Bits of the share of each model in the choices: 0 sends everything to one.
double decision_entropy(std::span<const std::size_t> choice, std::size_t models);

}  // namespace interposer::evals::routing_matrix
