#include "engine/text_stream.h"

#include <algorithm>

#include "base/utf8.h"

namespace interposer::engine {
namespace {

// Bytes at the end of `text` that begin a code point whose rest has not come yet.
std::size_t unfinished(std::string_view text) {
  for (std::size_t back = 1; back <= 3 && back <= text.size(); ++back) {
    auto c = static_cast<unsigned char>(text[text.size() - back]);
    if ((c & 0xC0) == 0x80) continue;
    std::size_t needs = c >= 0xF0 && c < 0xF8 ? 4 : c >= 0xE0 ? 3 : c >= 0xC0 ? 2 : 1;
    if (c >= 0xF8) needs = 1;
    return needs > back ? back : 0;
  }
  return 0;
}

}  // namespace

// Bytes at the end of held_ that are the beginning of a stop string.
std::size_t TextStream::held_by_stops() const {
  std::size_t most = 0;
  for (const std::string& stop : stops_) {
    std::size_t n = std::min(stop.size() - 1, held_.size());
    for (; n > most; --n) {
      if (std::string_view(held_).substr(held_.size() - n) == std::string_view(stop).substr(0, n)) {
        most = n;
        break;
      }
    }
  }
  return most;
}

std::string TextStream::push(std::string_view bytes) {
  if (stopped()) return {};
  held_ += bytes;
  std::size_t first = std::string::npos;
  for (const std::string& stop : stops_) {
    std::size_t at = held_.find(stop);
    if (at < first) {
      first = at;
      stop_ = stop;
    }
  }
  if (first != std::string::npos) {
    std::string out = utf8_repair(held_.substr(0, first));
    released_ += first;
    held_.clear();
    return out;
  }
  std::size_t keep = std::max(held_by_stops(), unfinished(held_));
  // What a stop string holds back may itself begin inside a code point.
  std::size_t ready = utf8_floor(held_, held_.size() - keep);
  std::string out = utf8_repair(held_.substr(0, ready));
  held_.erase(0, ready);
  released_ += ready;
  return out;
}

std::string TextStream::finish() {
  released_ += held_.size();
  std::string out = utf8_repair(held_);
  held_.clear();
  return out;
}

}  // namespace interposer::engine
