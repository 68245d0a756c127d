// Models by name, or by the path of their config.json.
#pragma once

#include <string>
#include <vector>

#include "planner/shape/shape.h"

namespace interposer::planner {

struct NamedModel {
  std::string name;
  ModelShape shape;
};

// A known name ("meta-llama/Llama-3.1-70B", "deepseek-r1"), a config.json, or a folder that has
// one. kNotFound with the nearest names.
Result<NamedModel> find_model(const std::string& wanted);
std::vector<std::string> known_models();

}  // namespace interposer::planner
