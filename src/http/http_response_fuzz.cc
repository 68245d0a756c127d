#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "http/codec.h"

namespace {

using namespace interposer;
using namespace interposer::http;

std::string read_head(const std::string& bytes, std::size_t step, bool head_request) {
  Limits limits;
  limits.head_bytes = 2048;
  limits.header_fields = 16;
  ResponseParser parser(limits, head_request);
  for (std::size_t seen = step;; seen += step) {
    const Result<std::size_t> end = parser.parse(std::string_view(bytes).substr(0, seen));
    if (!end) return "refused " + end.error().message;
    if (*end > 0) {
      if (parser.head.status < 100 || parser.head.status > 999) std::abort();
      if (head_request && parser.framing.kind != Framing::Kind::kNone) std::abort();
      std::string out = std::to_string(*end) + " " + std::to_string(parser.head.status) + " " +
                        std::to_string(static_cast<int>(parser.framing.kind)) + " " +
                        std::to_string(parser.framing.length);
      for (const auto& [name, value] : parser.head.headers.items()) {
        out += "|" + name + "=" + value;
        if (!valid_token(name) || !valid_field_value(value)) std::abort();
      }
      return out;
    }
    if (seen >= bytes.size()) return "more";
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1 || size > 8192) return 0;
  const std::string bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const bool head_request = (data[0] & 1) != 0;
  const std::string whole = read_head(bytes, size + 1, head_request);
  if (read_head(bytes, 1, head_request) != whole) std::abort();
  if (read_head(bytes, 2 + data[0] % 16, head_request) != whole) std::abort();
  return 0;
}
