#include "base/time.h"

#include <fmt/format.h>

#include <ctime>

namespace interposer {

WallMs wall_now_ms() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

std::string rfc3339(WallMs ms) {
  std::time_t seconds = ms / 1000;
  if (ms % 1000 < 0) seconds -= 1;
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", utc.tm_year + 1900,
                     utc.tm_mon + 1, utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec,
                     ms - static_cast<WallMs>(seconds) * 1000);
}

TimePoint steady_now() { return std::chrono::steady_clock::now(); }

}  // namespace interposer
