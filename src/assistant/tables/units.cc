#include "assistant/tables/units.h"

#include <array>

#include "assistant/text/words.h"
#include "base/strings.h"

namespace interposer::assistant {
namespace {

constexpr std::array kUnits = {
    Unit{"kb", "KB", "bytes", 1e3},
    Unit{"mb", "MB", "bytes", 1e6},
    Unit{"gb", "GB", "bytes", 1e9},
    Unit{"tb", "TB", "bytes", 1e12},
    Unit{"gib", "GiB", "bytes", 1.073741824e9},
    Unit{"mib", "MiB", "bytes", 1.048576e6},
    Unit{"megabyte", "MB", "bytes", 1e6},
    Unit{"gigabyte", "GB", "bytes", 1e9},
    Unit{"terabyte", "TB", "bytes", 1e12},
    Unit{"gbs", "GB/s", "bytes/s", 1e9},
    Unit{"tbs", "TB/s", "bytes/s", 1e12},
    Unit{"gbits", "Gbit/s", "bytes/s", 1.25e8},
    Unit{"w", "W", "watts", 1},
    Unit{"kw", "kW", "watts", 1e3},
    Unit{"mw", "MW", "watts", 1e6},
    Unit{"gw", "GW", "watts", 1e9},
    Unit{"watt", "W", "watts", 1},
    Unit{"kilowatt", "kW", "watts", 1e3},
    Unit{"megawatt", "MW", "watts", 1e6},
    Unit{"gigawatt", "GW", "watts", 1e9},
    Unit{"kwh", "kWh", "energy", 3.6e6},
    Unit{"mwh", "MWh", "energy", 3.6e9},
    Unit{"tops", "TOPS", "ops/s", 1e12},
    Unit{"tflops", "TFLOPS", "ops/s", 1e12},
    Unit{"pflops", "PFLOPS", "ops/s", 1e15},
    Unit{"teraflop", "TFLOPS", "ops/s", 1e12},
    Unit{"petaflop", "PFLOPS", "ops/s", 1e15},
    Unit{"toks", "tokens/s", "tokens/s", 1},
    Unit{"tokens", "tokens/s", "tokens/s", 1},
    Unit{"tokenss", "tokens/s", "tokens/s", 1},
    Unit{"tps", "tokens/s", "tokens/s", 1},
    Unit{"pct", "%", "percent", 1},
    Unit{"percent", "%", "percent", 1},
    Unit{"usd", "USD", "money", 1},
    Unit{"eur", "EUR", "money", 1},
    Unit{"musd", "million USD", "money", 1e6},
    Unit{"ms", "ms", "time", 1e-3},
    Unit{"nm", "nm", "length", 1e-9},
    Unit{"mm", "mm", "length", 1e-3},
    Unit{"mm2", "mm\u00B2", "area", 1e-6},
    Unit{"kg", "kg", "mass", 1},
    Unit{"km", "km", "length", 1e3},
    Unit{"mhz", "MHz", "frequency", 1e6},
    Unit{"ghz", "GHz", "frequency", 1e9},
};

struct Words {
  std::string_view dimension;
  std::array<std::string_view, 8> words;
};
constexpr std::array kDimensionWords = {
    Words{"bytes", {"capacity", "size", "gigabytes", "bytes"}},
    Words{"bytes/s", {"bandwidth", "speed"}},
    Words{"watts", {"power", "draw", "consumption", "watts", "wattage", "tdp", "electricity"}},
    Words{"ops/s", {"compute", "peak", "performance", "flops", "rate"}},
    Words{"tokens/s", {"throughput", "speed", "tokens", "performance"}},
    Words{"percent", {"share", "percentage", "percent"}},
    Words{"money", {"price", "cost", "dollars"}},
    Words{"area", {"area", "size"}},
    Words{"frequency", {"clock", "frequency"}},
};

}  // namespace

const Unit* find_unit(std::string_view spelling) {
  if (trim(spelling) == "%") return find_unit("percent");
  const std::string key = compact(spelling);
  if (key.empty()) return nullptr;
  for (const Unit& unit : kUnits) {
    if (unit.key == key || (key.size() > 3 && unit.key == singular(key))) return &unit;
  }
  return nullptr;
}

HeaderParts split_header(std::string_view header) {
  const std::string_view whole = trim(header);
  for (const auto& [opening, closing] : {std::pair{'(', ')'}, std::pair{'[', ']'}}) {
    const std::size_t open = whole.rfind(opening);
    if (open == std::string_view::npos || open == 0 || !whole.ends_with(closing)) continue;
    const std::string_view inside = whole.substr(open + 1, whole.size() - open - 2);
    const Unit* known = find_unit(inside);
    if (known == nullptr && inside.size() > 8) continue;  // a remark, no unit
    return {std::string(trim(whole.substr(0, open))),
            known != nullptr ? std::string(known->shown) : std::string(trim(inside)), known};
  }
  if (const std::size_t comma = whole.rfind(','); comma != std::string_view::npos && comma > 0) {
    const Unit* known = find_unit(whole.substr(comma + 1));
    if (known != nullptr)
      return {std::string(trim(whole.substr(0, comma))), std::string(known->shown), known};
  }
  // memory_gb, bandwidth_tb_s: the longest tail of at most two pieces that spells a unit
  const std::vector<std::string_view> pieces = split(whole, '_');
  for (std::size_t tail = 2; tail >= 1; --tail) {
    if (pieces.size() <= tail) continue;
    std::string spelling;
    for (std::size_t i = pieces.size() - tail; i < pieces.size(); ++i) spelling += pieces[i];
    const Unit* known = find_unit(spelling);
    if (known == nullptr) continue;
    std::size_t length = whole.size();
    for (std::size_t i = pieces.size() - tail; i < pieces.size(); ++i)
      length -= pieces[i].size() + 1;
    return {std::string(whole.substr(0, length)), std::string(known->shown), known};
  }
  return {std::string(whole), "", nullptr};
}

std::vector<std::string_view> words_of_dimension(std::string_view dimension) {
  std::vector<std::string_view> out;
  for (const Words& entry : kDimensionWords) {
    if (entry.dimension != dimension) continue;
    for (const std::string_view word : entry.words) {
      if (!word.empty()) out.push_back(word);
    }
  }
  return out;
}

}  // namespace interposer::assistant
