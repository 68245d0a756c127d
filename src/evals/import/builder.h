// Puts a ResultSet together row by row, whatever order a file brings things in.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "evals/record/result_set.h"

namespace interposer::evals {

class SetBuilder {
 public:
  ResultSet set;

  // The row of this item and epoch, made when new. `fresh` tells which.
  std::uint32_t row(std::string_view id, std::uint32_t epoch, bool* fresh = nullptr);
  // Looks it up; UINT32_MAX when there is none.
  std::uint32_t find(std::string_view id, std::uint32_t epoch) const;
  // Column of a metric, made when new; an error when there are more than kMetricsMax.
  Result<std::size_t> metric(std::string_view name, std::string_view scorer = {});
  // Later values of the same cell win.
  void score(std::uint32_t row, std::size_t metric, double value) {
    cells_.push_back({row, static_cast<std::uint32_t>(metric), value});
  }
  ResultSet finish();

 private:
  struct Cell {
    std::uint32_t row, metric;
    double value;
  };
  std::unordered_map<std::uint64_t, std::uint32_t> rows_;  // by hash of id and epoch
  std::vector<Cell> cells_;
};

}  // namespace interposer::evals
