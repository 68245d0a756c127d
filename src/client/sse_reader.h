// The events of a streamed answer, one by one.
#pragma once

#include <deque>
#include <optional>
#include <string>

#include "base/result.h"
#include "http/client.h"
#include "http/sse.h"

namespace interposer::client {

struct StreamEvent {
  std::string event, data;  // event: empty for the usual kind
  std::string frame;        // as it came, with its blank line
};

class SseReader {
 public:
  explicit SseReader(http::ClientResponse* response) : response_(response) {}
  // nullopt at the end of the stream. Comments (keep-alive) are skipped.
  net::Task<Result<std::optional<StreamEvent>>> next();

 private:
  http::ClientResponse* response_;
  http::SseSplitter splitter_;
  std::deque<StreamEvent> ready_;
};

}  // namespace interposer::client
