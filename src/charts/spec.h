// What a chart is: marks and encodings over the columns of a bound dataset. The JSON form is a
// subset of Vega-Lite (version 5): `mark`, `encoding`, `title`, `description`, `data.name`, facets
// by row. Rows, links, images, expressions and transforms are refused: data is bound by code.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "charts/dataset.h"

namespace interposer::charts {

inline constexpr std::size_t kMarksMax = 200;      // bars or points in one chart
inline constexpr std::size_t kCategoriesMax = 20;  // bars of one panel, and colours
inline constexpr std::size_t kPanelsMax = 6;       // facets
inline constexpr std::size_t kSpecBytesMax = 16 * 1024;

enum class Mark : std::uint8_t { kBar, kLine, kPoint };
enum class FieldType : std::uint8_t { kNominal, kOrdinal, kQuantitative, kTemporal };

struct Encoding {
  std::string field;
  FieldType type = FieldType::kNominal;
  std::string title;  // of the axis; empty: the column's title and unit
};

struct ChartSpec {
  std::string title;
  std::string description;  // for readers who do not see the picture; empty: made from the rows
  std::string data;         // name of the dataset
  Mark mark = Mark::kBar;
  Encoding x, y;
  std::optional<Encoding> color;  // with bars: a group of bars a category
  std::optional<Encoding> row;    // facets: one panel a value, each with its own scale
};

// Reads the JSON form. The one error names the path ("encoding.x.type").
Result<ChartSpec> parse_spec(std::string_view json);
std::string to_json(const ChartSpec& spec);

// Holds a spec against its data: the fields exist and their types fit, a bar chart has one category
// and one number, there are not too many marks and at least one number. kInvalidArgument otherwise.
Status validate(const ChartSpec& spec, const Dataset& data);

}  // namespace interposer::charts
