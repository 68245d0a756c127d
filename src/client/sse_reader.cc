#include "client/sse_reader.h"

namespace interposer::client {

net::Task<Result<std::optional<StreamEvent>>> SseReader::next() {
  while (ready_.empty()) {
    IP_CO_TRY(const std::string bytes, co_await response_->read());
    if (bytes.empty()) co_return std::optional<StreamEvent>();
    IP_CO_OK(splitter_.push(bytes));
    std::size_t begin = 0;
    for (const std::uint32_t end : splitter_.ends()) {
      const std::string_view frame = splitter_.complete().substr(begin, end - begin);
      begin = end;
      const http::SseFrame parsed = http::parse_sse_frame(frame);
      if (parsed.comment_only || parsed.data.empty()) continue;
      ready_.push_back({std::string(parsed.event), parsed.data, std::string(frame)});
    }
  }
  StreamEvent event = std::move(ready_.front());
  ready_.pop_front();
  co_return std::optional<StreamEvent>(std::move(event));
}

}  // namespace interposer::client
