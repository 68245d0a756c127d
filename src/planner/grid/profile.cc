#include "planner/grid/profile.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/strings.h"

namespace interposer::planner {
namespace {

const std::vector<std::string> kColumns = {"hour", "load", "gco2e_per_kwh", "usd_per_kwh"};

Error at(const std::string& file, std::size_t line, const std::string& message,
         std::string remedy = {}) {
  return make_error(Code::kInvalidArgument, fmt::format("{}:{}: {}", file, line, message),
                    std::move(remedy), "hours");
}

struct Rows {
  std::vector<std::vector<double>> columns = std::vector<std::vector<double>>(kColumns.size());
  std::vector<int> order;  // of the file's columns in kColumns
};

Status read_head(const std::string& file, std::string_view line, Rows* rows) {
  for (const std::string_view name : split(line, ',')) {
    const auto found = std::find(kColumns.begin(), kColumns.end(), trim(name));
    if (found == kColumns.end()) {
      return at(file, 1, fmt::format("no column is called '{}'", trim(name)),
                did_you_mean(trim(name), kColumns));
    }
    const int column = static_cast<int>(found - kColumns.begin());
    if (std::find(rows->order.begin(), rows->order.end(), column) != rows->order.end()) {
      return at(file, 1, fmt::format("the column '{}' stands twice", trim(name)));
    }
    rows->order.push_back(column);
  }
  if (std::find(rows->order.begin(), rows->order.end(), 0) == rows->order.end()) {
    return at(file, 1, "the column 'hour' is missing", "the first line names the columns");
  }
  return {};
}

Status read_row(const std::string& file, std::size_t number, std::string_view line, Rows* rows) {
  const auto cells = split(line, ',');
  if (cells.size() != rows->order.size()) {
    return at(file, number,
              fmt::format("{} cells, the first line has {}", cells.size(), rows->order.size()));
  }
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const auto column = static_cast<std::size_t>(rows->order[i]);
    const std::string_view cell = trim(cells[i]);
    double value = 0;
    const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
    if (error != std::errc() || end != cell.data() + cell.size() || !std::isfinite(value)) {
      return at(file, number, fmt::format("'{}': '{}' is no number", kColumns[column], cell));
    }
    if (value < 0 && column != 3) {  // prices may be negative, loads and emissions may not
      return at(file, number, fmt::format("'{}' is negative", kColumns[column]));
    }
    rows->columns[column].push_back(value);
  }
  const auto& hours = rows->columns[0];
  if (hours.back() != static_cast<double>(hours.size() - 1)) {
    return at(file, number,
              fmt::format("hour {} follows hour {}", hours.back(),
                          hours.size() < 2 ? -1.0 : hours[hours.size() - 2]),
              "hours count up from 0 without gaps");
  }
  return {};
}

}  // namespace

Result<HourProfile> parse_hours(std::string_view text, const std::string& file) {
  Rows rows;
  std::size_t number = 0;
  for (const std::string_view raw : split(text, '\n')) {
    ++number;
    const std::string_view line = trim(raw);
    if (line.empty() || line.starts_with('#')) continue;
    if (rows.order.empty()) {
      IP_OK(read_head(file, line, &rows));
      continue;
    }
    if (rows.columns[0].size() >= kHoursMax) {
      return at(file, number, fmt::format("more than {} hours", kHoursMax));
    }
    IP_OK(read_row(file, number, line, &rows));
  }
  const std::size_t hours = rows.columns[0].size();
  if (hours == 0) return at(file, number, "no hours", "one line an hour, from 0");
  HourProfile profile;
  profile.load = rows.columns[1].empty() ? std::vector<double>(hours, 1.0) : rows.columns[1];
  double sum = 0;
  double carbon = 0;
  double cost = 0;
  for (std::size_t h = 0; h < hours; ++h) {
    sum += profile.load[h];
    if (!rows.columns[2].empty()) carbon += profile.load[h] * rows.columns[2][h];
    if (!rows.columns[3].empty()) cost += profile.load[h] * rows.columns[3][h];
  }
  if (!(sum > 0)) return at(file, number, "the load is nothing in every hour");
  const double peak = *std::max_element(profile.load.begin(), profile.load.end());
  profile.peak_over_mean = peak * static_cast<double>(hours) / sum;
  if (!rows.columns[2].empty()) profile.carbon = Co2PerJoule(carbon / sum * 1e-3 / 3.6e6);
  if (!rows.columns[3].empty()) profile.tariff = DollarsPerJoule(cost / sum / 3.6e6);
  return profile;
}

}  // namespace interposer::planner
