#include "charts/layout.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <map>

#include "base/utf8.h"

namespace interposer::charts {

double text_width(std::string_view text) {
  constexpr double kNarrow = 6.7;  // Latin letters and figures
  constexpr double kWide = 12.5;   // from U+1100 on: mostly East Asian
  double width = 0;
  for (const std::string_view point : Utf8Points(text)) {
    const auto first = static_cast<unsigned char>(point[0]);
    const bool wide = point.size() > 3 || (point.size() == 3 && first >= 0xe1 && first != 0xe2);
    width += wide ? kWide : kNarrow;
  }
  return width;
}

std::string fitted(std::string_view text, double width) {
  if (text_width(text) <= width) return std::string(text);
  std::size_t keep = text.size();
  while (keep > 0 && text_width(text.substr(0, keep)) + kFontSize > width) {
    keep = utf8_floor(text, keep - 1);
  }
  return std::string(text.substr(0, keep)) + "\u2026";
}

std::vector<Group> group_by(const Dataset& data, std::size_t column,
                            const std::vector<std::size_t>& rows) {
  std::vector<Group> groups;
  std::map<std::string, std::size_t> index;
  for (const std::size_t row : rows) {
    const std::string& value = data.rows[row][column].text;
    const auto [at, added] = index.emplace(value, groups.size());
    if (added) groups.push_back({value, {}});
    groups[at->second].rows.push_back(row);
  }
  return groups;
}

std::vector<std::size_t> all_rows(const Dataset& data) {
  std::vector<std::size_t> rows(data.rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = i;
  return rows;
}

// Middle tones that keep 3:1 contrast on white and on near-black.
std::string series_fill(std::size_t series) {
  constexpr std::array<const char*, 6> kFills = {"#0f8073", "#b5651d", "#5a76c4",
                                                 "#a8558f", "#6f8f2f", "#8a7a66"};
  return kFills[series % kFills.size()];
}

std::string series_class(std::size_t series) { return fmt::format("s{}", series % 6); }

std::vector<double> ticks(double low, double high) {
  if (!(high > low)) high = low + std::max(1.0, std::abs(low) / 10);
  const double raw = (high - low) / 5;
  const double power = std::pow(10, std::floor(std::log10(raw)));
  double step = power;
  for (const double factor : {1.0, 2.0, 2.5, 5.0, 10.0}) {
    step = factor * power;
    if (step >= raw) break;
  }
  std::vector<double> out;
  const double first = std::floor(low / step);
  for (double i = first; (i - 1) * step < high && out.size() < 12; ++i) out.push_back(i * step);
  return out;
}

std::string axis_title(const Encoding& encoding, const Dataset& data) {
  if (!encoding.title.empty()) return encoding.title;
  const auto index = data.find(encoding.field);
  if (!index) return encoding.field;
  const Column& column = data.columns[*index];
  const std::string& title = column.title.empty() ? column.name : column.title;
  return column.unit.empty() ? title : fmt::format("{} ({})", title, column.unit);
}

double draw_legend(Xml& svg, const std::vector<Group>& series, double top) {
  constexpr double kSwatch = 10;
  constexpr double kLine = 20;
  double x = kPad;
  double y = top;
  for (std::size_t i = 0; i < series.size(); ++i) {
    const std::string name = fitted(series[i].value, 160);
    const double width = kSwatch + 6 + text_width(name) + 16;
    if (x + width > kWidth && x > kPad) {
      x = kPad;
      y += kLine;
    }
    svg.leaf("rect", {{"class", "chart-mark " + series_class(i)},
                      {"x", px(x)},
                      {"y", px(y + 4)},
                      {"width", px(kSwatch)},
                      {"height", px(kSwatch)},
                      {"fill", series_fill(i)}});
    svg.leaf("text",
             {{"class", "chart-legend"},
              {"x", px(x + kSwatch + 6)},
              {"y", px(y + 13)},
              {"fill", "currentColor"}},
             name);
    x += width;
  }
  return y - top + kLine + 4;
}

}  // namespace interposer::charts
