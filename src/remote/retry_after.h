// When a provider says to come back, in whatever form it says it (gateway.md 5.4).
#pragma once

#include <optional>
#include <string_view>

#include "base/time.h"
#include "http/message.h"

namespace interposer::remote {

// Seconds ("7", "0.5"), Go-style durations ("6m0s", "250ms"), Unix time in seconds, RFC 3339, and
// HTTP dates. nullopt: none of these, or in the past.
std::optional<Duration> parse_wait(std::string_view text, WallMs now);

// The longest hint among retry-after-ms, x-ms-retry-after-ms, retry-after, and the resets of
// exhausted x-ratelimit buckets. At most an hour.
std::optional<Duration> retry_after(const http::Headers& headers, WallMs now);

}  // namespace interposer::remote
