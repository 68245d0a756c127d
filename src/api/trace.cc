#include "api/trace.h"

#include "base/ids.h"

namespace interposer::api {

backends::Trace trace_of(const http::RequestHead& head) {
  backends::Trace trace;
  trace.span_id = new_span_id();
  // version "-" trace id (32) "-" parent id (16) "-" flags
  const std::string_view given = head.headers.get("traceparent").value_or("");
  const bool shaped = given.size() >= 55 && given[2] == '-' && given[35] == '-' && given[52] == '-';
  if (shaped && given.substr(0, 2) != "ff" && valid_trace_id(given.substr(3, 32))) {
    trace.trace_id = std::string(given.substr(3, 32));
    trace.parent_id = std::string(given.substr(36, 16));
  } else {
    trace.trace_id = new_trace_id();
  }
  return trace;
}

std::shared_ptr<backends::Call> call_of(http::Exchange* exchange, backends::Principal principal,
                                        TimePoint now, Duration total) {
  auto call = std::make_shared<backends::Call>();
  call->principal = std::move(principal);
  call->trace = trace_of(exchange->head());
  call->deadlines.total = now + total;
  call->stop = exchange->gone();
  return call;
}

}  // namespace interposer::api
