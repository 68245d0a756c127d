#include "base/ids.h"

#include <sys/random.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <mutex>

#include "base/hex.h"
#include "base/time.h"

namespace interposer {
namespace {

void read_kernel_random(std::span<unsigned char> out) {
  while (!out.empty()) {
    const ssize_t got = ::getrandom(out.data(), out.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    // Going on without randomness would make keys and ids guessable.
    if (got <= 0) std::abort();
    out = out.subspan(static_cast<std::size_t>(got));
  }
}

// One system call fetches the bytes of many identifiers; used bytes are wiped at once.
struct RandomBuffer {
  std::array<unsigned char, 512> bytes;
  std::size_t used = bytes.size();

  void take(std::span<unsigned char> out) {
    if (out.empty()) return;
    if (bytes.size() - used < out.size()) {
      read_kernel_random(bytes);
      used = 0;
    }
    std::memcpy(out.data(), bytes.data() + used, out.size());
    std::memset(bytes.data() + used, 0, out.size());
    used += out.size();
  }
};

std::string random_hex(std::size_t byte_count) {
  std::array<unsigned char, 16> bytes{};
  const std::span<unsigned char> used(bytes.data(), byte_count);
  do {
    fill_random(used);
  } while (used[0] == 0 && std::all_of(used.begin(), used.end(), [](auto b) { return b == 0; }));
  return to_hex({reinterpret_cast<const char*>(used.data()), used.size()});
}

// Crockford's base 32: sorts as its value, no letters that read as digits.
void put_base32(char* at, std::uint64_t value, int digits) {
  static constexpr char kDigits[] = "0123456789abcdefghjkmnpqrstvwxyz";
  for (int i = digits - 1; i >= 0; --i) *at++ = kDigits[(value >> (5 * i)) & 31];
}

struct IdClock {
  std::mutex mutex;
  std::uint64_t last_ms = 0;
  std::uint64_t low = 0;
};

}  // namespace

void fill_random(std::span<unsigned char> out) {
  thread_local RandomBuffer buffer;
  if (out.size() > buffer.bytes.size()) return read_kernel_random(out);
  buffer.take(out);
}

std::string new_trace_id() { return random_hex(16); }
std::string new_span_id() { return random_hex(8); }

bool valid_trace_id(std::string_view text) {
  const auto lower_hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  return text.size() == 32 && std::all_of(text.begin(), text.end(), lower_hex) &&
         text.find_first_not_of('0') != std::string_view::npos;
}

std::string new_id(std::string_view prefix) {
  constexpr std::uint64_t kLowMask = (std::uint64_t{1} << 50) - 1;
  static IdClock clock;
  std::uint64_t fresh = 0;
  fill_random({reinterpret_cast<unsigned char*>(&fresh), sizeof fresh});
  std::uint64_t ms = 0;
  std::uint64_t low = 0;
  {
    const std::lock_guard lock(clock.mutex);
    ms = std::max(clock.last_ms, static_cast<std::uint64_t>(wall_now_ms()));
    // Within one millisecond (or a clock set back) the low part counts up, so that order holds.
    const bool same = ms == clock.last_ms && clock.low < kLowMask;
    clock.low = same ? clock.low + 1 : fresh & (kLowMask >> 1);
    clock.last_ms = ms;
    low = clock.low;
  }
  std::string out;
  out.reserve(prefix.size() + 20);
  out.append(prefix).append(20, '0');
  put_base32(out.data() + prefix.size(), ms, 10);
  put_base32(out.data() + prefix.size() + 10, low, 10);
  return out;
}

}  // namespace interposer
