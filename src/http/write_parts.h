// Writing with a deadline for progress (internal to http).
#pragma once

#include <span>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "net/loop.h"
#include "net/stream.h"
#include "net/task.h"

namespace interposer::http {

// Writes all pieces. Each 256 KiB may take `each`: a slow peer that goes on reading is not given
// up, one that stopped is. Small writes are one gathered call. `pieces` must live until the end.
net::Task<Status> write_parts(net::Stream* stream, std::span<const std::string_view> pieces,
                              net::Loop* loop, Duration each, TimePoint total = kNever);

}  // namespace interposer::http
