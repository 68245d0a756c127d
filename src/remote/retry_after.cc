#include "remote/retry_after.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <ctime>
#include <string>

#include "base/strings.h"

namespace interposer::remote {
namespace {

constexpr double kLongest_s = 3600;
constexpr double kEpochLike_s = 1e9;  // a number this large is a time, not a wait

std::optional<double> take_number(std::string_view& text) {
  double value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc() || value < 0) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

std::optional<double> go_duration_s(std::string_view text) {
  double total = 0;
  if (text.empty()) return std::nullopt;
  while (!text.empty()) {
    const auto value = take_number(text);
    if (!value) return std::nullopt;
    const struct {
      std::string_view unit;
      double seconds;
    } units[] = {{"ms", 1e-3}, {"us", 1e-6}, {"h", 3600}, {"m", 60}, {"s", 1}};
    bool known = false;
    for (const auto& unit : units) {
      if (!text.starts_with(unit.unit)) continue;
      total += *value * unit.seconds;
      text.remove_prefix(unit.unit.size());
      known = true;
      break;
    }
    if (!known) return std::nullopt;
  }
  return total;
}

std::optional<double> date_s(std::string_view text) {
  const std::string copy(text);
  for (const char* format : {"%a, %d %b %Y %H:%M:%S GMT", "%Y-%m-%dT%H:%M:%S"}) {
    std::tm parts{};
    const char* end = strptime(copy.c_str(), format, &parts);
    if (end != nullptr) return static_cast<double>(timegm(&parts));
  }
  return std::nullopt;
}

std::optional<Duration> of_seconds(double seconds) {
  if (seconds <= 0) return std::nullopt;
  return std::chrono::duration_cast<Duration>(
      std::chrono::duration<double>(std::min(seconds, kLongest_s)));
}

}  // namespace

std::optional<Duration> parse_wait(std::string_view text, WallMs now) {
  text = trim(text);
  std::string_view rest = text;
  const auto number = take_number(rest);
  const double now_s = static_cast<double>(now) / 1000;
  if (number && rest.empty()) {
    return of_seconds(*number >= kEpochLike_s ? *number - now_s : *number);
  }
  if (const auto duration = go_duration_s(text)) return of_seconds(*duration);
  if (const auto date = date_s(text)) return of_seconds(*date - now_s);
  return std::nullopt;
}

std::optional<Duration> retry_after(const http::Headers& headers, WallMs now) {
  std::optional<Duration> longest;
  const auto offer = [&](std::optional<Duration> wait) {
    if (wait && (!longest || *wait > *longest)) longest = wait;
  };
  for (const char* name : {"retry-after-ms", "x-ms-retry-after-ms"}) {
    if (const auto value = headers.get(name)) offer(parse_wait(std::string(*value) + "ms", now));
  }
  if (const auto value = headers.get("retry-after")) offer(parse_wait(*value, now));
  for (const char* bucket : {"requests", "tokens"}) {
    const auto left = headers.get(std::string("x-ratelimit-remaining-") + bucket);
    const auto reset = headers.get(std::string("x-ratelimit-reset-") + bucket);
    if (left && reset && trim(*left) == "0") offer(parse_wait(*reset, now));
  }
  return longest;
}

}  // namespace interposer::remote
