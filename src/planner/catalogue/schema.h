// Which quantities a card of each folder may claim, and in which kind of unit. A claim in another
// kind of unit is an error at its line.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "planner/units/quantity.h"

namespace interposer::planner {

struct FieldRule {
  std::string_view folder;  // "*": every folder
  std::string_view name;
  Dimension dimension;
  std::string_view meaning;  // one line, for `plan explain`
};

const FieldRule* field_rule(std::string_view folder, std::string_view name);
std::vector<std::string> field_names(std::string_view folder);
std::span<const std::string_view> catalogue_folders();

}  // namespace interposer::planner
