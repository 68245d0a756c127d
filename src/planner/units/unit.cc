#include "planner/units/unit.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <span>
#include <vector>

#include "base/strings.h"

namespace interposer::planner {
namespace {

enum Prefixes : std::uint8_t { kNone, kMetric, kBinary };  // kBinary: metric and Ki, Mi, Gi, Ti

struct Symbol {
  std::string_view name;
  double scale;
  Dimension dimension;
  Prefixes prefixes;
};

constexpr Symbol kSymbols[] = {
    {"1", 1, {}, kNone},
    {"%", 0.01, {}, kNone},
    {"ppm", 1e-6, {}, kNone},
    {"B", 1, {.byte = 1}, kBinary},
    {"b", 0.125, {.byte = 1}, kBinary},
    {"bit", 0.125, {.byte = 1}, kBinary},
    {"FLOP", 1, {.flop = 1}, kMetric},
    {"FLOPS", 1, {.flop = 1, .second = -1}, kMetric},
    {"OPS", 1, {.flop = 1, .second = -1}, kMetric},
    {"s", 1, {.second = 1}, kMetric},
    {"min", 60, {.second = 1}, kNone},
    {"h", 3600, {.second = 1}, kNone},
    {"day", 86400, {.second = 1}, kNone},
    {"week", 604800, {.second = 1}, kNone},
    {"month", 2629800, {.second = 1}, kNone},
    {"year", 31557600, {.second = 1}, kNone},
    {"Hz", 1, {.second = -1}, kMetric},
    {"J", 1, {.joule = 1}, kMetric},
    {"Wh", 3600, {.joule = 1}, kMetric},
    {"W", 1, {.second = -1, .joule = 1}, kMetric},
    {"VA", 1, {.second = -1, .joule = 1}, kMetric},
    {"$", 1, {.dollar = 1}, kMetric},
    {"m", 1, {.metre = 1}, kMetric},
    {"cm", 0.01, {.metre = 1}, kNone},
    {"L", 1e-3, {.metre = 3}, kMetric},
    {"K", 1, {.kelvin = 1}, kNone},
    {"g", 1e-3, {.kilogram = 1}, kMetric},
    {"t", 1000, {.kilogram = 1}, kNone},
    {"gCO2e", 1e-3, {.co2 = 1}, kMetric},
    {"tCO2e", 1000, {.co2 = 1}, kNone},
    {"Pa", 1, {.joule = 1, .metre = -3}, kMetric},
    {"bar", 1e5, {.joule = 1, .metre = -3}, kNone},
    {"token", 1, {.token = 1}, kMetric},
};

struct Prefix {
  std::string_view name;
  double scale;
  bool binary;
};
constexpr Prefix kPrefixes[] = {
    {"Ki", 1024.0, true},       {"Mi", 1048576.0, true},
    {"Gi", 1073741824.0, true}, {"Ti", 1099511627776.0, true},
    {"p", 1e-12, false},        {"n", 1e-9, false},
    {"u", 1e-6, false},         {"m", 1e-3, false},
    {"k", 1e3, false},          {"M", 1e6, false},
    {"G", 1e9, false},          {"T", 1e12, false},
    {"P", 1e15, false},         {"E", 1e18, false},
};

// An exact symbol wins over prefix + symbol: "min" is a minute, "month" no milli-onth.
bool find_symbol(std::string_view text, double* scale, Dimension* dimension) {
  for (const Symbol& symbol : kSymbols) {
    if (symbol.name != text) continue;
    *scale = symbol.scale;
    *dimension = symbol.dimension;
    return true;
  }
  for (const Prefix& prefix : kPrefixes) {
    if (!text.starts_with(prefix.name)) continue;
    for (const Symbol& symbol : kSymbols) {
      const bool allowed = prefix.binary ? symbol.prefixes == kBinary : symbol.prefixes != kNone;
      if (!allowed || symbol.name != text.substr(prefix.name.size())) continue;
      *scale = prefix.scale * symbol.scale;
      *dimension = symbol.dimension;
      return true;
    }
  }
  return false;
}

Error unknown_factor(std::string_view factor, std::string_view text) {
  std::vector<std::string> known;
  for (const Symbol& symbol : kSymbols) known.emplace_back(symbol.name);
  for (const char* usual : {"GB", "TB/s", "TFLOPS", "kW", "MW", "kWh", "GiB", "ms", "mm"}) {
    known.emplace_back(usual);
  }
  return make_error(Code::kInvalidArgument,
                    fmt::format("'{}' in the unit '{}' is not known", factor, text),
                    did_you_mean(factor, known), "unit");
}

Status multiply(std::string_view factor, std::string_view text, int sign, Unit* unit) {
  int power = 1;
  const std::size_t caret = factor.find('^');
  std::string_view symbol = factor.substr(0, caret);
  if (caret != std::string_view::npos) {
    const std::string_view digits = factor.substr(caret + 1);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), power);
    const bool whole = error == std::errc() && end == digits.data() + digits.size();
    if (!whole || power < 1 || power > 3) {
      return make_error(Code::kInvalidArgument,
                        fmt::format("'{}' in the unit '{}' is no power from 1 to 3", factor, text),
                        "write cm^2 or mm^2", "unit");
    }
  }
  double scale = 1;
  Dimension dimension;
  if (!find_symbol(symbol, &scale, &dimension)) return unknown_factor(symbol, text);
  for (int i = 0; i < power; ++i) {
    unit->scale = sign > 0 ? unit->scale * scale : unit->scale / scale;
    unit->dimension = combine(unit->dimension, dimension, sign);
  }
  return {};
}

}  // namespace

