// A text that must not be shown: keys and tokens. It has no conversion to a text by accident; what
// is formatted or logged is "[redacted]".
#pragma once

#include <cstring>
#include <string>
#include <string_view>
#include <utility>

#include "base/strings.h"

namespace interposer {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string value) : value_(std::move(value)) {}
  Secret(const Secret&) = default;
  Secret(Secret&& other) noexcept : value_(std::move(other.value_)) { other.wipe(); }
  Secret& operator=(const Secret& other) {
    if (this != &other) {
      wipe();
      value_ = other.value_;
    }
    return *this;
  }
  Secret& operator=(Secret&& other) noexcept {
    if (this != &other) {
      wipe();
      value_ = std::move(other.value_);
      other.wipe();
    }
    return *this;
  }
  ~Secret() { wipe(); }

  bool empty() const { return value_.empty(); }
  bool matches(std::string_view candidate) const { return equal_constant_time(candidate, value_); }
  // The only way to the text: for the one place that sends it where it belongs.
  const std::string& reveal() const { return value_; }
  std::string to_string() const { return value_.empty() ? "" : "[redacted]"; }

 private:
  void wipe() {
    explicit_bzero(value_.data(), value_.size());
    value_.clear();
  }

  std::string value_;
};

}  // namespace interposer
