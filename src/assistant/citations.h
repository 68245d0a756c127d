// Numbers citations in the order they are used; the same span keeps its number.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "wire/event.h"

namespace interposer::assistant {

class Citations {
 public:
  // The number of this span; new spans get the next one. `quote` equals the span's bytes.
  int add(wire::Citation citation);
  const std::vector<wire::Citation>& all() const { return all_; }
  std::vector<wire::Citation>& edit() { return all_; }  // numbers and spans stay

 private:
  std::map<std::tuple<std::string, std::string, std::int64_t, std::int64_t>, int> numbers_;
  std::vector<wire::Citation> all_;
};

}  // namespace interposer::assistant
