#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "http/sse.h"

namespace {

// The frames of `bytes`, pushed in pieces of `piece`.
std::vector<std::string> frames(std::string_view bytes, std::size_t piece) {
  interposer::http::SseSplitter splitter(1 << 16);
  std::vector<std::string> out;
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    if (!splitter.push(bytes.substr(at, piece))) std::abort();
    std::uint32_t begin = 0;
    for (const std::uint32_t end : splitter.ends()) {
      out.emplace_back(splitter.complete().substr(begin, end - begin));
      (void)interposer::http::parse_sse_frame(out.back());
      begin = end;
    }
    if (begin != splitter.complete().size()) std::abort();
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1 || size > 1 << 14) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::size_t piece = 1 + data[0] % 16;
  if (frames(bytes, bytes.size() + 1) != frames(bytes, piece)) std::abort();
  return 0;
}
