#include "charts/svg.h"

#include <fmt/format.h>

#include "charts/layout.h"

namespace interposer::charts {

std::string describe(const ChartSpec& spec, const Dataset& data) {
  if (!spec.description.empty()) return spec.description;
  const Encoding& value = spec.mark == Mark::kBar ? spec.x : spec.y;
  const Encoding& name = spec.mark == Mark::kBar ? spec.y : spec.x;
  const auto value_at = data.find(value.field);
  const auto name_at = data.find(name.field);
  if (!value_at || !name_at) return spec.title;
  const char* kind = spec.mark == Mark::kBar    ? "Bar chart"
                     : spec.mark == Mark::kLine ? "Line chart"
                                                : "Point chart";
  std::string out = fmt::format("{} of {}: ", kind, axis_title(value, data));
  for (std::size_t i = 0; i < data.rows.size(); ++i) {
    const auto& row = data.rows[i];
    const std::string number = format_datum(row[*value_at]);
    if (i > 0) out += "; ";
    out += row[*name_at].text;
    for (const auto& extra : {spec.color, spec.row}) {
      if (extra && data.find(extra->field)) out += ", " + row[*data.find(extra->field)].text;
    }
    out += ' ';
    out += number.empty() ? "no figure" : number;
  }
  return out + ".";
}

Result<std::string> to_svg(const ChartSpec& spec, const Dataset& data) {
  IP_OK(validate(spec, data));
  // The height is known only after drawing, so the body is drawn first.
  Xml body;
  double y = kPad;
  if (!spec.title.empty()) {
    body.leaf("text",
              {{"class", "chart-title"},
               {"x", px(kPad)},
               {"y", px(y + 13)},
               {"font-weight", "600"},
               {"fill", "currentColor"}},
              fitted(spec.title, kWidth - 2 * kPad));
    y += 26;
  }
  y += spec.mark == Mark::kBar ? draw_bars(body, spec, data, y) : draw_lines(body, spec, data, y);
  Xml head;
  head.leaf("title", {}, spec.title.empty() ? axis_title(spec.x, data) : spec.title);
  head.leaf("desc", {}, describe(spec, data));
  const double height = y + kPad;
  return fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"chart\" role=\"img\" width=\"{0}\" "
      "height=\"{1}\" viewBox=\"0 0 {0} {1}\" font-family=\"system-ui, sans-serif\" "
      "font-size=\"{2}\">{3}{4}</svg>",
      px(kWidth), px(height), px(kFontSize), head.take(), body.take());
}

}  // namespace interposer::charts
