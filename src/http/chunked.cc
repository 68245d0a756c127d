#include "http/chunked.h"

#include <algorithm>
#include <charconv>
#include <cstring>

namespace interposer::http {
namespace {

constexpr int kMaxSizeDigits = 15;               // below 2^60
constexpr std::size_t kMaxExtensionBytes = 256;  // of one chunk
constexpr std::size_t kMaxTrailerBytes = 8192;

Error bad(std::string message) {
  return make_error(Code::kInvalidArgument, std::move(message), {}, "http_400");
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool visible(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte >= 0x20 && byte != 0x7f) || c == '\t';
}

}  // namespace

Status ChunkedDecoder::on_size(char c) {
  const int value = hex_value(c);
  if (value >= 0) {
    if (++digits_ > kMaxSizeDigits) return bad("a chunk size with too many digits");
    left_ = left_ * 16 + static_cast<std::uint64_t>(value);
    return {};
  }
  if (digits_ == 0) return bad("a chunk without a size");
  if (c == ';')
    state_ = State::kExtension;
  else if (c == '\r')
    state_ = State::kSizeLf;
  else
    return bad("a bad byte in a chunk size");
  return {};
}

// Trailer fields are read over, never used (RFC 9110 6.5.1); their lines must still be lines.
Status ChunkedDecoder::on_trailer(char c) {
  if (++overhead_ > kMaxTrailerBytes) return bad("a trailer section over 8192 bytes");
  if (state_ == State::kTrailerStart && c == '\r') {
    state_ = State::kEndLf;
  } else if (state_ == State::kTrailerStart && (c == ' ' || c == '\t' || c == ':')) {
    return bad("a bad trailer field");
  } else if (c == '\r') {
    state_ = State::kTrailerLf;
  } else if (!visible(c)) {
    return bad("a control character in a trailer field");
  } else {
    state_ = State::kTrailer;
  }
  return {};
}

Status ChunkedDecoder::on_byte(char c) {
  switch (state_) {
    case State::kSize:
      return on_size(c);
    case State::kExtension:
      if (c == '\r')
        state_ = State::kSizeLf;
      else if (!visible(c))
        return bad("a control character in a chunk extension");
      else if (++overhead_ > kMaxExtensionBytes)
        return bad("a chunk extension over 256 bytes");
      return {};
    case State::kSizeLf:
      if (c != '\n') return bad("a chunk size that does not end in CRLF");
      overhead_ = 0;
      digits_ = 0;
      state_ = left_ == 0 ? State::kTrailerStart : State::kData;
      return {};
    case State::kDataCr:
      if (c != '\r') return bad("a chunk longer than its size");
      state_ = State::kDataLf;
      return {};
    case State::kDataLf:
      if (c != '\n') return bad("a chunk that does not end in CRLF");
      state_ = State::kSize;
      return {};
    case State::kTrailerStart:
    case State::kTrailer:
      return on_trailer(c);
    case State::kTrailerLf:
      if (c != '\n') return bad("a trailer field that does not end in CRLF");
      state_ = State::kTrailerStart;
      return {};
    case State::kEndLf:
      if (c != '\n') return bad("a body that does not end in CRLF");
      state_ = State::kDone;
      return {};
    case State::kData:
    case State::kDone:
      break;
  }
  return make_error(Code::kInternal, "chunk decoder in a state without bytes");
}

Result<ChunkedDecoder::Step> ChunkedDecoder::decode(std::span<char> bytes) {
  Step step;
  while (step.consumed < bytes.size() && state_ != State::kDone) {
    if (state_ != State::kData) {
      IP_OK(on_byte(bytes[step.consumed]));
      step.consumed += 1;
      continue;
    }
    const std::size_t size =
        static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size() - step.consumed));
    if (step.produced != step.consumed) {
      std::memmove(bytes.data() + step.produced, bytes.data() + step.consumed, size);
    }
    step.produced += size;
    step.consumed += size;
    left_ -= size;
    if (left_ == 0) state_ = State::kDataCr;
  }
  return step;
}

std::string_view chunk_head(std::span<char, 20> buffer, std::size_t size) {
  char* const end = std::to_chars(buffer.data(), buffer.data() + 16, size, 16).ptr;
  end[0] = '\r';
  end[1] = '\n';
  return {buffer.data(), static_cast<std::size_t>(end - buffer.data()) + 2};
}

}  // namespace interposer::http
