// Units as table headers and questions write them. Facts of metrology, not of any table.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace interposer::assistant {

struct Unit {
  std::string_view key;    // compact spelling: "gb", "tbs" ("TB/s", "tb_s"), "w"
  std::string_view shown;  // "GB", "TB/s", "W"
  std::string_view
      dimension;      // "bytes", "bytes/s", "watts", "ops/s", "tokens/s", "percent", "money"
  double factor = 1;  // to the dimension's base
};

// By spelling ("GB", "tb_s", "TB/s", "gigabytes", "%"); nullptr: no unit known.
const Unit* find_unit(std::string_view spelling);

// "memory_gb" -> {"memory", GB}; "Bandwidth (TB/s)" -> {"Bandwidth", TB/s}; "Weight, kg" -> ...
struct HeaderParts {
  std::string name;
  std::string unit;  // as shown; empty: none
  const Unit* known = nullptr;
};
HeaderParts split_header(std::string_view header);

// What people call a quantity of this dimension ("watts" -> power, draw, consumption).
std::vector<std::string_view> words_of_dimension(std::string_view dimension);

}  // namespace interposer::assistant
