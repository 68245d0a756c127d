// The data of one server-sent event (WHATWG HTML, "server-sent events"), without a copy where it is
// one line. Framing itself is http's; a dialect's reader only needs what a frame carries.
#pragma once

#include <string>
#include <string_view>

namespace interposer::wire {

struct SseData {
  std::string_view data;   // into the frame, or into `joined`
  std::string_view event;  // empty: none given
  bool has_data = false;   // false: a comment, or fields that carry nothing
};
// `joined` keeps the text when the data has several lines (joined by LF).
SseData read_sse_data(std::string_view frame, std::string* joined);

}  // namespace interposer::wire
