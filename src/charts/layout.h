// What the two kinds of picture (bars, lines) share: text widths, ticks, series and colours.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "charts/spec.h"
#include "charts/xml.h"

namespace interposer::charts {

inline constexpr double kWidth = 560;    // of the picture, in SVG units
inline constexpr double kFontSize = 12;  // of labels
inline constexpr double kPad = 8;

double text_width(std::string_view text);  // estimate for a sans-serif face of kFontSize
// Cuts to about `width` and ends with an ellipsis where it did.
std::string fitted(std::string_view text, double width);

// The values of a column in the order they first appear, with the rows that hold each.
struct Group {
  std::string value;
  std::vector<std::size_t> rows;
};
std::vector<Group> group_by(const Dataset& data, std::size_t column,
                            const std::vector<std::size_t>& rows);
std::vector<std::size_t> all_rows(const Dataset& data);

std::string series_fill(std::size_t series);   // presentation attribute; a page may override it
std::string series_class(std::size_t series);  // "s0".."s5"

// Round steps that cover [low, high]: 4 to 7 of them, low <= first step + 1 step.
std::vector<double> ticks(double low, double high);

std::string axis_title(const Encoding& encoding, const Dataset& data);  // "Memory (GB)"

// A line of swatches with the names of the series; gives back its height.
double draw_legend(Xml& svg, const std::vector<Group>& series, double top);

// Each draws at `top` and gives back the height it took.
double draw_bars(Xml& svg, const ChartSpec& spec, const Dataset& data, double top);
double draw_lines(Xml& svg, const ChartSpec& spec, const Dataset& data, double top);

}  // namespace interposer::charts
