// The picture: SVG text from a valid spec and its rows. Same input, same bytes.
//
// It works in light and dark and under a Content-Security-Policy without inline styles: colours are
// presentation attributes that a page overrides by class. Text takes the page's `currentColor`.
// Classes: chart, chart-title, chart-panel, chart-label, chart-value, chart-axis, chart-grid,
// chart-mark (with s0..s5: the series), chart-tip (the contested part of a bar), chart-legend.
#pragma once

#include <string>

#include "charts/spec.h"

namespace interposer::charts {

// validate() first, whose error is given back. role="img"; <title> and <desc> carry the words.
Result<std::string> to_svg(const ChartSpec& spec, const Dataset& data);

// What a reader hears instead of the picture: the spec's description, or one made from the rows
// ("Bar chart of Memory (GB): H200 141; B200 180-192; MI355X 288.").
std::string describe(const ChartSpec& spec, const Dataset& data);

}  // namespace interposer::charts
