#include "http/write_parts.h"

#include <algorithm>

namespace interposer::http {
namespace {

constexpr std::size_t kPart = 256 * 1024;  // bytes

}  // namespace

net::Task<Status> write_parts(net::Stream* stream, std::span<const std::string_view> pieces,
                              net::Loop* loop, Duration each, TimePoint total) {
  std::size_t size = 0;
  for (const std::string_view piece : pieces) size += piece.size();
  if (size <= kPart) {
    const TimePoint deadline = std::min(total, time_after(loop->now(), each));
    co_return co_await stream->write(pieces, deadline);
  }
  for (std::string_view piece : pieces) {
    while (!piece.empty()) {
      const std::string_view part = piece.substr(0, kPart);
      piece.remove_prefix(part.size());
      const TimePoint deadline = std::min(total, time_after(loop->now(), each));
      IP_CO_OK(co_await stream->write({&part, 1}, deadline));
    }
  }
  co_return Status{};
}

}  // namespace interposer::http
