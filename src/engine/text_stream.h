// The bytes of an answer's tokens on their way out: whole code points only, and nothing that could
// still become a stop string. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace interposer::engine {

class TextStream {
 public:
  // Stop strings: none is empty.
  explicit TextStream(std::vector<std::string> stops) : stops_(std::move(stops)) {}

  // Adds the bytes of one token and gives what may go out now. When a stop string is complete the
  // text before it is given and stopped() holds.
  std::string push(std::string_view bytes);
  // The end of the answer: everything held back. Half a code point becomes U+FFFD.
  std::string finish();

  bool stopped() const { return !stop_.empty(); }
  const std::string& stop_sequence() const { return stop_; }
  std::size_t released() const { return released_; }  // bytes given out so far, as they came

 private:
  std::size_t held_by_stops() const;

  std::vector<std::string> stops_;
  std::string held_;
  std::string stop_;
  std::size_t released_ = 0;
};

}  // namespace interposer::engine
