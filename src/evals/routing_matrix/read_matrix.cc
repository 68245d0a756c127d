#include <boost/json.hpp>
#include <charconv>
#include <cmath>
#include <map>

#include "base/strings.h"
#include "evals/read/files.h"
#include "evals/routing_matrix/matrix.h"

namespace interposer::evals::routing_matrix {
namespace {

namespace json = boost::json;

constexpr const char* kForms =
    "give an array of {\"question\", \"scores\"}, lines {\"query\", \"model\", \"score\"}, or CSV";

Error broken(std::string_view file, const std::string& what) {
  return make_error(Code::kInvalidArgument, std::string(file) + ": " + what, kForms);
}

std::optional<double> number_of(const json::value& value) {
  if (value.is_bool()) return value.get_bool() ? 1 : 0;
  if (!value.is_number()) return std::nullopt;
  return value.to_number<double>();
}

struct Cell {
  std::optional<double> score, cost;
};

// Cells in any order; models and queries in order of first appearance.
class Cells {
 public:
  void put(const std::string& query, const std::string& model, Cell cell) {
    const auto [q, new_query] = query_.try_emplace(query, queries_.size());
    if (new_query) {
      queries_.push_back(query);
      rows_.emplace_back();
    }
    const auto [m, new_model] = model_.try_emplace(model, models_.size());
    if (new_model) models_.push_back(model);
    rows_[q->second][m->second] = cell;
  }

  Result<Matrix> matrix(std::string_view file) && {
    if (queries_.empty()) return broken(file, "it holds no query");
    Matrix out;
    bool costs = true;
    for (std::size_t q = 0; q < queries_.size(); ++q) {
      std::vector<double> score, cost;
      for (std::size_t m = 0; m < models_.size(); ++m) {
        const auto cell = rows_[q].find(m);
        if (cell == rows_[q].end() || !cell->second.score) {
          return broken(file, "query '" + queries_[q].substr(0, 60) + "' has no score of model '" +
                                  models_[m] + "'");
        }
        score.push_back(*cell->second.score);
        costs = costs && cell->second.cost.has_value();
        cost.push_back(cell->second.cost.value_or(0));
      }
      out.score.push_back(std::move(score));
      out.cost.push_back(std::move(cost));
    }
    if (!costs) out.cost.clear();
    out.models = std::move(models_);
    out.queries = std::move(queries_);
    return out;
  }

 private:
  std::vector<std::string> queries_, models_;
  std::map<std::string, std::size_t> query_, model_;
  std::vector<std::map<std::size_t, Cell>> rows_;
};

std::string text_at(const json::object& row, std::initializer_list<const char*> keys) {
  for (const char* key : keys) {
    const json::value* const found = row.if_contains(key);
    if (found != nullptr && found->is_string()) return std::string(found->get_string());
    if (found != nullptr && found->is_int64()) return std::to_string(found->get_int64());
  }
  return {};
}

Result<Matrix> from_array(const json::array& rows, std::string_view file) {
  Cells cells;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::string place = "element " + std::to_string(i);
    const json::value* const scores =
        rows[i].is_object() ? rows[i].get_object().if_contains("scores") : nullptr;
    if (scores == nullptr || !scores->is_object()) return broken(file, place + " has no scores");
    const json::value* const costs = rows[i].get_object().if_contains("costs");
    for (const auto& [model, score] : scores->get_object()) {
      Cell cell{number_of(score), std::nullopt};
      if (!cell.score) return broken(file, place + ": a score is not a number");
      if (costs != nullptr && costs->is_object()) {
        const json::value* const cost = costs->get_object().if_contains(model);
        if (cost != nullptr) cell.cost = number_of(*cost);
      }
      cells.put(std::to_string(i), std::string(model), cell);
    }
  }
  return std::move(cells).matrix(file);
}

Result<Matrix> from_lines(std::string_view text, std::string_view file) {
  Cells cells;
  std::size_t number = 0;
  for (std::string_view line : lines_of(text)) {
    ++number;
    if (trim(line).empty()) continue;
    boost::system::error_code failed;
    const json::value row = json::parse(json::string_view(line.data(), line.size()), failed);
    const std::string place = "line " + std::to_string(number);
    if (failed || !row.is_object()) return broken(file, place + " is not a JSON object");
    const json::object& fields = row.get_object();
    const std::string query = text_at(fields, {"query", "id", "question", "prompt"});
    const std::string model = text_at(fields, {"model", "model_name"});
    const json::value* score = fields.if_contains("score");
    if (score == nullptr) score = fields.if_contains("performance");
    Cell cell;
    if (score != nullptr) cell.score = number_of(*score);
    if (query.empty() || model.empty() || !cell.score) {
      return broken(file, place + " lacks a query, a model or a score");
    }
    const json::value* const cost = fields.if_contains("cost");
    if (cost != nullptr) cell.cost = number_of(*cost);
    cells.put(query, model, cell);
  }
  return std::move(cells).matrix(file);
}

std::optional<double> number_of(std::string_view text) {
  if (text == "True" || text == "true") return 1;
  if (text == "False" || text == "false") return 0;
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size() ||
      !std::isfinite(value))
    return std::nullopt;
  return value;
}

Result<Matrix> from_csv(std::string_view text, std::string_view file) {
  IP_TRY(const Csv csv, parse_csv(text, file));
  const std::size_t none = csv.header.size();
  std::vector<std::size_t> models;
  for (std::size_t c = 0; c < none; ++c) {
    if (csv.column(csv.header[c] + "_response") != none) models.push_back(c);
  }
  if (models.empty()) {
    for (std::size_t c = 1; c < none; ++c) {
      if (!csv.header[c].ends_with("_cost")) models.push_back(c);
    }
  }
  if (models.empty()) return broken(file, "no column of a model");
  Cells cells;
  for (std::size_t r = 0; r < csv.rows.size(); ++r) {
    for (std::size_t c : models) {
      const std::size_t cost = csv.column(csv.header[c] + "_cost");
      Cell cell{number_of(csv.rows[r][c]), std::nullopt};
      if (!cell.score) {
        return broken(file, "row " + std::to_string(r + 1) + ": '" + csv.rows[r][c].substr(0, 40) +
                                "' is no score of '" + csv.header[c] + "'");
      }
      if (cost != none) cell.cost = number_of(csv.rows[r][cost]);
      cells.put(std::to_string(r), csv.header[c], cell);
    }
  }
  return std::move(cells).matrix(file);
}

}  // namespace

Result<Matrix> parse_matrix(std::string_view text, std::string_view file) {
  const std::string_view start = trim(text.substr(0, std::min<std::size_t>(text.size(), 4096)));
  if (start.starts_with('{')) return from_lines(text, file);
  if (!start.starts_with('[')) return from_csv(text, file);
  boost::system::error_code failed;
  const json::value rows = json::parse(json::string_view(text.data(), text.size()), failed);
  if (failed || !rows.is_array()) return broken(file, "not a JSON array: " + failed.message());
  return from_array(rows.get_array(), file);
}

}  // namespace interposer::evals::routing_matrix
