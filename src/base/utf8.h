// UTF-8 at the byte level: everything that stores, cuts or cites text stays on code point borders.
#pragma once

#include <cstddef>
#include <iterator>
#include <string>
#include <string_view>

namespace interposer {

// Bytes of the well-formed code point at the start of `text` (1-4); 0 where there is none.
std::size_t utf8_length(std::string_view text);

bool utf8_valid(std::string_view text);

// True where a cut before byte `at` splits no code point. Ends of the text are borders.
bool utf8_border(std::string_view text, std::size_t at);

// The greatest border <= at.
std::size_t utf8_floor(std::string_view text, std::size_t at);

// Number of code points; each malformed byte counts as one.
std::size_t utf8_count(std::string_view text);

// The code point at the start of `text`, which must not be empty; a malformed byte is its own
// value.
struct CodePoint {
  char32_t value = 0;
  std::size_t size = 1;  // bytes
};
CodePoint utf8_decode(std::string_view text);

// The code points of a text, each as its bytes: for (std::string_view point : Utf8Points(text)).
// A malformed byte is a point of its own. The text must outlive the loop.
class Utf8Points {
 public:
  class Iterator {
   public:
    using value_type = std::string_view;
    using difference_type = std::ptrdiff_t;
    using iterator_category = std::forward_iterator_tag;
    using pointer = const std::string_view*;
    using reference = std::string_view;

    Iterator() = default;
    explicit Iterator(std::string_view rest) : rest_(rest) { measure(); }
    std::string_view operator*() const { return rest_.substr(0, length_); }
    Iterator& operator++() {
      rest_.remove_prefix(length_);
      measure();
      return *this;
    }
    Iterator operator++(int) {
      const Iterator before = *this;
      ++*this;
      return before;
    }
    bool operator==(const Iterator& other) const { return rest_.size() == other.rest_.size(); }

   private:
    void measure() {
      const std::size_t length = utf8_length(rest_);
      length_ = length == 0 && !rest_.empty() ? 1 : length;
    }

    std::string_view rest_;
    std::size_t length_ = 0;
  };

  explicit Utf8Points(std::string_view text) : text_(text) {}
  Iterator begin() const { return Iterator(text_); }
  Iterator end() const { return Iterator(); }

 private:
  std::string_view text_;
};

// Each malformed byte becomes U+FFFD.
std::string utf8_repair(std::string_view text);

}  // namespace interposer
