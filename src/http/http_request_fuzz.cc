#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "http/chunked.h"
#include "http/codec.h"

namespace {

using namespace interposer;
using namespace interposer::http;

// What a server would make of the bytes: the head's end and fields, the body, or the refusal.
std::string read_whole(std::string bytes, std::size_t step) {
  Limits limits;
  limits.head_bytes = 2048;
  limits.header_fields = 16;
  RequestParser parser(limits);
  std::size_t end = 0;
  for (std::size_t seen = step; end == 0; seen += step) {
    const bool all = seen >= bytes.size();
    const Result<std::size_t> got = parser.parse(std::string_view(bytes).substr(0, seen));
    if (!got) return "refused " + std::to_string(status_of(got.error())) + got.error().message;
    end = *got;
    if (all && end == 0) return "more";
  }
  std::string out = parser.head.method + " " + parser.head.target;
  for (const auto& [name, value] : parser.head.headers.items()) out += "|" + name + "=" + value;
  for (const char c : out) {
    if (c == '\r' || c == '\n' || c == '\0') std::abort();  // nothing can smuggle a line
  }
  if (parser.framing.kind != Framing::Kind::kChunked) {
    return out + "#" + std::to_string(parser.framing.length);
  }
  ChunkedDecoder decoder;
  while (end < bytes.size() && !decoder.done()) {
    const std::size_t size = std::min(step, bytes.size() - end);
    const auto decoded = decoder.decode(std::span(bytes.data() + end, size));
    if (!decoded) return out + "#bad";
    if (decoded->produced > decoded->consumed || decoded->consumed > size) std::abort();
    out.append(bytes, end, decoded->produced);
    end += decoded->consumed;
  }
  return out + (decoder.done() ? "#done" + bytes.substr(end) : "#more");
}

}  // namespace

// The same bytes give the same result, in whatever pieces they come.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 8192) return 0;
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  const std::string whole = read_whole(bytes, size + 1);
  if (read_whole(bytes, 1) != whole || read_whole(bytes, 7) != whole) std::abort();
  return 0;
}
