#include <fmt/format.h>

#include <cmath>

#include "charts/svg.h"
#include "planner/place/plan_parts.h"
#include "planner/report/plan_text.h"

namespace interposer::planner {
namespace {

constexpr const char* kStyle =
    "body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.3rem .6rem;"
    "border-bottom:1px solid #ccc}pre{white-space:pre-wrap}";

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '"') {
      out += "&quot;";
    } else {
      out += c;
    }
  }
  return out;
}

charts::Datum text_cell(std::string text) { return {std::move(text), std::nullopt, {}}; }
charts::Datum number_cell(double value) {
  return {
      charts::format_number(value), std::isfinite(value) ? std::optional(value) : std::nullopt, {}};
}

// Cost of the frontier, dearest last; the table beside it has the same rows.
charts::Dataset frontier_data(const Plan& plan) {
  using charts::ColumnType;
  charts::Dataset out;
  out.name = "frontier";
  out.columns = {{"entry", "board and placement", "", ColumnType::kText},
                 {"cost", "cost", "$/h", ColumnType::kNumber},
                 {"low", "cost, p5", "$/h", ColumnType::kNumber},
                 {"high", "cost, p95", "$/h", ColumnType::kNumber},
                 {"boards", "boards", "", ColumnType::kNumber},
                 {"ttft", "TTFT p99", "s", ColumnType::kNumber},
                 {"tpot", "TPOT p99", "ms", ColumnType::kNumber},
                 {"joules", "energy", "J/token", ColumnType::kNumber}};
  for (const std::size_t i : plan.frontier) {
    if (out.rows.size() == charts::kCategoriesMax) break;
    const Entry& e = plan.entries[i];
    out.rows.push_back(
        {text_cell(entry_name(plan, e)), number_cell(e.cost_usd_h->p50),
         number_cell(e.cost_usd_h->p5), number_cell(e.cost_usd_h->p95), number_cell(e.boards),
         number_cell(e.ttft_s.p50), number_cell(e.tpot_s.p50 * 1e3),
         e.joules_per_token ? number_cell(e.joules_per_token->p50) : text_cell("no claim")});
  }
  return out;
}

std::string table_html(const charts::Dataset& data) {
  std::string out = "<table><thead><tr>";
  for (const charts::Column& c : data.columns) {
    out += fmt::format("<th scope=\"col\">{}{}</th>", escaped(c.title),
                       c.unit.empty() ? "" : ", " + escaped(c.unit));
  }
  out += "</tr></thead><tbody>";
  for (const auto& row : data.rows) {
    out += "<tr>";
    for (const charts::Datum& cell : row) out += "<td>" + escaped(cell.text) + "</td>";
    out += "</tr>";
  }
  return out + "</tbody></table>\n";
}

}  // namespace

std::string plan_html(const Plan& plan) {
  const charts::Dataset data = frontier_data(plan);
  std::string out = fmt::format(
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width\"><title>Plan for {0}</title>"
      "<style>{1}</style></head><body>\n<h1>Plan for {0}</h1>\n",
      escaped(plan.options.model), kStyle);
  if (!data.rows.empty()) {
    charts::ChartSpec spec;
    spec.title = "Cost of the frontier";
    spec.data = data.name;
    spec.mark = charts::Mark::kBar;
    spec.x = {"cost", charts::FieldType::kQuantitative, ""};
    spec.y = {"entry", charts::FieldType::kNominal, ""};
    out += "<h2>Frontier of cost, pace and energy</h2>\n";
    if (const auto svg = charts::to_svg(spec, data)) out += *svg + "\n";
    out += table_html(data);
  }
  out += "<h2>The plan in words</h2>\n<pre>" + escaped(plan_text(plan)) + "</pre>\n";
  return out + "</body></html>\n";
}

}  // namespace interposer::planner