Result<Unit> parse_unit(std::string_view text) {
  text = trim(text);
  if (text.empty()) {
    return make_error(Code::kInvalidArgument, "the unit is missing",
                      "write 1 for a plain count, % for a share", "unit");
  }
  if (text.size() > kUnitBytesMax) {
    return make_error(Code::kInvalidArgument,
                      fmt::format("a unit of more than {} bytes", kUnitBytesMax),
                      "write it as symbols: TB/s", "unit");
  }
  Unit unit;
  unit.text = std::string(text);
  int sign = 1;
  std::size_t at = 0;
  while (true) {
    const std::size_t end = text.find_first_of("/*", at);
    IP_OK(multiply(trim(text.substr(at, end - at)), text, sign, &unit));
    if (end == std::string_view::npos) break;
    sign = text[end] == '/' ? -1 : 1;
    at = end + 1;
  }
  return unit;
}

std::string dimension_text(const Dimension& d) {
  const std::pair<const char*, int> parts[] = {
      {"byte", d.byte},   {"FLOP", d.flop},     {"joule", d.joule}, {"dollar", d.dollar},
      {"metre", d.metre}, {"kelvin", d.kelvin}, {"kg", d.kilogram}, {"kgCO2e", d.co2},
      {"token", d.token}, {"second", d.second}};
  std::string above;
  std::string below;
  for (const auto& [name, power] : parts) {
    if (power == 0) continue;
    const std::string factor =
        std::abs(power) == 1 ? std::string(name) : fmt::format("{}^{}", name, std::abs(power));
    if (power > 0) above += (above.empty() ? "" : "*") + factor;
    if (power < 0) below += "/" + factor;
  }
  return (above.empty() ? "1" : above) + below;
}

Result<double> parse_quantity(std::string_view text, const Dimension& wanted) {
  text = trim(text);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || !std::isfinite(value)) {
    return make_error(Code::kInvalidArgument, fmt::format("'{}' is no number with a unit", text),
                      "write a number and its unit: 2MW, 80 GB, 0.08 $/kWh", "unit");
  }
  std::string unit_text(trim(text.substr(static_cast<std::size_t>(end - text.data()))));
  if (unit_text.empty() && wanted == Dimension{}) return value;
  if (unit_text.starts_with('/')) unit_text.insert(0, "1");  // "20/s"
  auto unit = parse_unit(unit_text);
  if (!unit) {
    Error told = std::move(unit).error();
    told.message = fmt::format("'{}': {}", text, told.message);
    return told;
  }
  if (!(unit->dimension == wanted)) {
    return make_error(Code::kInvalidArgument,
                      fmt::format("'{}' is in {}, here {} is wanted", text,
                                  dimension_text(unit->dimension), dimension_text(wanted)),
                      "give it in a unit of that kind", "unit");
  }
  return value * unit->scale;
}

std::string format_number(double value) {
  if (!std::isfinite(value)) return "?";
  const double size = std::abs(value);
  if (size < 10000) return fmt::format("{:.4g}", value);
  if (size >= 1e15) return fmt::format("{:.3e}", value);
  // Four significant digits also here, and thousands apart.
  const double step = std::pow(10.0, std::floor(std::log10(size)) - 3);
  std::string digits = fmt::format("{:.0f}", std::round(size / step) * step);
  for (std::ptrdiff_t at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3) {
    digits.insert(static_cast<std::size_t>(at), ",");
  }
  return (value < 0 ? "-" : "") + digits;
}

