#include "api/common/events.h"

#include <algorithm>
#include <charconv>

#include "net/loop.h"

namespace interposer::api {

Result<std::int64_t> events_after(const Request& request) {
  if (!request.query("after").empty())
    return query_number(request, "after", 0, 0, std::int64_t{1} << 52);
  std::int64_t after = 0;
  if (const auto last = request.head().headers.get("last-event-id"))
    std::from_chars(last->data(), last->data() + last->size(), after);
  return std::max<std::int64_t>(after, 0);
}

http::ResponseHead event_stream_head() {
  http::ResponseHead head;
  head.headers.add("content-type", "text/event-stream");
  head.headers.add("cache-control", "no-store");
  head.headers.add("x-accel-buffering", "no");  // proxies of nginx's kind pass it on at once
  return head;
}

net::Task<void> stream_events(http::Exchange* exchange, runs::Subscription subscription) {
  const Status started = co_await exchange->start(event_stream_head());
  if (!started) co_return;
  const std::stop_token gone = exchange->gone();
  while (!subscription.ended() && !gone.stop_requested()) {
    const TimePoint until = net::Loop::current()->now() + kKeepAlive;
    const std::vector<runs::LogEvent> events = co_await subscription.next(until, gone);
    std::string bytes;
    for (const runs::LogEvent& event : events)
      bytes += "id: " + std::to_string(event.n) + "\ndata: " + event.json + "\n\n";
    if (events.empty() && !subscription.ended()) bytes = ": keep-alive\n\n";
    if (bytes.empty()) break;
    const Status written = co_await exchange->write(bytes);
    if (!written) co_return;
  }
  (void)co_await exchange->finish();
}

}  // namespace interposer::api
