// Numbered events as server-sent events: replayed from where the reader was, then live.
#pragma once

#include <cstdint>

#include "api/common/request.h"
#include "runs/runs.h"

namespace interposer::api {

inline constexpr Duration kKeepAlive = std::chrono::seconds(15);  // a comment after such a silence

// Where the reader was: ?after=N, else the header Last-Event-ID, else 0.
Result<std::int64_t> events_after(const Request& request);

// Starts the answer; ends it after the last event, or when the reader has gone.
net::Task<void> stream_events(http::Exchange* exchange, runs::Subscription subscription);

// The head of every event stream.
http::ResponseHead event_stream_head();

}  // namespace interposer::api
