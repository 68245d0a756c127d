// A day (or a year) by the hour: how loaded, how dirty, how dear. What a person gives as CSV with
// the columns hour, load, gco2e_per_kwh, usd_per_kwh (the last three optional; blank cells stay
// blank).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "planner/units/quantity.h"

namespace interposer::planner {

inline constexpr std::size_t kHoursMax = 8784;  // rows: a leap year

struct HourProfile {
  std::vector<double> load;  // relative; 1 in every hour where the column is absent
  std::optional<double> peak_over_mean;
  std::optional<Co2PerJoule> carbon;      // weighted by load
  std::optional<DollarsPerJoule> tariff;  // weighted by load
};

// Errors name file, line and column: negative or missing loads, hours that do not count up from 0
// without gaps, numbers that are none.
Result<HourProfile> parse_hours(std::string_view text, const std::string& file);

}  // namespace interposer::planner
