// Time as the rest of the program sees it. Code on a data path never reads a clock itself: it asks
// its net::Loop, whose simulated side runs in virtual time.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace interposer {

using Duration = std::chrono::nanoseconds;
// Monotonic, since an arbitrary start. TimePoint::max() means "no deadline".
using TimePoint = std::chrono::time_point<std::chrono::steady_clock, Duration>;
inline constexpr TimePoint kNever = TimePoint::max();

// Wall clock, milliseconds since 1970 UTC: for records and people, never for waits.
using WallMs = std::int64_t;
WallMs wall_now_ms();
std::string rfc3339(WallMs ms);  // "2026-11-22T16:20:00.123Z"

TimePoint steady_now();

// now + d, or kNever where that would overflow.
inline TimePoint time_after(TimePoint now, Duration d) {
  return d >= kNever - now ? kNever : now + d;
}

inline double to_ms(Duration d) { return std::chrono::duration<double, std::milli>(d).count(); }

}  // namespace interposer
