// The chunked transfer coding (RFC 9112 7.1), decoded in place: each payload moves to the front of
// what was read, nothing is allocated.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace interposer::http {

class ChunkedDecoder {
 public:
  struct Step {
    std::size_t consumed = 0;  // bytes of the input that are done with
    std::size_t produced = 0;  // bytes of payload, now at the front of the input
  };
  // Takes all of `bytes`, up to the end of the body (what follows belongs to the next message).
  Result<Step> decode(std::span<char> bytes);
  bool done() const { return state_ == State::kDone; }

 private:
  enum class State : std::uint8_t {
    kSize,
    kExtension,
    kSizeLf,
    kData,
    kDataCr,
    kDataLf,
    kTrailerStart,
    kTrailer,
    kTrailerLf,
    kEndLf,
    kDone
  };
  Status on_byte(char c);
  Status on_size(char c);
  Status on_trailer(char c);

  State state_ = State::kSize;
  int digits_ = 0;
  std::uint64_t left_ = 0;    // of the current chunk, bytes
  std::size_t overhead_ = 0;  // of this chunk's extension, or of the trailer, bytes
};

// "1a2b\r\n" into `buffer`; gives the text.
std::string_view chunk_head(std::span<char, 20> buffer, std::size_t size);

}  // namespace interposer::http
