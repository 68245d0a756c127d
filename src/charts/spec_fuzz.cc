#include <cstddef>
#include <cstdint>

#include "charts/svg.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace interposer::charts;
  const auto spec = parse_spec({reinterpret_cast<const char*>(bytes), size});
  if (!spec.ok()) return 0;
  Dataset data;
  data.name = spec->data;
  data.columns = {{spec->x.field, "", "", ColumnType::kNumber},
                  {spec->y.field, "", "", ColumnType::kText}};
  data.rows = {{{"1", 1, {2}}, {"a", {}, {}}}, {{"", {}, {}}, {"b", {}, {}}}};
  const auto svg = to_svg(*spec, data);
  return svg.ok() && svg->empty() ? 1 : 0;
}
