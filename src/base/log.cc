#include "base/log.h"

#include <unistd.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include <array>
#include <atomic>
#include <charconv>
#include <cmath>
#include <cstring>

#include "base/json.h"
#include "base/time.h"

namespace interposer::log {
namespace {

constexpr std::size_t kUsualLine = 4096;  // bytes; a longer one takes the heap
constexpr std::size_t kNumberBytes = 32;  // the longest number takes 24
constexpr std::size_t kFrameBytes = 128;  // of what stands around the fields

std::atomic<Level> g_level{Level::kInfo};

std::string_view level_name(Level level) {
  switch (level) {
    case Level::kDebug:
      return "debug";
    case Level::kInfo:
      return "info";
    case Level::kWarn:
      return "warn";
    case Level::kError:
      return "error";
  }
  return "error";
}

// Bytes that stand for themselves in a JSON string.
constexpr std::array<bool, 256> kPlain = [] {
  std::array<bool, 256> plain{};
  for (std::size_t c = 0x20; c < 0x7f; ++c) plain[c] = c != '"' && c != '\\';
  return plain;
}();

bool plain(std::string_view text) {
  std::size_t i = 0;
#ifdef __SSE2__
  const __m128i quote = _mm_set1_epi8('"'), backslash = _mm_set1_epi8('\\');
  const __m128i last_control = _mm_set1_epi8(0x1f), del = _mm_set1_epi8(0x7f);
  while (text.size() >= 16 && i < text.size()) {
    // The last step looks again at some bytes that were found good.
    if (i + 16 > text.size()) i = text.size() - 16;
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + i));
    // Compared as signed numbers, bytes above 0x7f are below the controls too.
    const __m128i inside =
        _mm_andnot_si128(_mm_cmpeq_epi8(bytes, del), _mm_cmpgt_epi8(bytes, last_control));
    const __m128i special =
        _mm_or_si128(_mm_cmpeq_epi8(bytes, quote), _mm_cmpeq_epi8(bytes, backslash));
    if (_mm_movemask_epi8(_mm_andnot_si128(special, inside)) != 0xffff) return false;
    i += 16;
  }
#endif
  for (; i < text.size(); ++i) {
    if (!kPlain[static_cast<unsigned char>(text[i])]) return false;
  }
  return true;
}

// Every request writes a line: room for it is looked for once, before, mostly on the stack.
class Line {
 public:
  explicit Line(std::size_t most) {
    if (most > usual_.size()) {
      long_.resize(most);
      begin_ = at_ = long_.data();
    }
  }
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;

  // At most so many bytes.
  static std::size_t room(std::string_view text) { return 6 * text.size() + 8; }

  void raw(std::string_view text) {
    std::memcpy(at_, text.data(), text.size());
    at_ += text.size();
  }
  void string(std::string_view text) {
    if (!plain(text)) {
      std::string careful;
      append_json_string(careful, text);
      return raw(careful);
    }
    *at_++ = '"';
    raw(text);
    *at_++ = '"';
  }
  template <class Number>
  void number(Number value) {
    at_ = std::to_chars(at_, at_ + kNumberBytes, value).ptr;
  }
  void field(const Field& field) {
    *at_++ = ',';
    string(field.key);
    *at_++ = ':';
    switch (field.kind) {
      case Field::Kind::kText:
        return string(field.text);
      case Field::Kind::kInteger:
        return number(field.integer);
      case Field::Kind::kReal:
        return std::isfinite(field.real) ? number(field.real) : raw("null");
      case Field::Kind::kBoolean:
        return raw(field.integer != 0 ? "true" : "false");
    }
  }
  std::string_view text() const { return {begin_, static_cast<std::size_t>(at_ - begin_)}; }

 private:
  std::array<char, kUsualLine> usual_;  // not initialised
  std::string long_;
  char* begin_ = usual_.data();
  char* at_ = begin_;
};

}  // namespace

void set_level(Level level) { g_level.store(level, std::memory_order_relaxed); }

bool enabled(Level level) { return level >= g_level.load(std::memory_order_relaxed); }

void write(Level level, std::string_view message, std::initializer_list<Field> fields) {
  std::size_t most = kFrameBytes + Line::room(message);
  for (const Field& field : fields) {
    most += Line::room(field.key) + Line::room(field.text) + kNumberBytes;
  }
  Line line(most);
  line.raw("{\"time\":\"");
  line.raw(rfc3339(wall_now_ms()));
  line.raw("\",\"level\":\"");
  line.raw(level_name(level));
  line.raw("\",\"message\":");
  line.string(message);
  for (const Field& field : fields) line.field(field);
  line.raw("}\n");
  const std::string_view text = line.text();
  // One write keeps lines whole between threads and processes (up to PIPE_BUF on a pipe). A log
  // that cannot be written has nobody left to tell.
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, text.data(), text.size());
}

}  // namespace interposer::log
