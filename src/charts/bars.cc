// Lying bars, one panel a facet, one bar a row. A contested value is drawn to its least, with a
// paler tip to its greatest.
#include <fmt/format.h>

#include <algorithm>

#include "charts/layout.h"

namespace interposer::charts {
namespace {

constexpr double kBar = 18;
constexpr double kBetweenBars = 2;  // of one category
constexpr double kBetweenGroups = 10;
constexpr double kPanelTitle = 22;
constexpr double kLabelMax = 190;

struct Frame {
  double left = 0, right = 0;  // of the plot
  double low = 0, high = 0;    // of the values; low <= 0 <= high
  double x(double value) const { return left + (value - low) / (high - low) * (right - left); }
};

struct Columns {
  std::size_t value = 0, name = 0;
  std::optional<std::size_t> series;
};

Frame frame_of(const Dataset& data, const Columns& columns, const std::vector<std::size_t>& rows) {
  Frame frame;
  double label = 0;
  double value = 0;
  for (const std::size_t row : rows) {
    const Datum& datum = data.rows[row][columns.value];
    label = std::max(label, text_width(data.rows[row][columns.name].text));
    value = std::max(value, text_width(format_datum(datum)));
    frame.low = std::min(frame.low, datum.low().value_or(0));
    frame.high = std::max(frame.high, datum.high().value_or(0));
  }
  if (frame.high == frame.low) frame.high = 1;
  frame.left = kPad + std::min(label, kLabelMax) + kPad;
  frame.right = kWidth - kPad - value - kPad;
  return frame;
}

void draw_bar(Xml& svg, const Frame& frame, const Datum& datum, std::size_t series, double y) {
  if (!datum.number) {
    svg.leaf("text",
             {{"class", "chart-value"},
              {"x", px(frame.x(0) + 6)},
              {"y", px(y + 13)},
              {"fill", "currentColor"},
              {"fill-opacity", "0.6"}},
             "no figure");
    return;
  }
  const double low = *datum.low();
  const double high = *datum.high();
  const double solid_from = frame.x(std::min(0.0, high));
  const double solid_to = frame.x(std::max(0.0, low));
  svg.leaf("rect", {{"class", "chart-mark " + series_class(series)},
                    {"x", px(solid_from)},
                    {"y", px(y)},
                    {"width", px(solid_to - solid_from)},
                    {"height", px(kBar)},
                    {"fill", series_fill(series)}});
  if (high > low) {
    const double tip_from = low >= 0 ? solid_to : frame.x(low);
    const double tip_to = low >= 0 ? frame.x(high) : solid_from;
    svg.leaf("rect", {{"class", "chart-mark chart-tip " + series_class(series)},
                      {"x", px(tip_from)},
                      {"y", px(y)},
                      {"width", px(std::max(tip_to - tip_from, 0.0))},
                      {"height", px(kBar)},
                      {"fill", series_fill(series)},
                      {"fill-opacity", "0.4"}});
  }
  svg.leaf("text",
           {{"class", "chart-value"},
            {"x", px(frame.x(std::max(high, 0.0)) + 6)},
            {"y", px(y + 13)},
            {"fill", "currentColor"}},
           format_datum(datum));
}

double draw_panel(Xml& svg, const Dataset& data, const Columns& columns,
                  const std::vector<std::size_t>& rows, const std::vector<Group>& series,
                  double top) {
  const Frame frame = frame_of(data, columns, rows);
  double y = top;
  for (const Group& category : group_by(data, columns.name, rows)) {
    const double height = static_cast<double>(category.rows.size()) * (kBar + kBetweenBars);
    svg.leaf("text",
             {{"class", "chart-label"},
              {"x", px(frame.left - kPad)},
              {"y", px(y + height / 2 + 3)},
              {"text-anchor", "end"},
              {"fill", "currentColor"}},
             fitted(category.value, kLabelMax));
    for (const std::size_t row : category.rows) {
      std::size_t index = 0;
      while (columns.series && index + 1 < series.size() &&
             series[index].value != data.rows[row][*columns.series].text) {
        ++index;
      }
      draw_bar(svg, frame, data.rows[row][columns.value], index, y);
      y += kBar + kBetweenBars;
    }
    y += kBetweenGroups;
  }
  svg.leaf("line", {{"class", "chart-axis"},
                    {"x1", px(frame.x(0))},
                    {"x2", px(frame.x(0))},
                    {"y1", px(top - 3)},
                    {"y2", px(y - kBetweenGroups + 2)},
                    {"stroke", "currentColor"},
                    {"stroke-opacity", "0.4"}});
  return y - top;
}

}  // namespace

double draw_bars(Xml& svg, const ChartSpec& spec, const Dataset& data, double top) {
  Columns columns{*data.find(spec.x.field), *data.find(spec.y.field), std::nullopt};
  std::vector<Group> series;
  double y = top;
  if (spec.color) {
    columns.series = *data.find(spec.color->field);
    series = group_by(data, *columns.series, all_rows(data));
    y += draw_legend(svg, series, y);
  }
  std::vector<Group> panels = {{axis_title(spec.x, data), all_rows(data)}};
  if (spec.row) panels = group_by(data, *data.find(spec.row->field), all_rows(data));
  for (const Group& panel : panels) {
    svg.open("g", {{"class", "chart-panel"}});
    svg.leaf("text",
             {{"class", "chart-axis-title"},
              {"x", px(kPad)},
              {"y", px(y + 12)},
              {"fill", "currentColor"},
              {"fill-opacity", "0.75"}},
             fitted(panel.value, kWidth - 2 * kPad));
    y += kPanelTitle;
    y += draw_panel(svg, data, columns, panel.rows, series, y);
    svg.close();
  }
  return y - top;
}

}  // namespace interposer::charts
