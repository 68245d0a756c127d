// Server-sent events (WHATWG HTML, "server-sent events"): splitting bytes into frames without
// copying.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace interposer::http {

// Finds where frames end (after their blank line; LF, CR and CRLF all count) in a stream that comes
// in arbitrary pieces. Keeps at most one unfinished frame.
class SseSplitter {
 public:
  explicit SseSplitter(std::size_t max_frame_bytes = 8 * 1024 * 1024) : max_(max_frame_bytes) {}
  // Appends bytes; afterwards complete() holds the complete frames' bytes, and ends() where each
  // ends in it. Both are valid until the next push.
  Status push(std::string_view bytes);
  std::string_view complete() const { return std::string_view(buffer_).substr(0, complete_); }
  const std::vector<std::uint32_t>& ends() const { return ends_; }
  bool has_partial() const { return complete_ < buffer_.size(); }

 private:
  std::string buffer_;
  std::size_t complete_ = 0;
  std::size_t scanned_ = 0;
  std::vector<std::uint32_t> ends_;
  std::size_t max_;
};

struct SseFrame {
  std::string_view event;  // "message" when absent is left empty
  std::string data;        // lines joined by LF
  std::string_view id;
  bool comment_only = false;  // ": keep-alive"
};
SseFrame parse_sse_frame(std::string_view frame);

}  // namespace interposer::http
