#include "wire/sse_data.h"

namespace interposer::wire {
namespace {

// Cuts the next line off `rest`; LF, CR and CRLF end one.
std::string_view next_line(std::string_view& rest) {
  const std::size_t end = rest.find_first_of("\r\n");
  const std::string_view line = rest.substr(0, end);
  if (end == std::string_view::npos) {
    rest = {};
    return line;
  }
  const bool pair = rest[end] == '\r' && end + 1 < rest.size() && rest[end + 1] == '\n';
  rest.remove_prefix(end + (pair ? 2 : 1));
  return line;
}

}  // namespace

SseData read_sse_data(std::string_view frame, std::string* joined) {
  SseData out;
  if (frame.starts_with("\xEF\xBB\xBF")) frame.remove_prefix(3);  // the stream may begin with a BOM
  while (!frame.empty()) {
    const std::string_view line = next_line(frame);
    if (line.empty() || line.front() == ':') continue;
    const std::size_t colon = line.find(':');
    const std::string_view field = line.substr(0, colon);
    std::string_view value;
    if (colon != std::string_view::npos) value = line.substr(colon + 1);
    if (value.starts_with(' ')) value.remove_prefix(1);
    if (field == "event") out.event = value;
    if (field != "data") continue;
    if (!out.has_data) {
      out.data = value;
      out.has_data = true;
      continue;
    }
    if (out.data.data() != joined->data()) joined->assign(out.data);
    joined->push_back('\n');
    joined->append(value);
    out.data = *joined;
  }
  return out;
}

}  // namespace interposer::wire
