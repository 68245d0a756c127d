// One HTML file that needs nothing else: style inside, no script, pictures as SVG with their
// tables.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "charts/svg.h"
#include "charts/xml.h"
#include "evals/report/comparison.h"
#include "evals/report/parts.h"

namespace interposer::evals {
namespace {

using charts::xml_escape;

constexpr std::size_t kBins = 10;         // of the distribution of differences
constexpr std::size_t kMetricsDrawn = 8;  // bars that can be read

constexpr const char* kStyle =
    "body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;"
    "color:#1a1a1a;background:#fff}@media(prefers-color-scheme:dark){body{color:#e8e8e8;"
    "background:#161616}a{color:#8ab4f8}}table{border-collapse:collapse;margin:1rem 0}"
    "th,td{border:1px solid #8886;padding:.25rem .6rem;text-align:left}td.n{text-align:right;"
    "font-variant-numeric:tabular-nums}.verdict{font-size:1.4rem;font-weight:600}"
    "pre{background:#8882;padding:.6rem;overflow:auto;white-space:pre-wrap}"
    ".plus{color:#18794e}.minus{color:#c4320a}@media(prefers-color-scheme:dark){.plus{"
    "color:#6ee7a8}.minus{color:#ff9b82}}svg{max-width:100%;height:auto}.warn{"
    "border-left:4px solid #d97706;padding-left:.6rem}";

charts::Datum text_cell(std::string text) { return {std::move(text), std::nullopt, {}}; }
charts::Datum number_cell(double value) {
  if (std::isnan(value)) return {"", std::nullopt, {}};
  return {charts::format_number(value), value, {}};
}

std::string table_of(const charts::Dataset& data) {
  std::string out = "<table><thead><tr>";
  for (const charts::Column& c : data.columns)
    out += "<th>" + xml_escape(c.title.empty() ? c.name : c.title) + "</th>";
  out += "</tr></thead><tbody>";
  for (const auto& row : data.rows) {
    out += "<tr>";
    for (const charts::Datum& cell : row)
      out += fmt::format("<td{}>{}</td>", cell.number ? " class=\"n\"" : "", xml_escape(cell.text));
    out += "</tr>";
  }
  return out + "</tbody></table>";
}

std::string figure(const charts::ChartSpec& spec, const charts::Dataset& data) {
  const auto svg = charts::to_svg(spec, data);
  // A picture that cannot be drawn leaves its table.
  return "<figure>" + (svg ? *svg : std::string()) + table_of(data) + "</figure>";
}

std::string means_figure(const Comparison& c) {
  charts::Dataset data;
  data.name = "means";
  data.columns = {{"metric", "Metric", "", charts::ColumnType::kText},
                  {"run", "Run", "", charts::ColumnType::kText},
                  {"mean", "Mean over pairs", "", charts::ColumnType::kNumber}};
  for (std::size_t i = 0; i < std::min(c.metrics.size(), kMetricsDrawn); ++i) {
    const MetricComparison& m = c.metrics[i];
    data.rows.push_back({text_cell(m.name), text_cell("A"), number_cell(m.mean_a)});
    data.rows.push_back({text_cell(m.name), text_cell("B"), number_cell(m.mean_b)});
  }
  charts::ChartSpec spec;
  spec.title = "Means of the two runs";
  spec.data = data.name;
  spec.mark = charts::Mark::kBar;
  spec.x = {"mean", charts::FieldType::kQuantitative, ""};
  spec.y = {"metric", charts::FieldType::kNominal, ""};
  spec.color = charts::Encoding{"run", charts::FieldType::kNominal, ""};
  return figure(spec, data);
}

// How the differences of items that moved are spread. Those that did not are told in words.
std::string spread_figure(const Comparison& c) {
  double most = 0;
  std::int64_t same = 0;
  for (const ItemPair& item : c.items) {
    if (!item.scored()) continue;
    most = std::max(most, std::abs(item.delta));
    same += item.delta == 0 ? 1 : 0;
  }
  if (most == 0) return "<p>No item moved.</p>";
  std::array<std::int64_t, kBins> bins{};
  for (const ItemPair& item : c.items) {
    if (!item.scored() || item.delta == 0) continue;
    const double place = (item.delta + most) / (2 * most) * static_cast<double>(kBins);
    bins[std::min(kBins - 1, static_cast<std::size_t>(place))] += 1;
  }
  charts::Dataset data;
  data.name = "spread";
  data.columns = {
      {"difference", "Difference (B minus A, good is positive)", "", charts::ColumnType::kText},
      {"items", "Items", "", charts::ColumnType::kNumber}};
  const double width = 2 * most / static_cast<double>(kBins);
  for (std::size_t i = 0; i < kBins; ++i) {
    const double low = -most + width * static_cast<double>(i);
    data.rows.push_back({text_cell(fmt::format("{:.2f} to {:.2f}", low, low + width)),
                         number_cell(static_cast<double>(bins[i]))});
  }
  charts::ChartSpec spec;
  spec.title = "Items that moved";
  spec.data = data.name;
  spec.mark = charts::Mark::kBar;
  spec.x = {"items", charts::FieldType::kQuantitative, ""};
  spec.y = {"difference", charts::FieldType::kOrdinal, ""};
  return fmt::format("<p>{} items did not move.</p>", same) + figure(spec, data);
}

std::string metric_table(const Comparison& c) {
  std::string out =
      "<table><thead><tr><th>Metric</th><th>A</th><th>B</th><th>Difference</th><th>Interval</th>"
      "<th>p</th><th>Holm</th><th>Pairs</th><th>Fixed</th><th>Broken</th><th>Verdict</th></tr>"
      "</thead><tbody>";
  for (const MetricComparison& m : c.metrics) {
    out += fmt::format(
        "<tr><td>{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td>"
        "<td class=\"n\">[{}, {}]</td><td class=\"n\">{}</td><td class=\"n\">{}</td>"
        "<td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td>{}</td></tr>",
        xml_escape(m.name), number(m.mean_a), number(m.mean_b), signed_number(m.difference.value),
        signed_number(m.judgement.interval.low), signed_number(m.judgement.interval.high),
        xml_escape(p_text(m.p)), xml_escape(p_text(m.p_holm)), m.pairs, m.fixed, m.broken,
        stats::verdict_name(m.judgement.verdict));
  }
  return out + "</tbody></table>";
}

std::string item_html(const ShownItem& item) {
  std::string out =
      fmt::format("<h3>{} <small>{} &#8594; {}, {}</small></h3>", xml_escape(item.pair->id),
                  number(item.pair->a), number(item.pair->b), change_name(item.pair->change));
  if (!item.texts_b.input.empty())
    out += "<p>" + xml_escape(one_line(item.texts_b.input, 600)) + "</p>";
  if (!item.texts_b.expected.empty())
    out += "<p>Expected: " + xml_escape(one_line(item.texts_b.expected, 600)) + "</p>";
  out += "<pre>";
  for (const DiffLine& line : item.diff) {
    const char* style = line.mark == '+' ? "plus" : line.mark == '-' ? "minus" : "same";
    out +=
        fmt::format("<span class=\"{}\">{} {}</span>\n", style, line.mark, xml_escape(line.text));
  }
  return out + "</pre>";
}

}  // namespace

Result<std::string> comparison_html(const Compared& compared) {
  const Comparison& c = *compared.comparison;
  const MetricComparison& first = c.metrics.front();
  std::string out =
      "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width\"><title>Evaluation: ";
  out += xml_escape(first.name) + "</title><style>" + kStyle +
         "</style></head><body><h1>Evaluation</h1>";
  out += fmt::format("<p class=\"verdict\">{}: {}</p>", xml_escape(first.name),
                     xml_escape(verdict_sentence(first)));
  out += "<p>A: " + xml_escape(describe_run(*compared.a)) +
         "<br>B: " + xml_escape(describe_run(*compared.b)) + "</p>";
  for (const std::string& warning : c.warnings)
    out += "<p class=\"warn\">" + xml_escape(warning) + "</p>";
  for (const std::string& line : left_out_lines(c)) out += "<p>" + xml_escape(line) + "</p>";
  const std::string totals = totals_line(c.totals);
  if (!totals.empty()) out += "<p>" + xml_escape(totals) + "</p>";
  out += metric_table(c) + means_figure(c) + spread_figure(c);
  IP_TRY(const std::vector<ShownItem> items, shown_items(compared));
  if (!items.empty()) out += "<h2>Items that moved most</h2>";
  for (const ShownItem& item : items) out += item_html(item);
  return out + "</body></html>\n";
}

}  // namespace interposer::evals
