// The trace of a request: the caller's (W3C traceparent) continued, or a new one.
#pragma once

#include <memory>

#include "backends/call.h"
#include "http/server.h"

namespace interposer::api {

backends::Trace trace_of(const http::RequestHead& head);

// The call that a request makes: who asks, its trace, its end by `total` from now, stopped when the
// client goes.
std::shared_ptr<backends::Call> call_of(http::Exchange* exchange, backends::Principal principal,
                                        TimePoint now, Duration total);

}  // namespace interposer::api
