#include <cstdint>

#include "planner/catalogue/catalogue.h"
#include "planner/hall/hall.h"
#include "planner/hall/quotes.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace planner = interposer::planner;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const planner::TextFile files[] = {
      {"sources/s.yaml", "sources:\n  lab: {title: Lab, publisher: us}\n"},
      {"boards/b.yaml", text}};
  auto catalogue = planner::Catalogue::parse(files);
  if (catalogue) (void)planner::apply_quotes(text, "fuzz.yaml", &*catalogue);
  (void)planner::parse_mix(text, "fuzz.yaml");
  (void)planner::parse_phases(text);
  return 0;
}
