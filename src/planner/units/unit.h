// Units as people write them in the catalogue ("TB/s", "kWh/cm^2", "$/h", "L/min/kW"), read into a
// scale and a dimension. The spelling is exact: GB is 10^9 bytes, GiB 2^30, Gb 10^9 bits.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "planner/units/quantity.h"

namespace interposer::planner {

struct Unit {
  double scale = 1;  // base units in one of it
  Dimension dimension;
  std::string text;  // as written
};

inline constexpr std::size_t kUnitBytesMax = 48;

// factor {("/" | "*") factor}, factor = [prefix]symbol["^"integer]; "1" is a plain count. Errors
// name the factor and the nearest symbol that there is.
Result<Unit> parse_unit(std::string_view text);

// The base units of a dimension, for messages: "joule/second".
std::string dimension_text(const Dimension& dimension);

// "80 GB", "2 MW", "20/s": a number and its unit, as given on a command line. Without a unit only
// where `wanted` is a plain count; another dimension than `wanted` is an error that names both.
Result<double> parse_quantity(std::string_view text, const Dimension& wanted);

// A number in base units shown in `unit` with enough digits to be read, not more: "1.73 kW".
std::string format_in(double base, const Unit& unit);
std::string format_number(double value);  // 4 significant digits; 1,234,567 above 10,000

// The unit in which a person reads this dimension at this size ("kW" for 5,000 J/s); base units
// where there is no custom.
Unit readable_unit(const Dimension& dimension, double base);

}  // namespace interposer::planner
