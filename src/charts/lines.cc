// Lines and points over a number, a time or the order of the rows. A missing value breaks the line;
// a contested one is drawn at its first value with a bar over its range.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "charts/layout.h"

namespace interposer::charts {
namespace {

constexpr double kPlotHeight = 220;
constexpr double kAxisSpace = 26;

struct Scale {
  double low = 0, high = 1;  // of the values
  double from = 0, to = 1;   // of the drawing
  double at(double value) const { return from + (value - low) / (high - low) * (to - from); }
};

struct Plot {
  std::size_t x_column = 0, y_column = 0;
  bool by_order = false;  // x is a word: rows stand side by side
  Scale x, y;
  std::vector<Group> steps;  // the words of x, where by_order

  std::optional<double> x_of(const Dataset& data, std::size_t row) const {
    const Datum& datum = data.rows[row][x_column];
    if (!by_order) return datum.number ? std::optional(x.at(*datum.number)) : std::nullopt;
    for (std::size_t i = 0; i < steps.size(); ++i) {
      if (steps[i].value == datum.text) return x.at(static_cast<double>(i));
    }
    return std::nullopt;
  }
};

Scale scale_of(const Dataset& data, std::size_t column) {
  double low = std::numeric_limits<double>::max();
  double high = std::numeric_limits<double>::lowest();
  for (const auto& row : data.rows) {
    if (!row[column].number) continue;
    low = std::min(low, *row[column].low());
    high = std::max(high, *row[column].high());
  }
  if (low > high) return {};
  if (low == high) {
    const double around = std::max(1.0, std::abs(low) / 10);
    return {low - around, high + around, 0, 1};
  }
  return {low, high, 0, 1};
}

Plot make_plot(const ChartSpec& spec, const Dataset& data, double top) {
  Plot plot;
  plot.x_column = *data.find(spec.x.field);
  plot.y_column = *data.find(spec.y.field);
  bool all_numbers = spec.x.type != FieldType::kNominal && spec.x.type != FieldType::kOrdinal;
  for (const auto& row : data.rows) all_numbers = all_numbers && row[plot.x_column].number;
  plot.by_order = !all_numbers;
  plot.steps = group_by(data, plot.x_column, all_rows(data));
  plot.y = scale_of(data, plot.y_column);
  const std::vector<double> marks = ticks(plot.y.low, plot.y.high);
  plot.y.low = marks.front();
  plot.y.high = marks.back();
  double label = 0;
  for (const double mark : marks) label = std::max(label, text_width(format_number(mark)));
  plot.y.from = top + kPlotHeight;
  plot.y.to = top;
  if (plot.by_order) {
    plot.x.low = -0.5;
    plot.x.high = std::max(0.5, static_cast<double>(plot.steps.size()) - 0.5);
  } else {
    plot.x = scale_of(data, plot.x_column);
  }
  plot.x.from = kPad + label + kPad;
  plot.x.to = kWidth - 3 * kPad;
  return plot;
}

void draw_axes(Xml& svg, const Plot& plot) {
  for (const double mark : ticks(plot.y.low, plot.y.high)) {
    if (mark > plot.y.high) break;
    const double y = plot.y.at(mark);
    svg.leaf("line", {{"class", "chart-grid"},
                      {"x1", px(plot.x.from)},
                      {"x2", px(plot.x.to)},
                      {"y1", px(y)},
                      {"y2", px(y)},
                      {"stroke", "currentColor"},
                      {"stroke-opacity", "0.15"}});
    svg.leaf("text",
             {{"class", "chart-label"},
              {"x", px(plot.x.from - 6)},
              {"y", px(y + 4)},
              {"text-anchor", "end"},
              {"fill", "currentColor"}},
             format_number(mark));
  }
  const double room =
      (plot.x.to - plot.x.from) / std::max<double>(1, static_cast<double>(plot.steps.size()));
  const std::size_t every = static_cast<std::size_t>(std::max(1.0, std::ceil(48 / room)));
  for (std::size_t i = 0; i < plot.steps.size(); i += every) {
    const Group& step = plot.steps[i];
    double x = plot.x.at(static_cast<double>(i));
    if (!plot.by_order) x = plot.x.from + room * (static_cast<double>(i) + 0.5);
    svg.leaf("text",
             {{"class", "chart-label"},
              {"x", px(x)},
              {"y", px(plot.y.from + 18)},
              {"text-anchor", "middle"},
              {"fill", "currentColor"}},
             fitted(step.value, room * static_cast<double>(every)));
  }
}

void draw_series(Xml& svg, const ChartSpec& spec, const Dataset& data, const Plot& plot,
                 const std::vector<std::size_t>& rows, std::size_t series) {
  std::string path;
  bool pen_down = false;
  for (const std::size_t row : rows) {
    const std::optional<double> x = plot.x_of(data, row);
    const Datum& value = data.rows[row][plot.y_column];
    if (!x || !value.number) {
      pen_down = false;
      continue;
    }
    path += fmt::format("{}{} {}", pen_down ? "L" : "M", px(*x), px(plot.y.at(*value.number)));
    pen_down = true;
  }
  if (spec.mark == Mark::kLine && !path.empty()) {
    svg.leaf("path", {{"class", "chart-line " + series_class(series)},
                      {"d", path},
                      {"fill", "none"},
                      {"stroke", series_fill(series)},
                      {"stroke-width", "2"}});
  }
  for (const std::size_t row : rows) {
    const std::optional<double> x = plot.x_of(data, row);
    const Datum& value = data.rows[row][plot.y_column];
    if (!x || !value.number) continue;
    if (*value.high() > *value.low()) {
      svg.leaf("line", {{"class", "chart-tip " + series_class(series)},
                        {"x1", px(*x)},
                        {"x2", px(*x)},
                        {"y1", px(plot.y.at(*value.low()))},
                        {"y2", px(plot.y.at(*value.high()))},
                        {"stroke", series_fill(series)},
                        {"stroke-opacity", "0.4"},
                        {"stroke-width", "6"}});
    }
    svg.open("circle", {{"class", "chart-mark " + series_class(series)},
                        {"cx", px(*x)},
                        {"cy", px(plot.y.at(*value.number))},
                        {"r", "3.5"},
                        {"fill", series_fill(series)}});
    svg.leaf("title", {},
             fmt::format("{}: {}", data.rows[row][plot.x_column].text, format_datum(value)));
    svg.close();
  }
}

}  // namespace

double draw_lines(Xml& svg, const ChartSpec& spec, const Dataset& data, double top) {
  double y = top;
  std::vector<Group> series = {{"", all_rows(data)}};
  if (spec.color) {
    series = group_by(data, *data.find(spec.color->field), all_rows(data));
    y += draw_legend(svg, series, y);
  }
  svg.leaf("text",
           {{"class", "chart-axis-title"},
            {"x", px(kPad)},
            {"y", px(y + 12)},
            {"fill", "currentColor"},
            {"fill-opacity", "0.75"}},
           fitted(axis_title(spec.y, data), kWidth - 2 * kPad));
  y += 24;
  const Plot plot = make_plot(spec, data, y);
  draw_axes(svg, plot);
  for (std::size_t i = 0; i < series.size(); ++i) {
    draw_series(svg, spec, data, plot, series[i].rows, i);
  }
  return y + kPlotHeight + kAxisSpace - top;
}

}  // namespace interposer::charts
