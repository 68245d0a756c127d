// Any bytes, cut anywhere, with any stop strings: what leaves is valid UTF-8, holds no stop string,
// and does not depend on the cuts.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "base/utf8.h"
#include "engine/text_stream.h"

namespace {

std::string stream(std::string_view bytes, const std::vector<std::string>& stops, std::size_t cut) {
  interposer::engine::TextStream s(stops);
  std::string out;
  for (std::size_t at = 0; at < bytes.size() && !s.stopped(); at += cut) {
    std::string piece = s.push(bytes.substr(at, cut));
    if (!interposer::utf8_valid(piece)) std::abort();
    out += piece;
  }
  if (!s.stopped()) out += s.finish();
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  std::size_t length = 1 + data[0] % 4;  // of a stop string taken from the input itself
  std::vector<std::string> stops;
  if (data[0] >= 64 && bytes.size() > length)
    stops.emplace_back(bytes.substr(bytes.size() / 2, length));
  std::string one = stream(bytes, stops, 1);
  if (!interposer::utf8_valid(one)) std::abort();
  // With one stop string (or none) the cuts cannot matter.
  for (std::size_t cut : {2U, 3U, 7U}) {
    if (stream(bytes, stops, cut) != one) std::abort();
  }
  return 0;
}