std::string format_in(double base, const Unit& unit) {
  const std::string number = format_number(base / unit.scale);
  if (unit.text == "1" || unit.text.empty()) return number;
  if (unit.text == "$") return "$" + number;
  if (unit.text.starts_with("$/")) return "$" + number + unit.text.substr(1);
  return number + " " + unit.text;
}

Unit readable_unit(const Dimension& dimension, double base) {
  struct Ladder {
    const char* smallest;  // tells the dimension
    std::array<const char*, 5> steps;
  };
  static constexpr Ladder kLadders[] = {
      {"W", {"W", "kW", "MW", "GW", nullptr}},
      {"B", {"B", "GB", "TB", "PB", nullptr}},
      {"B/s", {"B/s", "GB/s", "TB/s", "PB/s", nullptr}},
      {"FLOPS", {"FLOPS", "TFLOPS", "PFLOPS", "EFLOPS", nullptr}},
      {"s", {"us", "ms", "s", nullptr, nullptr}},
      {"J", {"J", "kWh", "MWh", "GWh", nullptr}},
      {"$", {"$", nullptr, nullptr, nullptr, nullptr}},
      {"$/s", {"$/h", nullptr, nullptr, nullptr, nullptr}},
      {"$/J", {"$/kWh", nullptr, nullptr, nullptr, nullptr}},
      {"$/token", {"$/Mtoken", nullptr, nullptr, nullptr, nullptr}},
      {"gCO2e", {"gCO2e", "kgCO2e", "tCO2e", nullptr, nullptr}},
      {"gCO2e/J", {"gCO2e/kWh", nullptr, nullptr, nullptr, nullptr}},
      {"L/s", {"L/min", nullptr, nullptr, nullptr, nullptr}},
      {"L", {"L", nullptr, nullptr, nullptr, nullptr}},
      {"L/J", {"L/kWh", nullptr, nullptr, nullptr, nullptr}},
      {"kg/L", {"kg/L", nullptr, nullptr, nullptr, nullptr}},
      {"kg/m^2", {"kg/m^2", nullptr, nullptr, nullptr, nullptr}},
      {"J/kg/K", {"kJ/kg/K", nullptr, nullptr, nullptr, nullptr}},
      {"J/B", {"pJ/bit", nullptr, nullptr, nullptr, nullptr}},
      {"J/FLOP", {"pJ/FLOP", nullptr, nullptr, nullptr, nullptr}},
      {"1/s", {"%/year", "1/s", nullptr, nullptr, nullptr}},
      {"1/m^2", {"1/cm^2", nullptr, nullptr, nullptr, nullptr}},
      {"m", {"mm", "m", nullptr, nullptr, nullptr}},
      {"m^2", {"mm^2", "m^2", nullptr, nullptr, nullptr}},
      {"K", {"K", nullptr, nullptr, nullptr, nullptr}},
      {"kg", {"kg", nullptr, nullptr, nullptr, nullptr}},
      {"$/W", {"$/W", nullptr, nullptr, nullptr, nullptr}},
      {"$/B", {"$/GB", nullptr, nullptr, nullptr, nullptr}},
      {"gCO2e/m^2", {"kgCO2e/cm^2", nullptr, nullptr, nullptr, nullptr}},
      {"token/s", {"token/s", nullptr, nullptr, nullptr, nullptr}},
      {"Pa", {"kPa", nullptr, nullptr, nullptr, nullptr}},
      {"m/m", {"1", nullptr, nullptr, nullptr, nullptr}},
  };
  for (const Ladder& ladder : kLadders) {
    auto smallest = parse_unit(ladder.smallest);
    if (!smallest || !(smallest->dimension == dimension)) continue;
    Unit best = *parse_unit(ladder.steps[0]);
    for (const char* step : ladder.steps) {
      if (step == nullptr) break;
      Unit unit = *parse_unit(step);
      if (std::abs(base) >= unit.scale) best = std::move(unit);
    }
    if (dimension == Dimension{.second = 1}) {  // from here the units of a calendar
      const std::pair<double, const char*> calendar[] = {{2 * 3600.0, "h"},
                                                         {2 * 86400.0, "day"},
                                                         {9 * 604800.0, "month"},
                                                         {3 * 31557600.0, "year"}};
      for (const auto& [from, name] : calendar) {
        if (base >= from) best = *parse_unit(name);
      }
    }
    return best;
  }
  return Unit{1, dimension, dimension_text(dimension)};
}

}  // namespace interposer::planner
