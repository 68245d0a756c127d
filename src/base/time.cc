#include "base/time.h"

namespace interposer {

WallMs wall_now_ms() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

namespace {

void put_digits(char* end, std::int64_t value, int digits) {
  for (; digits > 0; --digits, value /= 10) *--end = static_cast<char>('0' + value % 10);
}

std::int64_t floor_divide(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

}  // namespace

// Every log line has one: the calendar is computed here (Howard Hinnant's civil_from_days), which
// takes a twentieth of gmtime_r and fmt.
std::string rfc3339(WallMs ms) {
  constexpr std::int64_t kDayMs = 24 * 3600 * 1000;
  constexpr std::int64_t kEraDays = 146097;  // 400 years
  const std::int64_t day = floor_divide(ms, kDayMs);
  const std::int64_t rest = ms - day * kDayMs;
  const std::int64_t shifted = day + 719468;  // since 0000-03-01
  const std::int64_t era = floor_divide(shifted, kEraDays);
  const std::int64_t d = shifted - era * kEraDays;  // day of the era
  const std::int64_t y = (d - d / 1460 + d / 36524 - d / 146096) / 365;
  const std::int64_t in_year = d - (365 * y + y / 4 - y / 100);
  const std::int64_t m = (5 * in_year + 2) / 153;  // 0: March
  const std::int64_t month = m < 10 ? m + 3 : m - 9;
  std::string out = "0000-00-00T00:00:00.000Z";
  char* const at = out.data();
  put_digits(at + 4, y + era * 400 + (month <= 2 ? 1 : 0), 4);
  put_digits(at + 7, month, 2);
  put_digits(at + 10, in_year - (153 * m + 2) / 5 + 1, 2);
  put_digits(at + 13, rest / 3600000, 2);
  put_digits(at + 16, rest / 60000 % 60, 2);
  put_digits(at + 19, rest / 1000 % 60, 2);
  put_digits(at + 23, rest % 1000, 3);
  return out;
}

TimePoint steady_now() { return std::chrono::steady_clock::now(); }

}  // namespace interposer
