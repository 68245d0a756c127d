#include "http/sse.h"

#include "http/scan.h"

namespace interposer::http {

Status SseSplitter::push(std::string_view bytes) {
  // What was complete has been used; the unfinished frame moves to the front.
  buffer_.erase(0, complete_);
  scanned_ -= complete_;
  complete_ = 0;
  ends_.clear();
  buffer_.append(bytes);
  // A line is empty when a line end directly follows the one before (or the frame's start).
  while (scanned_ < buffer_.size()) {
    const std::size_t at = find_line_end(buffer_, scanned_);
    if (at == std::string::npos) {
      scanned_ = buffer_.size();
      break;
    }
    // Whether a last CR is half of a CRLF shows only with the next byte.
    if (buffer_[at] == '\r' && at + 1 == buffer_.size()) {
      scanned_ = at;
      break;
    }
    const std::size_t next = at + (buffer_[at] == '\r' && buffer_[at + 1] == '\n' ? 2 : 1);
    const char before = at > complete_ ? buffer_[at - 1] : '\n';
    if (before == '\n' || before == '\r') {
      complete_ = next;
      ends_.push_back(static_cast<std::uint32_t>(next));
    }
    scanned_ = next;
  }
  if (buffer_.size() - complete_ > max_) {
    return make_error(Code::kTooLarge,
                      "an event of the stream is over " + std::to_string(max_) + " bytes");
  }
  return {};
}

namespace {

std::string_view take_line(std::string_view& text) {
  const std::size_t end = find_line_end(text, 0);
  const std::string_view line = text.substr(0, end);
  if (end == std::string_view::npos) {
    text = {};
    return line;
  }
  const bool crlf = text[end] == '\r' && end + 1 < text.size() && text[end + 1] == '\n';
  text.remove_prefix(end + (crlf ? 2 : 1));
  return line;
}

}  // namespace

SseFrame parse_sse_frame(std::string_view frame) {
  SseFrame out;
  bool any_field = false;
  bool any_comment = false;
  bool any_data = false;
  while (!frame.empty()) {
    const std::string_view line = take_line(frame);
    if (line.empty()) continue;
    if (line[0] == ':') {
      any_comment = true;
      continue;
    }
    any_field = true;
    const std::size_t colon = line.find(':');
    const std::string_view name = line.substr(0, colon);
    std::string_view value = colon == std::string_view::npos ? "" : line.substr(colon + 1);
    if (value.starts_with(' ')) value.remove_prefix(1);
    if (name == "data") {
      if (any_data) out.data.push_back('\n');
      any_data = true;
      out.data.append(value);
    } else if (name == "event") {
      out.event = value;
    } else if (name == "id" && value.find('\0') == std::string_view::npos) {
      out.id = value;
    }
  }
  out.comment_only = any_comment && !any_field;
  return out;
}

}  // namespace interposer::http
